// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which extensions the ends of a WebSocket name, and how compression is agreed upon. Spec: RFC 6455, section 9; RFC
/// 7692, section 7.1.

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/framing/deflate.hpp>

namespace junctor {

/// An extension that a client offers, or a router agrees to.
struct websocket_extension {
    /// A name, and a value without its quotes if there is one.
    using parameter = std::pair<std::string, std::optional<std::string>>;

    std::string name;
    std::vector<parameter> parameters;
};

/// The extensions in the value of a field Sec-WebSocket-Extensions, or nothing if that is malformed.
[[nodiscard]] std::optional<std::vector<websocket_extension>> parse_extensions(std::string_view field);

/// How one end is ready to compress. The first two are about what its peer sends.
struct deflate_settings {
    bool request_no_context_takeover{false}; ///< Messages of the peer must not refer to those before them.
    int request_max_window_bits{0};          ///< The peer must refer back no further: 9 to 15, or 0 for any.
    bool no_context_takeover{false};         ///< Messages to the peer do not refer to those before them.
    int max_window_bits{deflate_window_bits_max};
    int memory_level{deflate_memory_level_default}; ///< 1 to 9.
};

/// How both ends compress.
struct deflate_agreement {
    deflate_side own;
    deflate_side peer;
    int memory_level{deflate_memory_level_default}; ///< This end's.
    std::string answer;                             ///< The extension, as a router answers; empty for a client.
};

/// The extension as a client offers it.
[[nodiscard]] std::string offer_of(const deflate_settings& settings);

/// What a router makes of the offer `offered`; nothing if it is none of compression, has anything that is unknown or
/// wrong in it, or does not allow what `settings` ask for.
[[nodiscard]] std::optional<deflate_agreement> agree_on_deflate(const websocket_extension& offered,
                                                                const deflate_settings& settings);

/// What a client that has offered `offer_of(settings)` makes of the answer of a router; nothing if it is none of
/// compression, has anything that is unknown or wrong in it, or anything that does not go with the offer.
[[nodiscard]] std::optional<deflate_agreement> accept_deflate(const websocket_extension& answered,
                                                              const deflate_settings& settings);

} // namespace junctor
