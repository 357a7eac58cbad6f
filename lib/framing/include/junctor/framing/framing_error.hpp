// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What can be wrong with a RawSocket handshake or frame.

#include <cstdint>
#include <string_view>
#include <type_traits>

#include <boost/system/error_code.hpp>

namespace junctor {

/// The errors that a RawSocket handshake is answered with; the numbers are those of the wire.
/// Spec: advanced profile, "RawSocket Transport".
enum class rawsocket_error : std::uint8_t {
    serializer_unsupported = 1,
    message_length_unacceptable = 2,
    reserved_bits_used = 3,
    connection_limit_reached = 4,
};

/// What ends a RawSocket connection without an answer.
enum class framing_error : std::uint8_t {
    not_rawsocket = 1,         ///< The first octet is not 0x7F: HTTP, TLS, or anything else.
    serializer_illegal,        ///< The handshake asks for serializer 0.
    reply_malformed,           ///< The reply to our own handshake uses reserved octets, or error 0.
    reply_serializer_other,    ///< The reply to our own handshake names a serializer that we did not ask for.
    reserved_frame_bits_used,  ///< RRRR is not 0.
    reserved_frame_type,       ///< TTT is 3 to 7.
    extended_length_malformed, ///< The X bit is set and the other 24 bits of the length are not 0.
    frame_too_long,            ///< Longer than the limit that was announced to the sender.
};

/// A sentence for people that goes with `error`; codes from the wire that have no name get a text too, and that of
/// their error code tells the number as well.
[[nodiscard]] std::string_view text_of(rawsocket_error error) noexcept;
[[nodiscard]] std::string_view text_of(framing_error error) noexcept;

/// The category in which `rawsocket_error` values are `boost::system::error_code`s.
[[nodiscard]] const boost::system::error_category& rawsocket_category() noexcept;

/// The category in which `framing_error` values are `boost::system::error_code`s.
[[nodiscard]] const boost::system::error_category& framing_category() noexcept;

[[nodiscard]] inline boost::system::error_code make_error_code(rawsocket_error error) noexcept
{
    return {static_cast<int>(error), rawsocket_category()};
}

[[nodiscard]] inline boost::system::error_code make_error_code(framing_error error) noexcept
{
    return {static_cast<int>(error), framing_category()};
}

} // namespace junctor

template <>
struct boost::system::is_error_code_enum<junctor::rawsocket_error> : std::true_type {
};

template <>
struct boost::system::is_error_code_enum<junctor::framing_error> : std::true_type {
};
