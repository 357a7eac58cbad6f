// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/components/clock.hpp>

#include <ctime>
#include <memory>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <junctor/base/uri.hpp>
#include <junctor/component.hpp>

namespace junctor::components {
namespace {

using steady = std::chrono::steady_clock;
using timer = boost::asio::basic_waitable_timer<steady, boost::asio::wait_traits<steady>, executor>;

constexpr std::int64_t interval_min_ms = 10;
constexpr std::int64_t interval_max_ms = 86'400'000;
constexpr std::int64_t interval_default_ms = 1000;

std::string read_prefix(module_options& extra)
{
    auto prefix = extra.text("prefix");
    if (const auto flaw = check_uri(prefix, uri_check::loose); extra.has("prefix") && flaw != uri_flaw::none)
        extra.error("prefix", std::string(to_string(flaw)), "such as \"com.example.clock\"");
    return prefix;
}

std::chrono::milliseconds read_interval(module_options& extra)
{
    const auto interval = extra.integer("interval", 0, interval_max_ms, interval_default_ms);
    if (interval > 0 && interval < interval_min_ms)
        extra.error("interval", "must be 0, or 10 at least");
    return std::chrono::milliseconds(interval);
}

awaitable<void> tick(client::session session, std::string topic, std::chrono::milliseconds interval)
{
    timer pause(co_await boost::asio::this_coro::executor);
    for (;;) {
        session.publish(topic, std::time(nullptr));
        pause.expires_after(interval);
        co_await pause.async_wait(boost::asio::deferred);
    }
}

} // namespace

clock::clock(module_options& extra) : prefix_{read_prefix(extra)}, interval_{read_interval(extra)} {}

void clock::declare(client::component& component)
{
    component.procedure(prefix_ + ".now", [] { return std::time(nullptr); });
    if (interval_.count() != 0)
        component.on_join([this](client::session& session) { return tick(session, prefix_ + ".tick", interval_); });
}

void register_clock(module_registry& registry)
{
    registry.add_component("junctor.clock", [](module_options& extra) { return std::make_unique<clock>(extra); });
}

} // namespace junctor::components
