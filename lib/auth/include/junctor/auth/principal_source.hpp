// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where principals come from that do not stand in the configuration: a database, a directory, a WAMP procedure.

#include <optional>
#include <string>
#include <string_view>

#include <junctor/auth/authenticator.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// The type of principals that stand in the configuration itself.
inline constexpr std::string_view static_principals = "static";

/// One who may join, as a source describes it.
struct principal_record {
    std::string authid;
    std::string authrole;
    std::string realm; ///< The only realm that it may join; empty for every one that has the role.
    dict authextra;    ///< For WELCOME.

    /// What the authmethod needs, with the same keys as in the configuration: `ticket`, or `secret`, `salt`, ….
    dict credentials;

    /// The source itself has checked the evidence that it was given, such as a ticket.
    bool verified{false};
};

/// A source of principals for any authmethod that checks credentials. Serves any number of peers at the same time, from
/// any thread of the router, and lives as long as the authenticators that it is for.
///
///     awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict) override
///     {
///         auto row = co_await users_.look_up(exchange.hello().authid);
///         …
///     }
class principal_source {
public:
    virtual ~principal_source() = default;

    /// Completes with the principal that the peer of `exchange` says it is, or with nothing if there is none.
    /// `evidence` is what the peer has shown already, such as `ticket`; it is empty with authmethods that ask for proof
    /// only when they know what to check it by. Must not challenge the peer. An exception denies with
    /// `errc::authentication_failed` and is logged, unless it is `authentication_denied`.
    [[nodiscard]] virtual awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict evidence) = 0;
};

} // namespace junctor
