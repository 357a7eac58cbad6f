// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// When a component tries again to join its router.

#include <chrono>
#include <cstdint>

namespace junctor::client {

/// When a component tries again, after its session was lost or could not be joined. The delay grows from
/// `initial_delay` to `max_delay`, and begins anew with each session that is joined.
struct retry_policy {
    std::chrono::milliseconds initial_delay{500};
    std::chrono::milliseconds max_delay{std::chrono::seconds{30}};
    double growth{1.5};

    /// By how much of it each delay differs at random, so that clients of a router that went down do not come back all
    /// at once: 0 to 1.
    double jitter{0.2};

    /// How often it tries again without a session in between before it gives up; negative for ever.
    int max_retries{-1};

    /// What becomes of a router that has refused it for a reason that does not pass by itself: it is not asked again,
    /// and when there is no other one the component ends; or it is tried again as if it had not been there. Such
    /// reasons are that the credentials were not accepted or could not be checked, that no authmethod matches, and that
    /// there is no such realm, role or permission.
    enum class refusal : std::uint8_t { final, passing };
    refusal after_refusal{refusal::final};
};

} // namespace junctor::client
