// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Learning from the proxies of HTTP whom they connect for.

#include <string_view>

#include <junctor/auth/session_sources.hpp>
#include <junctor/auth/transport_facts.hpp>

namespace junctor {

/// Makes `facts`, which are those of the connection, tell of the client for whom a proxy says that it asks. `forwarded`
/// is the value of X-Forwarded-For, to which each proxy adds from whom it was asked: the last of them in front of which
/// no proxy of `trusted` stands is the client, since what comes before it could be said by anybody. Facts of others,
/// and those without a proxy, stay as they are.
void identify_forwarded(transport_facts& facts, std::string_view forwarded, const session_sources& trusted);

} // namespace junctor
