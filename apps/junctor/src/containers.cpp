// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "containers.hpp"

#include <chrono>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <junctor/base/limits.hpp>

namespace junctor {
namespace {

/// A component says GOODBYE and then ends its connection, for each of which the library has a bound.
constexpr int farewells = 2;
constexpr std::chrono::seconds stop_margin{1};

std::vector<placed_component> place(container_config& config)
{
    std::vector<placed_component> placed;
    for (auto& component : config.components) {
        auto& upstream = *component.upstream;
        auto router =
            std::visit([](auto& transport) { return client::connector(std::move(transport)); }, upstream.transport);
        placed.push_back({fmt::format("{}.{}", config.id, component.what.id), std::move(component.what),
                          std::move(router), std::move(upstream.who), upstream.retry});
    }
    return placed;
}

} // namespace

containers::containers(shard_threads& threads, std::vector<container_config> configs, log_sink& log)
    : main_{threads.main()}, log_{log}, running_{configs.size()}
{
    for (auto& config : configs) {
        auto& io = threads.for_container();
        const hosting_rules rules{config.shutdown, config.restart, config.restart_delay, config.restart_delay_max};
        all_.push_back({config.id, io, std::make_unique<hosted_components>(io, place(config), rules, log)});
    }
}

void containers::start(std::function<void()> over)
{
    over_ = std::move(over);
    for (auto& one : all_)
        boost::asio::post(one.io, [this, &one] {
            one.hosted->start(
                [this, &one](bool failed) { boost::asio::post(main_, [this, &one, failed] { on_end(one, failed); }); });
        });
}

void containers::on_end(container& ended, bool failed)
{
    ended.over = true;
    --running_;
    any_failed_ = any_failed_ || failed;
    log_.write(log_level::info, "container ended", {{"worker", ended.id}});
    if (running_ != 0 || !over_)
        return;
    failed_ = any_failed_;
    over_();
}

void containers::stop()
{
    over_ = nullptr;
    for (const auto& one : all_) {
        if (!one.over)
            boost::asio::post(one.io, [&hosted = *one.hosted] { hosted.stop(); });
    }
    const auto until = std::chrono::steady_clock::now() + farewells * session_limits().goodbye_timeout + stop_margin;
    while (running_ != 0 && main_.run_one_until(until) != 0) {
    }
    main_.restart(); // It may have run out of work.
    for (const auto& one : all_) {
        if (!one.over)
            log_.write(log_level::error, "container left behind", {{"worker", one.id}});
    }
}

} // namespace junctor
