// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What both ends of a connection have settings for.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>

#include <junctor/base/limits.hpp>

namespace junctor {

/// When PING is sent on this end's own account. Some peers in use fail the connection at the first PING.
enum class keep_alive : std::uint8_t {
    off,
    after_peer_ping, ///< Only to peers that have sent a PING themselves.
    always,
};

/// Settings of a connection, whichever end began it. A plain value, which those who describe transports and connections
/// to others hold and show by names of their own.
struct channel_settings {
    std::string id; ///< The name of the transport.
    std::size_t max_message_size{limits::message_bytes_default};
    bool debug{false}; ///< Every frame is logged.
    session_limits limits;
    keep_alive keep_alive_mode{keep_alive::off};
    std::chrono::milliseconds keep_alive_interval{0};
    std::chrono::milliseconds pong_timeout{0}; ///< For a sign of life after a PING; 0 for `unanswered_pings_max` PINGs.

    /// The largest message in bytes that is taken from the peer: at least 1. Throws `std::invalid_argument` for 0.
    void set_max_message_size(std::size_t bytes);

    /// PINGs to peers that have been silent for `interval`. Throws `std::invalid_argument` if they are on with an
    /// interval that is not positive.
    void set_keep_alive(keep_alive when, std::chrono::milliseconds interval);

    /// What peers are told of `max_message_size` over RawSocket, and held to: the next power of two within 512 to 2^24.
    [[nodiscard]] std::size_t announced_message_size() const noexcept;
};

} // namespace junctor
