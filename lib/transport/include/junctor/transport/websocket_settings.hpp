// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What only WebSockets have settings for.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/framing/deflate_offer.hpp>

namespace junctor {

struct cookie_settings;

/// What both ends of a WebSocket have settings for. A plain value.
struct websocket_connection_settings {
    /// The largest frame in bytes that is taken from the peer; 0 for as large as a message.
    std::size_t max_frame_size{0};

    /// How messages are compressed if the peer can do it as well; nothing if they are not. An end that listens does not
    /// compress unless a client offers it; one that connects offers it. Spec: RFC 7692.
    std::optional<deflate_settings> deflate;

    /// How long the opening handshake may take at most, within what there is for a session to be joined or for an
    /// endpoint to be connected to; 0 for as long as that.
    std::chrono::milliseconds open_handshake_timeout{0};

    /// How long the end may take at most, within what whoever closes allows; 0 for as long as that.
    std::chrono::milliseconds close_handshake_timeout{0};
};

/// Throws `std::invalid_argument` if `settings` cannot be meant: a window or a memory level that there is not, or a
/// time below 0.
void check_settings(const websocket_connection_settings& settings);

/// Settings of a WebSocket transport that listens. A plain value. Spec: RFC 6455.
struct websocket_settings : websocket_connection_settings {
    /// The path that clients must ask for, such as "/ws"; empty for any.
    std::string path;

    /// Pages that may connect, as "https://shop.example.com" or with `*` for any characters. Empty: pages of the very
    /// host and port that they connect to. Clients that are no pages, and so have no origin, may always connect.
    std::vector<std::string> allowed_origins;

    /// Whether pages without an origin of their own may connect: those of local files, but also any that hides where it
    /// is from.
    bool null_origin_allowed{false};

    /// Whether a client that names no subprotocol is refused. If not, it is taken for one that speaks JSON, or what the
    /// transport allows in place of that.
    bool subprotocol_required{true};

    /// Whether a browser that opens the address is shown a page that tells what is here, or just one line.
    bool status_page{true};

    /// Whether answers name this program.
    bool server_shown{true};

    /// The cookie that clients are given; null for none.
    std::shared_ptr<const cookie_settings> cookie;
};

/// Whether a page of `origin`, which connects to `host` (both as the request has them), may connect.
[[nodiscard]] bool admits_origin(const websocket_settings& settings, std::string_view origin, std::string_view host);

} // namespace junctor
