// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "benchmark.hpp"

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
    case load_kind::pubsub: return std::make_unique<pubsub_load>(what, net, measured);
    default: return std::make_unique<rpc_load>(what, net, measured);
    }
}

} // namespace

std::string run_benchmark(const options& what)
{
    check(what);
    network net(what.urls, what.insecure);
    measurement measured(what);
    const auto chosen = make_load(what, net, measured);
    run(*chosen, net, measured);
    if (!what.floor)
        leaving(net).complete();
    return report(what, measured.result());
}

} // namespace junctor::bench
