// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Decoding: from the bytes of one message to its struct, straight from the reader.

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
    std::string_view element{}; ///< The element at fault, such as "Options"; may be empty. Lives forever.
    std::string_view field{};   ///< The key at fault, such as "timeout"; may be empty. Lives forever.

    /// A sentence for people, such as "CALL: Options.timeout: an argument or option has a wrong type or value".
    [[nodiscard]] std::string text() const;
};

/// Makes `boost::system::result<T, decode_failure>::value()` throw what it should.
[[noreturn]] void throw_exception_from_error(const decode_failure& failure, const boost::source_location& where);

template <class T>
using decoded = boost::system::result<T, decode_failure>;

/// Decodes messages of one connection. Not thread-safe.
class decoder {
public:
    explicit decoder(serializer format) noexcept : format_{format} {}

    [[nodiscard]] serializer format() const noexcept { return format_; }

    /// The message in `bytes`, which must be exactly one. Payloads are checked to the bottom but not decoded. What it
    /// returns points into `bytes` and into this decoder: valid until either goes or `decode` is called again.
    [[nodiscard]] decoded<message> decode(byte_view bytes);

private:
    serializer format_;
    text_scratch scratch_;
};

} // namespace junctor
