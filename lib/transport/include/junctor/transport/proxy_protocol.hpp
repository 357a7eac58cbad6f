// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Learning from a proxy whom it connects for.

#include <chrono>

#include <boost/system/error_code.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/endpoint.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// To be awaited before anything else is read from `peer`: if `proxies` says that it comes from a proxy which begins
/// with a header of the PROXY protocol, takes that header, and nothing behind it. Then `peer.facts` tells the client
/// that the header names, or the proxy itself if it names none; credentials are those of the proxy's process, so that
/// only a connection that the proxy makes for itself keeps them. Completes with the error: a `proxy_error`, eof,
/// `timed_out` at `give_up` at the latest, or that of the system. `peer`, `proxies` and `services` must outlive it.
/// Used on the thread of `services`. Cancellation: by the slot of whoever awaits it, with `operation_aborted`.
[[nodiscard]] awaitable<boost::system::error_code> identify_client(connection& peer, const proxy_settings& proxies,
                                                                   std::chrono::steady_clock::time_point give_up,
                                                                   shard_services& services);

} // namespace junctor
