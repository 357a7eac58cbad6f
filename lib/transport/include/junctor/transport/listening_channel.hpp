// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Opening the channel of a client, whatever the transport speaks.

#include <memory>

#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/log.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// The channel of a client that has connected.
struct opened_channel {
    std::unique_ptr<channel> link; ///< Null if the client wanted none, but answers of HTTP, and has left.

    /// Of which transport it is a client: where a port is shared, of the part that it has chosen.
    const listening_transport* transport{nullptr};
};

/// `open_websocket_channel` if the transport has settings of a WebSocket, otherwise `open_rawsocket_channel`: see
/// there. If its port is shared, first finds out which of them, and answers requests of HTTP; `log` gets what there is
/// to say of these. All arguments must outlive the channel.
[[nodiscard]] awaitable<boost::system::result<opened_channel>>
open_listening_channel(connection peer, const listening_transport& settings, shard_services& services, log_sink& log);

} // namespace junctor
