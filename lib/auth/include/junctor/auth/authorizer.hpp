// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Authorization: somebody who decides, request by request, what the sessions of a role may do.

#include <cstdint>
#include <optional>
#include <string>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/awaitable.hpp>
#include <junctor/base/value.hpp>
#include <junctor/session/identity.hpp>
#include <junctor/session/permission.hpp>

namespace junctor {

/// A request of a session that waits for a decision, as its authorizer sees it. Lives until the decision is made; used
/// on the thread that runs it only.
class authorization_request {
public:
    virtual ~authorization_request() = default;

    /// Who asks.
    [[nodiscard]] virtual const identity& who() const noexcept = 0;
    [[nodiscard]] virtual std::uint64_t session_number() const noexcept = 0;
    [[nodiscard]] virtual const std::string& realm() const noexcept = 0;
    [[nodiscard]] virtual const transport_facts& transport() const noexcept = 0;

    /// What it asks for.
    [[nodiscard]] virtual const authorization_question& question() const noexcept = 0;

    /// Calls `procedure` in the router's realm `realm`, as the router itself, with `args`; see `auth_exchange::call`.
    /// The time that it may take is `session_limits::authorization_timeout`.
    [[nodiscard]] virtual awaitable<procedure_answer> call(std::string realm, std::string procedure, list args) = 0;
};

/// Decides about the requests of sessions, in place of the permissions of their role. While a decision is pending,
/// nothing more is taken from the session that waits for it, so that its requests keep their order; others go on.
///
/// An authorizer serves any number of sessions at the same time, from any thread of the router: state that it shares
/// between them is its own to protect. It lives as long as somebody may ask it. Spec: advanced profile,
/// "Authorization".
///
///     awaitable<authorization_answer> decide(authorization_request& request) override
///     {
///         authorization_answer answer;
///         answer.decided.allowed = co_await rights_.has(request.who().authid, request.question().uri);
///         answer.cache = true;
///         co_return answer;
///     }
class authorizer {
public:
    virtual ~authorizer() = default;

    /// The decision about `request` if it is known without waiting. Asked first; by default nothing is.
    [[nodiscard]] virtual std::optional<authorization_answer> decide_now(const authorization_request& request)
    {
        static_cast<void>(request);
        return std::nullopt;
    }

    /// Completes with the decision about `request`, which outlives the coroutine. What throws, or takes longer than
    /// `session_limits::authorization_timeout`, is logged and answered with wamp.error.authorization_failed.
    [[nodiscard]] virtual awaitable<authorization_answer> decide(authorization_request& request) = 0;
};

} // namespace junctor
