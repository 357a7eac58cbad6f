// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Decoding: from the bytes of one message to its struct, straight from the reader.

#include <cstddef>
#include <span>
#include <string>

#include <boost/system/result.hpp>

#include <junctor/base/errc.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/message/messages.hpp>

namespace junctor {

/// Why bytes are no message, and as much as is known of what they were meant to be.
struct decode_failure {
    /// `errc::invalid_argument`: only an option has a wrong type or value; the rest of the message is sound, so a
    /// request can be answered with ERROR. Every other code is a protocol violation.
    errc code{errc::malformed};
    message_type type{};        ///< Zero if it could not be told.
    request_id request;         ///< Of a request; none if it could not be told.
    bool acknowledge{false};    ///< Of a PUBLISH: whether the publisher waits for an answer.
    bool progress{false};       ///< Of a CALL: whether further parts of its arguments follow.
    std::string_view element{}; ///< The element at fault, such as "Options"; may be empty. Lives forever.
    std::string_view field{};   ///< The key at fault, such as "timeout"; may be empty. Lives forever.

    /// A sentence for people, such as "CALL: Options.timeout: an argument or option has a wrong type or value".
    [[nodiscard]] std::string text() const;
};

/// Makes `boost::system::result<T, decode_failure>::value()` throw what it should.
[[noreturn]] void throw_exception_from_error(const decode_failure& failure, const boost::source_location& where);

template <class T>
using decoded = boost::system::result<T, decode_failure>;

namespace detail {

/// What a decoder works with.
struct decoder_state {
    text_scratch scratch;
    decode_failure failure;
};

} // namespace detail

/// Decodes messages of one connection. Payloads are checked to the bottom but not decoded. Not thread-safe.
class decoder {
public:
    explicit decoder(serializer format) noexcept : format_{format} {}

    [[nodiscard]] serializer format() const noexcept { return format_; }

    /// Decodes `bytes`, which must be exactly one message, into `out`, and returns whether they were one; if not,
    /// `failure()` tells why and `out` means nothing. The message points into `bytes` and into this decoder: it is
    /// valid until either goes or `recycle` is called.
    [[nodiscard]] bool decode(byte_view bytes, message& out);

    /// Decodes the messages of `batch` into `out`, from the first one on, until `out` is full or one is no message;
    /// returns how many. As `decode` for each.
    [[nodiscard]] std::size_t decode(std::span<const byte_view> batch, std::span<message> out);

    /// Why the last message that could not be decoded could not.
    [[nodiscard]] const decode_failure& failure() const noexcept { return state_.failure; }

    /// Takes back the memory of the messages decoded so far, which must not be in use any more.
    void recycle() noexcept { state_.scratch.clear(); }

    /// The message in `bytes`, or why there is none, by itself: as `recycle`, then `decode`.
    [[nodiscard]] decoded<message> decode(byte_view bytes);

private:
    serializer format_;
    detail::decoder_state state_;
};

} // namespace junctor
