// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "benchmark.hpp"

#include <algorithm>
#include <memory>

#include "client_load.hpp"
#include "connect_load.hpp"
#include "load.hpp"
#include "membership.hpp"
#include "pubsub_load.hpp"
#include "report.hpp"
#include "rpc_load.hpp"

namespace junctor::bench {
namespace {

std::unique_ptr<load> make_load(const options& what, network& net, measurement& measured)
{
    switch (what.load) {
    case load_kind::rpc: return std::make_unique<rpc_load>(what, net, measured);
    case load_kind::connect: return std::make_unique<connect_load>(what, net, measured);
    case load_kind::pubsub:
    case load_kind::idle:
    case load_kind::client: break; // The last two are measured in another way.
    }
    return std::make_unique<pubsub_load>(what, net, measured);
}

outcome measure(const options& what)
{
    network net(what);
    measurement measured(what);
    const auto chosen = make_load(what, net, measured);
    run(*chosen, net, measured);
    if (!what.floor && what.load != load_kind::connect)
        leaving(net).complete();
    return measured.result();
}

/// Idle sessions are the subscribers of one topic, whose publisher does nothing but for the burst.
outcome measure_idle(options what)
{
    what.publishers = 1;
    what.topics = 1;
    what.subscribers = what.sessions;
    what.count = what.burst;
    what.depth = std::max<std::size_t>(1, what.burst);

    memory_use memory;
    memory.before = usage_of(*what.pid).rss_bytes;
    network net(what);
    measurement measured(what);
    pubsub_load sessions(what, net, measured);
    memory.joined = usage_of(*what.pid).rss_bytes;
    run(sessions, net, measured);
    memory.after_burst = usage_of(*what.pid).rss_bytes;
    leaving(net).complete();

    auto result = measured.result();
    result.messages = what.sessions;
    result.memory = memory;
    return result;
}

} // namespace

std::string run_benchmark(const options& what)
{
    check(what);
    switch (what.load) {
    case load_kind::idle: return report(what, measure_idle(what));
    case load_kind::client: return report(what, measure_client(what));
    default: return report(what, measure(what));
    }
}

} // namespace junctor::bench
