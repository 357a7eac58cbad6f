// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The types of WAMP messages and the policies that messages carry by name.

#include <cstdint>
#include <string_view>

#include <junctor/base/uri.hpp>

namespace junctor {

/// The first element of every message. Spec: "Messages", message codes.
enum class message_type : std::uint16_t {
    hello = 1,
    welcome = 2,
    abort = 3,
    challenge = 4,
    authenticate = 5,
    goodbye = 6,
    error = 8,
    publish = 16,
    published = 17,
    subscribe = 32,
    subscribed = 33,
    unsubscribe = 34,
    unsubscribed = 35,
    event = 36,
    call = 48,
    cancel = 49,
    result = 50,
    register_ = 64,
    registered = 65,
    unregister = 66,
    unregistered = 67,
    invocation = 68,
    interrupt = 69,
    yield = 70,
};

/// The name as the spec writes it, such as "SUBSCRIBE"; "unknown" for any other number.
[[nodiscard]] std::string_view to_string(message_type type) noexcept;

/// How the dealer picks among the callees of one registration. Spec: "Shared Registration".
enum class invocation_policy : std::uint8_t { single, first, last, roundrobin, random };

/// How far a CANCEL goes. Spec: "Call Canceling".
enum class cancel_mode : std::uint8_t {
    killnowait, ///< The callee is interrupted and the caller answered at once. The default.
    kill,       ///< The callee is interrupted and its answer awaited.
    skip,       ///< The callee is left alone and the caller answered at once.
};

/// Who of the callees of a registration gets a CALL. Spec: "Sharded Registration", CALL.Options.runmode.
enum class run_mode : std::uint8_t {
    by_policy, ///< Whom the invocation policy picks. The default, which has no name.
    partition, ///< The one to whom the resource key belongs.
    all,       ///< Each of them.
};

[[nodiscard]] std::string_view to_string(invocation_policy policy) noexcept;
[[nodiscard]] std::string_view to_string(cancel_mode mode) noexcept;
[[nodiscard]] std::string_view to_string(run_mode mode) noexcept;

/// Sets `policy` to the one named `name`; false, and no change, if there is none.
[[nodiscard]] bool parse(std::string_view name, match_policy& policy) noexcept;
[[nodiscard]] bool parse(std::string_view name, invocation_policy& policy) noexcept;
[[nodiscard]] bool parse(std::string_view name, cancel_mode& mode) noexcept;
[[nodiscard]] bool parse(std::string_view name, run_mode& mode) noexcept;

} // namespace junctor
