// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// As whom the commands join.

#include <junctor/client/authmethods.hpp>

#include "client/options.hpp"

namespace junctor::cli {

/// The environment variable that holds a secret if no file is named.
inline constexpr auto secret_variable = "JUNCTOR_SECRET";

/// The credentials that `what` describes. Without an authmethod: cryptosign if there is a private key, wamp-scram or
/// wampcra, as the router wants it, if there are an authid and a secret, and otherwise anonymous. Takes the secret out
/// of the environment, so that programs which are started do not inherit it. Throws `bad_usage` if something is missing
/// or cannot be meant, and `std::runtime_error` if a file cannot be read. To be called by the only thread.
[[nodiscard]] client::shared_credentials make_credentials(const joining_options& what);

} // namespace junctor::cli
