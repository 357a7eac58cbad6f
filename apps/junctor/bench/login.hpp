// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How the sessions of a benchmark say who they are: what authmethods demand of clients.

#include <memory>
#include <string>

#include <junctor/base/value.hpp>

#include "options.hpp"

namespace junctor::bench {

/// The content of AUTHENTICATE.
struct login_answer {
    std::string signature;
    dict extra;
};

/// The client's side of an authmethod, for any number of sessions. Used by one thread.
class login {
public:
    virtual ~login() = default;

    /// What HELLO.Details has for it: the same for all sessions.
    [[nodiscard]] virtual dict hello_details() const = 0;

    /// What answers a CHALLENGE with `extra`. Throws `failure` if that cannot be answered.
    [[nodiscard]] virtual login_answer answer(const dict& extra) = 0;
};

/// What the environment variable is called that has the secret if no file is named.
inline constexpr auto secret_variable = "JUNCTOR_BENCH_SECRET";

/// The login that `what` asks for, which is none if it names no authmethod. Reads the secret. Throws `bad_options` if
/// there is none, or the authmethod cannot use it.
[[nodiscard]] std::unique_ptr<login> make_login(const options& what);

} // namespace junctor::bench
