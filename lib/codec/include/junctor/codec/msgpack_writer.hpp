// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// MessagePack: the writer, into a buffer that grows or into room that is known to suffice.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <string_view>

#include <boost/endian/conversion.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/msgpack_tokens.hpp>
#include <junctor/codec/open_containers.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/codec/writer.hpp>

namespace junctor {

/// Where a writer puts its octets: at the end of a buffer, which grows.
class growing_output {
public:
    explicit growing_output(byte_buffer& buffer) noexcept : buffer_{buffer} {}

    [[nodiscard]] std::byte* extend(std::size_t count) { return buffer_.extend(count); }
    void append(byte_view bytes) { buffer_.append(bytes); }
    [[nodiscard]] std::size_t size() const noexcept { return buffer_.size(); }
    [[nodiscard]] std::byte& operator[](std::size_t offset) noexcept { return buffer_[offset]; }
    [[nodiscard]] std::byte* insert(std::size_t offset, std::size_t count) { return buffer_.insert(offset, count); }

private:
    byte_buffer& buffer_;
};

/// Where a writer puts its octets: in room that its owner has made before, and that nobody checks again.
class roomy_output {
public:
    explicit roomy_output(std::byte* room) noexcept : begin_{room}, end_{room} {}

    [[nodiscard]] std::byte* extend(std::size_t count) noexcept
    {
        auto* const start = end_;
        end_ += count;
        return start;
    }
    void append(byte_view bytes) noexcept
    {
        // Two steps, which may overlap, for what arguments are most often: the way into the C library is longer.
        constexpr std::size_t step = 16;
        auto* const to = extend(bytes.size());
        if (bytes.size() >= step && bytes.size() <= 2 * step) {
            const auto last = bytes.size() - step;
            std::byte tail[step];
            std::memcpy(tail, bytes.data() + last, step);
            std::memcpy(to, bytes.data(), step);
            std::memcpy(to + last, tail, step);
        } else if (!bytes.empty()) {
            std::memcpy(to, bytes.data(), bytes.size());
        }
    }
    [[nodiscard]] std::size_t size() const noexcept { return static_cast<std::size_t>(end_ - begin_); }
    [[nodiscard]] std::byte& operator[](std::size_t offset) noexcept { return begin_[offset]; }
    [[nodiscard]] std::byte* insert(std::size_t offset, std::size_t count) noexcept
    {
        std::memmove(begin_ + offset + count, begin_ + offset, size() - offset);
        end_ += count;
        return begin_ + offset;
    }

private:
    std::byte* begin_;
    std::byte* end_;
};

/// A `push_writer` of MessagePack: every value in its shortest form, integers that are not negative always in an
/// unsigned one. Throws `std::length_error` for what MessagePack has no form for (4 GiB and more) and for nesting
/// deeper than `limits::nesting_depth_max`.
template <class Output>
class basic_msgpack_writer {
    using lead = detail::msgpack_lead;

public:
    static constexpr serializer format = serializer::msgpack;

    /// What an integer or the head of a text, list or dict takes at most.
    static constexpr std::size_t number_bytes_max = 9;
    static constexpr std::size_t head_bytes_max = 5;

    /// Writes to `out`, which nobody else may touch between a begin and its end.
    explicit basic_msgpack_writer(Output out) noexcept : out_{out} {}

    void begin_list() { begin(); }
    void begin_list(std::size_t count)
    {
        open_.count_value();
        open_.begin(detail::open_containers::head_written);
        if (count < 16)
            push(lead::fixarray | count);
        else
            put_length(lead::array16, lead::array32, count);
    }
    void end_list() { end(lead::fixarray, lead::array16, lead::array32); }
    void begin_dict() { begin(); }
    void end_dict() { end(lead::fixmap, lead::map16, lead::map32); }

    void key(std::string_view text) { put_text(text); }

    void null() { octet(lead::nil); }
    void boolean(bool flag) { octet(flag ? lead::true_ : lead::false_); }

    void integer(std::int64_t n)
    {
        if (n >= 0)
            return unsigned_integer(static_cast<std::uint64_t>(n));
        open_.count_value();
        if (n >= -32)
            push(static_cast<std::uint64_t>(n));
        else if (n >= std::numeric_limits<std::int8_t>::min())
            put(lead::int8, static_cast<std::int8_t>(n));
        else if (n >= std::numeric_limits<std::int16_t>::min())
            put(lead::int16, static_cast<std::int16_t>(n));
        else if (n >= std::numeric_limits<std::int32_t>::min())
            put(lead::int32, static_cast<std::int32_t>(n));
        else
            put(lead::int64, n);
    }

    void unsigned_integer(std::uint64_t n)
    {
        open_.count_value();
        if (n < lead::fixint_end)
            push(n);
        else if (n <= std::numeric_limits<std::uint8_t>::max())
            put(lead::uint8, static_cast<std::uint8_t>(n));
        else if (n <= std::numeric_limits<std::uint16_t>::max())
            put(lead::uint16, static_cast<std::uint16_t>(n));
        else if (n <= std::numeric_limits<std::uint32_t>::max())
            put(lead::uint32, static_cast<std::uint32_t>(n));
        else
            put(lead::uint64, n);
    }

    void real(double n)
    {
        open_.count_value();
        put(lead::float64, std::bit_cast<std::uint64_t>(n));
    }

    void text(std::string_view text)
    {
        open_.count_value();
        put_text(text);
    }

    void binary(byte_view bytes)
    {
        open_.count_value();
        if (bytes.size() <= std::numeric_limits<std::uint8_t>::max())
            put(lead::bin8, static_cast<std::uint8_t>(bytes.size()));
        else
            put_length(lead::bin16, lead::bin32, bytes.size());
        out_.append(bytes);
    }

    void raw(byte_view bytes)
    {
        open_.count_value();
        out_.append(bytes);
    }

    /// Where it has written to.
    [[nodiscard]] const Output& output() const noexcept { return out_; }

private:
    void octet(unsigned char value)
    {
        open_.count_value();
        push(value);
    }

    /// The lowest octet of `value`.
    void push(std::uint64_t value) { *out_.extend(1) = static_cast<std::byte>(value); }

    /// Writes `n` big-endian at `at`.
    template <class T>
    static void store(std::byte* at, T n) noexcept
    {
        boost::endian::endian_store<T, sizeof(T), boost::endian::order::big>(reinterpret_cast<unsigned char*>(at), n);
    }

    /// Appends the octet `first` and `n` after it.
    template <class T>
    void put(unsigned char first, T n)
    {
        auto* const at = out_.extend(1 + sizeof(T));
        *at = static_cast<std::byte>(first);
        store(at + 1, n);
    }

    void put_length(unsigned char lead16, unsigned char lead32, std::size_t length)
    {
        if (length <= std::numeric_limits<std::uint16_t>::max())
            put(lead16, static_cast<std::uint16_t>(length));
        else
            put(lead32, length32(length));
    }

    [[nodiscard]] static std::uint32_t length32(std::size_t length)
    {
        if (length > std::numeric_limits<std::uint32_t>::max())
            throw std::length_error("a value is too long for MessagePack");
        return static_cast<std::uint32_t>(length);
    }

    void put_text(std::string_view text)
    {
        if (text.size() < 32)
            push(lead::fixstr | text.size());
        else if (text.size() <= std::numeric_limits<std::uint8_t>::max())
            put(lead::str8, static_cast<std::uint8_t>(text.size()));
        else
            put_length(lead::str16, lead::str32, text.size());
        out_.append(as_bytes(text));
    }

    /// Starts a container of unknown length: the head gets one octet for now, and more at the end if it needs more.
    void begin()
    {
        open_.count_value();
        open_.begin(out_.size());
        static_cast<void>(out_.extend(1));
    }

    /// Writes the head of the innermost container where `begin` left room for it.
    void end(unsigned char fix, unsigned char lead16, unsigned char lead32)
    {
        const auto [offset, count] = open_.end();
        if (offset == detail::open_containers::head_written)
            return;
        if (count < 16) {
            out_[offset] = static_cast<std::byte>(fix | count);
        } else if (count <= std::numeric_limits<std::uint16_t>::max()) {
            store(out_.insert(offset + 1, 2), static_cast<std::uint16_t>(count));
            out_[offset] = static_cast<std::byte>(lead16);
        } else {
            store(out_.insert(offset + 1, 4), length32(count));
            out_[offset] = static_cast<std::byte>(lead32);
        }
    }

    Output out_;
    detail::open_containers open_;
};

/// The writer that appends to a buffer, which must outlive it.
using msgpack_writer = basic_msgpack_writer<growing_output>;

static_assert(push_writer<msgpack_writer>);

} // namespace junctor
