// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Incremental parser that splits a stream of bytes into RawSocket frames.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>

#include <boost/endian/conversion.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/buffer_pool.hpp>
#include <junctor/framing/rawsocket.hpp>

namespace junctor {

/// What a parser found at the front of its input.
enum class frame_status : std::uint8_t { complete, need_more, failed };

/// One step of a parser: with `complete`, a frame; otherwise `type` and `payload` mean nothing.
struct frame_step {
    frame_status status{frame_status::need_more};
    frame_type type{frame_type::message};
    byte_view payload{};
};

/// Splits a stream of bytes into frames. Frames that lie whole within one input are not copied; one that does not is
/// put together in a buffer of the pool that grows as its bytes arrive: a header alone never makes the parser allocate
/// what it announces. Used by one thread at a time.
///
///     while ((step = parser.next(input)).status == frame_status::complete)
///         handle(step.type, step.payload);
class frame_parser {
public:
    /// What frames are taken from.
    using input_view = byte_view;

    /// Accepts payloads of up to `payload_bytes_max`; the header alone decides. `buffers` must outlive the parser.
    frame_parser(std::size_t payload_bytes_max, buffer_pool& buffers) noexcept;
    frame_parser(const frame_parser&) = delete;
    frame_parser& operator=(const frame_parser&) = delete;
    ~frame_parser();

    /// Takes the next frame from the front of `input`. With `need_more` the input is used up and may be overwritten.
    /// The payload lies in `input`, or, for the first frame of an input at most, in the parser until `recycle()`.
    /// `failed` is final; `error()` says why.
    [[nodiscard]] frame_step next(byte_view& input)
    {
        // Nearly all frames begin and end within one input and are short enough to be told by their first octet, in
        // which then no bit is set but those of the type. All others, and all that is wrong, take the other way.
        if (header_size_ == 0 && input.size() >= frame_header_bytes && input[0] <= last_plain_type) {
            const auto header =
                boost::endian::endian_load<std::uint32_t, frame_header_bytes, boost::endian::order::big>(
                    reinterpret_cast<const unsigned char*>(input.data()));
            const std::size_t payload_bytes = header & length_octets_max;
            if (payload_bytes <= payload_bytes_max_ && payload_bytes <= input.size() - frame_header_bytes) {
                const auto payload = input.subspan(frame_header_bytes, payload_bytes);
                const auto type = static_cast<frame_type>(input[0]);
                input = input.subspan(frame_header_bytes + payload_bytes);
                return {frame_status::complete, type, payload};
            }
        }
        return next_in_pieces(input);
    }

    /// Takes the messages at the front of `input` that are whole and nothing out of the ordinary, and hands the payload
    /// of each to `use(byte_view)`. What stops it is left to `next`.
    template <class Use>
    void take_messages(byte_view& input, Use use)
    {
        if (header_size_ != 0)
            return;
        const auto most = std::min(payload_bytes_max_, length_octets_max);
        auto rest = input;
        while (rest.size() >= frame_header_bytes) {
            // As a number, the header of a message that is short enough is the length of the payload.
            const std::size_t header =
                boost::endian::endian_load<std::uint32_t, frame_header_bytes, boost::endian::order::big>(
                    reinterpret_cast<const unsigned char*>(rest.data()));
            if (header > most || header > rest.size() - frame_header_bytes)
                break;
            use(rest.subspan(frame_header_bytes, header));
            rest = rest.subspan(frame_header_bytes + header);
        }
        input = rest;
    }

    /// How many bytes of the payload that has begun are still to come; 0 if none has.
    [[nodiscard]] std::size_t missing() const noexcept { return missing_; }

    /// Space that the next bytes of the payload that has begun can be read into directly: between 1 and `missing()`
    /// bytes. Not to be called if nothing is missing.
    [[nodiscard]] std::span<std::byte> room();

    /// Says that `count` bytes of the room have been filled; `next` with no input then gives the frame if it is whole.
    void filled(std::size_t count) noexcept;

    /// Gives back the memory of the frame that was put together last. Its payload must not be in use any more.
    void recycle() noexcept
    {
        if (assembled_.capacity() != 0)
            buffers_.give(assembled_);
    }

    /// Why parsing failed; no error before that.
    [[nodiscard]] boost::system::error_code error() const noexcept { return error_; }

private:
    [[nodiscard]] frame_step next_in_pieces(byte_view& input);
    [[nodiscard]] bool read_header(byte_view& input) noexcept;
    [[nodiscard]] frame_step collect(byte_view& input);
    void reserve(std::size_t arriving);

    /// The longest payload that a header tells by its octets for the length alone.
    static constexpr std::size_t length_octets_max = 0xFF'FF'FF;
    static constexpr auto last_plain_type = static_cast<std::byte>(frame_type::pong);

    std::size_t payload_bytes_max_;
    buffer_pool& buffers_;
    boost::system::error_code error_;
    rawsocket_octets header_octets_{};
    std::uint8_t header_size_{0}; ///< Octets of the header that have come; 4 while a payload is being put together.
    frame_type type_{frame_type::message};
    std::size_t missing_{0};
    byte_buffer partial_;   ///< The payload that has begun.
    byte_buffer assembled_; ///< The payload that was put together and delivered last.
};

} // namespace junctor
