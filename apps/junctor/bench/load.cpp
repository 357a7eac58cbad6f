// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "load.hpp"

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {

void run(load& what, network& net, measurement& measured)
{
    measured.begin(net.look_at_clock());
    what.start();
    while (what.busy()) {
        if (!net.turn(what))
            throw failure(fmt::format("{} did not come within {} s: lost", what.missing(), patience.count()));
        what.after_turn();
        measured.advance(net.now());
    }
    measured.end(net.look_at_clock());
}

} // namespace junctor::bench
