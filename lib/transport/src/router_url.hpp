// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// URLs of routers.

#include <cstdint>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include <junctor/transport/rawsocket_connector.hpp>
#include <junctor/transport/remote_endpoint.hpp>

namespace junctor {

/// "rs" and "rss", which have no path, or "ws" and "wss".
enum class url_schemes : std::uint8_t { rawsocket, websocket };

/// What a URL says.
struct router_url {
    remote_endpoint where;
    std::string path; ///< With its query; "/" if the URL names none.
};

[[nodiscard]] boost::system::result<router_url, url_failure> parse_router_url(std::string_view url,
                                                                              url_schemes schemes);

} // namespace junctor
