// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "hosted_components.hpp"

#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>

#include <junctor/client/component.hpp>

#include "restart_delays.hpp"

namespace junctor {
namespace {

using clock = std::chrono::steady_clock;
using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor>;
using cause_of_end = client::component_end::cause;

constexpr auto quietly = boost::asio::as_tuple(boost::asio::deferred);

} // namespace

struct hosted_components::one {
    one(boost::asio::io_context& io, placed_component where, const hosting_rules& rules)
        : place{std::move(where)}, delays{rules.restart_delay, rules.restart_delay_max}, pausing(io)
    {
    }

    placed_component place;
    restart_delays delays;
    timer pausing; ///< Until it is started again.
    std::optional<client::component> running;
};

hosted_components::hosted_components(boost::asio::io_context& io, std::vector<placed_component> all,
                                     const hosting_rules& rules, log_sink& log)
    : io_{io}, rules_{rules}, log_{log}
{
    for (auto& place : all)
        all_.push_back(std::make_unique<one>(io, std::move(place), rules));
}

hosted_components::~hosted_components() = default;

void hosted_components::start(std::function<void(bool failed)> over)
{
    over_ = std::move(over);
    running_ = all_.size();
    for (const auto& mine : all_)
        boost::asio::co_spawn(io_, run(*mine), [this](const std::exception_ptr& failure, bool failed) {
            on_end(failed || failure != nullptr); // The latter for lack of memory.
        });
}

void hosted_components::stop()
{
    if (std::exchange(stopping_, true))
        return;
    for (const auto& mine : all_) {
        mine->pausing.cancel();
        if (mine->running)
            mine->running->stop();
    }
    finish_if_over();
}

void hosted_components::on_end(bool failed)
{
    --running_;
    any_failed_ = any_failed_ || failed;
    if (!stopping_ && is_shutdown_due(failed))
        stop();
    else
        finish_if_over();
}

void hosted_components::finish_if_over()
{
    if (stopping_ && running_ == 0 && over_)
        std::exchange(over_, nullptr)(any_failed_);
}

bool hosted_components::is_shutdown_due(bool failed) const noexcept
{
    switch (rules_.shutdown) {
    case container_shutdown::manual: return false;
    case container_shutdown::last_component_stopped: return running_ == 0;
    case container_shutdown::any_component_stopped: return true;
    case container_shutdown::any_component_failed: return failed;
    }
    return false;
}

bool hosted_components::is_needed_again(bool failed) const noexcept
{
    const bool wanted =
        rules_.restart == restart_policy::always || (rules_.restart == restart_policy::on_failed && failed);
    return wanted && !stopping_;
}

/// From its first start to its last end. Whether it has failed in the end.
awaitable<bool> hosted_components::run(one& mine)
{
    bool failed = false;
    while (!stopping_) {
        const auto began = clock::now();
        failed = co_await run_once(mine);
        if (!is_needed_again(failed))
            break;
        const auto delay = mine.delays.after(clock::now() - began);
        log_.write(log_level::info, "component restarts",
                   {{"component", mine.place.name}, {"delay_ms", delay.count()}});
        mine.pausing.expires_after(delay);
        auto [cancelled] = co_await mine.pausing.async_wait(quietly);
        static_cast<void>(cancelled); // By `stop` only, after which the loop ends.
    }
    co_return failed;
}

/// Whether it has failed.
awaitable<bool> hosted_components::run_once(one& mine)
{
    if (!begin(mine))
        co_return true;
    const auto end = co_await mine.running->ended();
    mine.running.reset();
    const bool gave_up = end.why == cause_of_end::gave_up || end.why == cause_of_end::refused;
    co_return log_end(mine, gave_up, gave_up || end.why == cause_of_end::failed, end.text);
}

/// Whether it was started.
bool hosted_components::begin(one& mine)
{
    const auto& place = mine.place;
    try {
        auto& component = mine.running.emplace(io_, place.what.realm);
        component.name(place.name).log(log_).authenticate(place.who).retry(place.retry);
        place.what.code->declare(component);
        component.connect(place.router);
        return true;
    } catch (const std::exception& failure) {
        log_.write(log_level::error, "component not started", {{"component", place.name}, {"cause", failure.what()}});
    } catch (...) { // Anybody's code may throw anything.
        log_.write(log_level::error, "component not started", {{"component", place.name}});
    }
    mine.running.reset();
    return false;
}

/// Returns `failed`.
bool hosted_components::log_end(const one& mine, bool gave_up, bool failed, std::string_view cause)
{
    const auto& name = mine.place.name;
    if (gave_up)
        log_.write(log_level::error, "component gave up", {{"component", name}, {"cause", cause}});
    else if (failed)
        log_.write(log_level::error, "component ended", {{"component", name}, {"cause", cause}});
    else
        log_.write(log_level::info, "component ended", {{"component", name}});
    return failed;
}

} // namespace junctor
