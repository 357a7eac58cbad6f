// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How the sessions of a benchmark say who they are.

#include <memory>

#include <boost/asio/io_context.hpp>

#include <junctor/client/authmethods.hpp>

#include "options.hpp"

namespace junctor::bench {

using client::login;

/// What the environment variable is called that has the secret if no file is named.
inline constexpr auto secret_variable = "JUNCTOR_BENCH_SECRET";

/// The logins of all sessions, by the authmethod that is named. Used by one thread.
class logins {
public:
    /// Reads the secret. Throws `bad_options` if there is none, or the authmethod cannot use it.
    explicit logins(const options& what);

    /// The login of a new session; null if no authmethod is named. Must not outlive this object.
    [[nodiscard]] std::unique_ptr<login> begin() const;

    /// What answers `challenge`. Throws `failure` if that cannot be answered.
    [[nodiscard]] proof answer(login& asked, const client::received_challenge& challenge);

private:
    client::shared_credentials credentials_; ///< Null if no authmethod is named.
    boost::asio::io_context io_;             ///< For answers alone, none of which has to wait for anything.
};

/// What HELLO.Details has for `asked`, which may be null.
[[nodiscard]] dict hello_details(const login* asked);

} // namespace junctor::bench
