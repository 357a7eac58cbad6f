// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Authentication from the client's side: what HELLO claims, how a CHALLENGE is answered, and whether WELCOME is
/// genuine.

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/awaitable.hpp>
#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/value.hpp>

namespace junctor::client {

/// What HELLO.Details says of who wants to join.
struct hello_claims {
    std::vector<std::string> authmethods; ///< Those that the client can do, the preferred one first.
    std::string authid;                   ///< Empty if the client names none.
    dict authextra;                       ///< Left out of HELLO if it is empty.
};

/// A CHALLENGE of the router.
struct received_challenge {
    std::string method; ///< The authmethod that the router has picked.
    dict extra;
};

/// Thrown when a client cannot prove who it is, or the router does not prove what it must: the session is not joined,
/// and the router is told by ABORT with wamp.error.cannot_authenticate. The text is one line for people, without any
/// secret; the name of an authmethod that the router sent may be in it as it came.
class login_failed : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// One authentication of one session: the client's counterpart of `auth_exchange`. Used by one thread at a time, and no
/// longer than the credentials that began it.
class login {
public:
    virtual ~login() = default;

    /// What HELLO says. The same each time; to be asked before `answer`.
    [[nodiscard]] virtual hello_claims claims() const = 0;

    /// Completes with the content of AUTHENTICATE that answers `challenge`, which must outlive the coroutine. May wait
    /// for others, such as a human; deriving keys from passwords takes the calling thread for as long as the router
    /// demands, within `derivation_limits`. Throws `login_failed` for what cannot or must not be answered: an
    /// authmethod that was not claimed, an extra that is malformed or demands too much.
    [[nodiscard]] virtual awaitable<proof> answer(const received_challenge& challenge) = 0;

    /// Looks at WELCOME.Details, before the session is used. Throws `login_failed` if the router owes a proof that it
    /// knows the client and has not given it, also if it has let the client in without any CHALLENGE. By default it
    /// owes none. Spec: "Salted Challenge Response Authentication", final server authentication message.
    virtual void check(const dict& welcome_details);
};

/// With what a client proves who it is, by one authmethod or by several: the client's counterpart of `authenticator`.
/// One object serves many sessions, one after the other or at the same time, on any threads: state that these share is
/// its own to protect. `authmethods.hpp` makes those that come with Junctor.
///
///     class pin final : public client::credentials {
///     public:
///         std::unique_ptr<client::login> begin(const transport_facts&) const override
///         {
///             return std::make_unique<pin_login>();
///         }
///     };
class credentials {
public:
    virtual ~credentials() = default;

    /// Begins the authentication of a new session on a connection with the facts `transport`: `tls` there is what the
    /// client's end of the connection knows, with the router's certificate as that of the peer. Throws `login_failed`
    /// if such a connection will not do.
    [[nodiscard]] virtual std::unique_ptr<login> begin(const transport_facts& transport) const = 0;
};

} // namespace junctor::client
