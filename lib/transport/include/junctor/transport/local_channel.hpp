// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Connections within the program.

#include <cstddef>
#include <memory>

#include <junctor/transport/channel.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// Both ends of a connection that has no socket: what one end is given to send, the other one reads. Messages are in
/// MessagePack, and of any size.
struct local_channels {
    std::unique_ptr<channel> router; ///< May be used as an outlet on any shard, as every channel of a router.
    std::unique_ptr<channel> client; ///< Used on the thread of its services only.
};

/// What a router knows of a client of its own program.
[[nodiscard]] transport_facts local_facts();

/// Makes a connection between a router's shard and a client of the same program. At most `queued_bytes_max` wait at
/// each end: more ends the connection with `close_reason::slow_consumer`. The router is told `facts` about its client,
/// but for the format. Services must outlive their end; the ends may go in any order.
[[nodiscard]] local_channels make_local_channels(shard_services& router, shard_services& client,
                                                 std::size_t queued_bytes_max, transport_facts facts = local_facts());

} // namespace junctor
