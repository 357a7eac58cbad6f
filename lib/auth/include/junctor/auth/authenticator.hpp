// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Authentication: a coroutine that talks to the peer in challenges and returns a verdict.

#include <cstdint>
#include <exception>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include <junctor/auth/awaitable.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/value.hpp>
#include <junctor/session/identity.hpp>

namespace junctor {

/// What a peer said in HELLO, as far as authenticators may care.
struct auth_hello {
    std::string realm;
    std::string authid; ///< Empty if the peer named none.
    std::vector<std::string> authmethods;
    dict authextra;
    std::string agent;
};

/// The answer to one CHALLENGE.
struct proof {
    std::string signature;
    dict extra;
};

/// What a procedure answered that was called on behalf of an authenticator.
struct procedure_answer {
    std::string error; ///< The URI of the ERROR that it answered with; empty if it answered with a RESULT.
    list args;
    dict kwargs;

    [[nodiscard]] bool succeeded() const noexcept { return error.empty(); }
};

/// The outcome of an authentication: who the peer is, or why it may not join.
class verdict {
public:
    /// The peer may join as `who`. An empty authmethod or authprovider is filled in by the router with the method's
    /// name and "static".
    static verdict grant(identity who) { return verdict(std::move(who)); }
    static verdict grant(std::string authid, std::string authrole);

    /// The peer is refused with ABORT: `reason`'s URI and `message` (the reason's own text if empty).
    static verdict deny(errc reason, std::string message = {});

    /// The same with a URI that is not the router's own, such as "com.example.account_locked".
    static verdict deny(std::string uri, std::string message);

    /// Adds to a denial what the log says and the peer must not know, such as whether there is such a principal at all.
    [[nodiscard]] verdict because(std::string detail) &&;

    [[nodiscard]] bool granted() const noexcept { return std::holds_alternative<identity>(content_); }

    /// The identity of a granted verdict; undefined for a denied one.
    [[nodiscard]] const identity& who() const { return std::get<identity>(content_); }
    [[nodiscard]] identity& who() { return std::get<identity>(content_); }

    /// The URI, the message and the detail for the log of a denied verdict; undefined for a granted one.
    [[nodiscard]] const std::string& reason() const { return std::get<denial>(content_).uri; }
    [[nodiscard]] const std::string& message() const { return std::get<denial>(content_).message; }
    [[nodiscard]] const std::string& detail() const { return std::get<denial>(content_).detail; }

private:
    struct denial {
        std::string uri;
        std::string message;
        std::string detail;
    };

    explicit verdict(identity who) : content_{std::move(who)} {}
    explicit verdict(denial why) : content_{std::move(why)} {}

    std::variant<identity, denial> content_;
};

/// Thrown to deny from within a function that does not return a verdict: as good as returning `why`.
class authentication_denied : public std::exception {
public:
    /// `why` must be a denial.
    explicit authentication_denied(verdict why) : why_{std::move(why)} {}

    [[nodiscard]] const verdict& why() const noexcept { return why_; }
    [[nodiscard]] const char* what() const noexcept override { return why_.reason().c_str(); }

private:
    verdict why_;
};

/// The conversation with one peer that wants to join, as its authenticator sees it. The authenticator cannot reach the
/// connection itself: it can neither forget a time limit nor go on after a refusal. Lives until `authenticate`
/// completes; used on the thread that runs it only.
class auth_exchange {
public:
    virtual ~auth_exchange() = default;

    [[nodiscard]] virtual const auth_hello& hello() const noexcept = 0;

    /// The authmethod that the peer and the transport have agreed on.
    [[nodiscard]] virtual const std::string& authmethod() const noexcept = 0;
    [[nodiscard]] virtual const transport_facts& transport() const noexcept = 0;

    /// The identifier that the session will have if it joins; signed challenges contain it.
    [[nodiscard]] virtual std::uint64_t session_number() const noexcept = 0;

    /// Sends CHALLENGE with `extra` and completes with the peer's AUTHENTICATE. May be called again for another round.
    /// If the peer answers otherwise, leaves, or takes longer than `session_limits::challenge_timeout`, it does not
    /// complete normally: the exchange ends, the peer is answered as the protocol demands, and the exception that
    /// carries this out must not be swallowed. Spec: "Session Establishment".
    [[nodiscard]] virtual awaitable<proof> challenge(dict extra) = 0;
    [[nodiscard]] awaitable<proof> challenge() { return challenge(dict()); }

    /// Calls `procedure` in the router's realm `realm`, as the router itself, with `args`. Completes with what it
    /// answers; with `errc::no_such_realm`'s URI if there is no such realm, and with `errc::timeout`'s if there is no
    /// answer within `session_limits::challenge_timeout`.
    [[nodiscard]] virtual awaitable<procedure_answer> call(std::string realm, std::string procedure, list args) = 0;
};

/// One way to say who a peer is. An authenticator serves any number of peers at the same time, from any thread of the
/// router: state that it shares between them is its own to protect. It lives as long as somebody may ask it.
///
///     awaitable<verdict> authenticate(auth_exchange& exchange) override
///     {
///         const auto answer = co_await exchange.challenge();
///         if (!equal_constant_time(answer.signature, ticket_))
///             co_return verdict::deny(errc::authentication_denied);
///         co_return verdict::grant(exchange.hello().authid, "user");
///     }
class authenticator {
public:
    virtual ~authenticator() = default;

    /// Completes with the verdict on the peer of `exchange`, which outlives the coroutine. An exception denies with
    /// `errc::authentication_failed` and is logged, unless it is `authentication_denied`.
    [[nodiscard]] virtual awaitable<verdict> authenticate(auth_exchange& exchange) = 0;

    /// Whether the peer of `exchange` may be one that this authenticator knows. Asked where several authenticators
    /// share an authmethod: the first that says so decides, and the last one if none does. Must not wait.
    [[nodiscard]] virtual bool recognises(const auth_exchange& exchange) const
    {
        static_cast<void>(exchange);
        return true;
    }

    /// Whether anybody may join `realm` by this authenticator over a connection with such `facts`. If not, it is passed
    /// over, as if its authmethod were not on offer. Must not wait.
    [[nodiscard]] virtual bool applies_to(const transport_facts& facts, std::string_view realm) const
    {
        static_cast<void>(facts);
        static_cast<void>(realm);
        return true;
    }
};

} // namespace junctor
