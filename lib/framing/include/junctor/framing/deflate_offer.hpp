// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which extensions a WebSocket client offers, and how compression is agreed upon. Spec: RFC 6455, section 9; RFC 7692,
/// section 7.1.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/framing/deflate.hpp>

namespace junctor {

/// An extension that a client offers.
struct websocket_extension {
    /// A name, and a value without its quotes if there is one.
    using parameter = std::pair<std::string, std::optional<std::string>>;

    std::string name;
    std::vector<parameter> parameters;
};

/// The extensions in the value of a field Sec-WebSocket-Extensions, or nothing if that is malformed.
[[nodiscard]] std::optional<std::vector<websocket_extension>> parse_extensions(std::string_view field);

/// How a router is ready to compress. The first two are about what clients send.
struct deflate_settings {
    bool request_no_context_takeover{false}; ///< Messages of clients must not refer to those before them.
    int request_max_window_bits{0};          ///< Clients must refer back no further: 9 to 15, or 0 for any.
    bool no_context_takeover{false};         ///< Messages to clients do not refer to those before them.
    int max_window_bits{deflate_window_bits_max};
    int memory_level{deflate_memory_level_default}; ///< 1 to 9.
};

/// How both ends compress.
struct deflate_agreement {
    deflate_side router;
    deflate_side client;
    int memory_level{deflate_memory_level_default}; ///< The router's.
    std::string answer;                             ///< The extension, as the client is answered.
};

/// What becomes of the offer `offered`; nothing if it is none of compression, has anything that is unknown or wrong in
/// it, or does not allow what `settings` ask for.
[[nodiscard]] std::optional<deflate_agreement> agree_on_deflate(const websocket_extension& offered,
                                                                const deflate_settings& settings);

} // namespace junctor
