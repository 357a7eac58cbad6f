// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which router is meant, and how to connect to it.

#include <string>

#include <junctor/client/connector.hpp>

#include "client/options.hpp"

namespace junctor::cli {

/// The URL of a router for which none is given: what the environment variable JUNCTOR_URL holds; without it the Unix
/// domain socket of a router with the built-in configuration, if there is one that this user or root has made; and
/// otherwise the TCP port of such a router.
[[nodiscard]] std::string choose_url();

/// The realm if none is given: what JUNCTOR_REALM holds, or else realm1.
[[nodiscard]] std::string choose_realm();

/// Throws `bad_usage` if the URL is none, or if options of TLS are given for a connection without it.
[[nodiscard]] client::connector make_connector(const joining_options& what);

} // namespace junctor::cli
