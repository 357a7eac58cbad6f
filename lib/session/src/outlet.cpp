// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/outlet.hpp>

namespace junctor {

delivery outlet::send_run(const shared_run& run)
{
    auto outcome = delivery::queued;
    run->for_each([&](byte_view message) {
        outcome = send_encoded(message);
        return outcome != delivery::refused;
    });
    return outcome;
}

} // namespace junctor
