// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What can be wrong with a WebSocket handshake or frame, and how the peer is told.

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <boost/system/error_code.hpp>

namespace junctor {

/// Why a WebSocket connection fails. Spec: RFC 6455.
enum class websocket_error : std::uint8_t {
    // The opening handshake, which is answered with a status of HTTP.
    not_http = 1,             ///< What came first is no HTTP request: it is not answered.
    request_malformed,        ///< 400
    request_too_long,         ///< 431
    no_upgrade,               ///< 426: a plain request, such as that of a browser.
    version_unsupported,      ///< 426
    path_unknown,             ///< 404
    origin_refused,           ///< 403
    no_common_subprotocol,    ///< 400
    connection_limit_reached, ///< 503
    tls_missing,              ///< 400: the port speaks TLS only.

    // The answer of a router to the handshake of this end.
    upgrade_refused,   ///< The status is another one than 101.
    answer_malformed,  ///< What proves that the request was understood is missing or wrong.
    subprotocol_other, ///< None is named, or one that was not asked for.
    extension_other,   ///< One is named that was not offered, or not in this way.

    // Frames. After these the connection is closed with a code of its own: `close_code_of`.
    reserved_bits_used,      ///< RSV1 to RSV3 where no extension gives them a meaning.
    reserved_opcode,         ///< 3 to 7, or 11 to 15.
    mask_missing,            ///< A frame of a client is not masked.
    mask_forbidden,          ///< A frame of a router is masked.
    length_malformed,        ///< More octets than needed, or beyond 2^63.
    control_too_long,        ///< A control frame with more than 125 octets.
    control_fragmented,      ///< A control frame without FIN.
    continuation_unexpected, ///< There is no message that it could continue.
    message_interrupted,     ///< A message begins within another one.
    close_malformed,         ///< A Close frame with half a code, or a code that must not be sent.
    data_type_unsupported,   ///< Text in a binary subprotocol, or the other way round.
    text_not_utf8,           ///< A text message, or the reason in a Close frame.
    message_too_long,        ///< Longer than `max_message_size`.
    frame_too_long,          ///< Longer than `max_frame_size`.
    compressed_malformed,    ///< What a message was compressed to stands for nothing.
    batch_malformed,         ///< A batch without messages, or one that ends within a message.
    batch_too_long,          ///< More than `limits::batch_messages_max`.
};

/// Codes of Close frames. Spec: RFC 6455, section 7.4.
enum class websocket_close_code : std::uint16_t {
    normal = 1000,
    going_away = 1001,
    protocol_error = 1002,
    unsupported_data = 1003,
    invalid_payload = 1007,
    message_too_big = 1009,
};

/// A sentence for people that goes with `error`.
[[nodiscard]] std::string_view text_of(websocket_error error) noexcept;

/// The category in which `websocket_error` values are `boost::system::error_code`s.
[[nodiscard]] const boost::system::error_category& websocket_category() noexcept;

[[nodiscard]] inline boost::system::error_code make_error_code(websocket_error error) noexcept
{
    return {static_cast<int>(error), websocket_category()};
}

/// What the peer is told when its frames have failed with `error`; `normal` if they have not.
[[nodiscard]] websocket_close_code close_code_of(boost::system::error_code error) noexcept;

} // namespace junctor

template <>
struct boost::system::is_error_code_enum<junctor::websocket_error> : std::true_type {
};
