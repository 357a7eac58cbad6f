// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What procedures are told about peers.

#include <string>
#include <string_view>

#include <junctor/auth/module_options.hpp>
#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/value.hpp>

namespace junctor::auth {

/// The dict that describes a connection: `type`, `transport`, `peer`, `serializer`, and what Unix domain sockets and
/// TLS tell.
[[nodiscard]] dict transport_details(const transport_facts& facts);

/// The URI under `key`, which must be there and valid.
[[nodiscard]] std::string uri_option(module_options& options, std::string_view key);

/// The realm under `key`, which must be a valid URI if it is there.
[[nodiscard]] std::string realm_option(module_options& options, std::string_view key);

} // namespace junctor::auth
