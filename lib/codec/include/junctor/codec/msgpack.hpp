// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// MessagePack: reader and writer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/codec/number.hpp>
#include <junctor/codec/open_containers.hpp>
#include <junctor/codec/reader.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/codec/utf8.hpp>
#include <junctor/codec/writer.hpp>

namespace junctor {

namespace detail {

/// The first octets of values, by the names of the MessagePack specification.
struct msgpack_lead {
    enum : unsigned char {
        fixint_end = 0x80, ///< One past the positive numbers of one octet.
        fixmap = 0x80,
        fixarray = 0x90,
        fixstr = 0xA0,
        nil = 0xC0,
        never_used = 0xC1,
        false_ = 0xC2,
        true_ = 0xC3,
        bin8 = 0xC4,
        bin16 = 0xC5,
        bin32 = 0xC6,
        float32 = 0xCA,
        float64 = 0xCB,
        uint8 = 0xCC,
        uint16 = 0xCD,
        uint32 = 0xCE,
        uint64 = 0xCF,
        int8 = 0xD0,
        int16 = 0xD1,
        int32 = 0xD2,
        int64 = 0xD3,
        str8 = 0xD9,
        str16 = 0xDA,
        str32 = 0xDB,
        array16 = 0xDC,
        array32 = 0xDD,
        map16 = 0xDE,
        map32 = 0xDF,
        negative_fixint = 0xE0,
    };
};

} // namespace detail

/// A `pull_reader` of MessagePack. The functions that every message needs are inline; they check bounds once per token.
///
/// Integers are equal whatever width or signedness they were written with. Dict keys that are integers are read as
/// decimal text; keys of any other kind are `errc::unexpected_type`. Spec: MessagePack specification, version 5.
class msgpack_reader {
public:
    static constexpr serializer format = serializer::msgpack;

    /// Reads from `input`; texts that do not stand there as they are go to `scratch`. Both must outlive the reader.
    msgpack_reader(byte_view input, text_scratch& scratch) noexcept
        : cursor_{reinterpret_cast<const unsigned char*>(input.data())}, end_{cursor_ + input.size()}, scratch_{scratch}
    {
        due_[0] = 0;
    }

    [[nodiscard]] value_kind peek() noexcept;

    bool enter_list() noexcept
    {
        if (cursor_ != end_ && (*cursor_ & 0xF0) == detail::msgpack_lead::fixarray)
            return enter(1, *cursor_ & 0x0Fu, 1);
        return enter_long(value_kind::list);
    }

    [[nodiscard]] bool next() noexcept
    {
        if (due_[depth_] == 0) {
            if (depth_ != 0)
                --depth_;
            return false;
        }
        --due_[depth_];
        return true;
    }

    bool enter_dict() noexcept
    {
        if (cursor_ != end_ && (*cursor_ & 0xF0) == detail::msgpack_lead::fixmap)
            return enter(1, *cursor_ & 0x0Fu, 2);
        return enter_long(value_kind::dict);
    }

    [[nodiscard]] bool next_key(std::string_view& key)
    {
        if (!next())
            return false;
        key = cursor_ != end_ && (*cursor_ & 0xE0) == detail::msgpack_lead::fixstr ? read_text() : read_long_key();
        return ok();
    }

    [[nodiscard]] std::uint64_t read_unsigned() noexcept
    {
        if (cursor_ != end_ && *cursor_ < detail::msgpack_lead::fixint_end)
            return *cursor_++;
        return read_long_unsigned();
    }

    [[nodiscard]] std::int64_t read_integer() noexcept;
    [[nodiscard]] bool read_boolean() noexcept;

    [[nodiscard]] std::string_view read_text() noexcept
    {
        if (cursor_ != end_ && (*cursor_ & 0xE0) == detail::msgpack_lead::fixstr)
            return take_text(1, *cursor_ & 0x1Fu);
        return read_long_text();
    }

    /// One value of any kind, checked to the bottom; dict keys may be of any kind. Takes no memory, whatever the input.
    byte_view skip() noexcept;

    /// The input from the next value on.
    [[nodiscard]] byte_view rest() const noexcept { return {reinterpret_cast<const std::byte*>(cursor_), left()}; }

    void finish() noexcept
    {
        if (cursor_ != end_)
            fail(errc::trailing_bytes);
    }

    /// An integer or real number.
    [[nodiscard]] any_number read_number() noexcept;

    /// Binary data, valid as long as the input.
    [[nodiscard]] byte_view read_binary() noexcept;

    void read_null() noexcept;

    /// Makes `code` the error, unless there is one.
    void fail(errc code) noexcept
    {
        if (error_ == errc{})
            error_ = code;
        // Nothing to read and nothing due: every later call fails without looking at the error.
        cursor_ = end_;
        depth_ = 0;
        due_[0] = 0;
    }

    [[nodiscard]] bool ok() const noexcept { return error_ == errc{}; }
    [[nodiscard]] errc error() const noexcept { return error_; }

private:
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }

    /// Enters a container of `count` times `width` values whose head has `head` octets, all there.
    [[nodiscard]] bool enter(std::size_t head, std::size_t count, std::size_t width) noexcept
    {
        if (depth_ == limits::nesting_depth_max) {
            fail(errc::nested_too_deep);
            return false;
        }
        cursor_ += head;
        // No value is shorter than an octet, so a length that cannot be true is seen at once.
        if (left() / width < count) {
            fail(errc::truncated);
            return false;
        }
        due_[++depth_] = count;
        return true;
    }

    [[nodiscard]] std::string_view take_text(std::size_t head, std::size_t size) noexcept
    {
        if (left() - head < size) {
            fail(errc::truncated);
            return {};
        }
        const std::string_view text(reinterpret_cast<const char*>(cursor_) + head, size);
        if (!is_utf8(text)) {
            fail(errc::invalid_utf8);
            return {};
        }
        cursor_ += head + size;
        return text;
    }

    [[nodiscard]] bool take_head(value_kind wanted, std::size_t& head, std::size_t& length) noexcept;
    [[nodiscard]] bool enter_long(value_kind wanted) noexcept;
    [[nodiscard]] std::string_view read_long_text() noexcept;
    [[nodiscard]] std::string_view read_long_key();
    [[nodiscard]] std::uint64_t read_long_unsigned() noexcept;
    void mismatch() noexcept;

    const unsigned char* cursor_;
    const unsigned char* end_;
    text_scratch& scratch_;
    errc error_{};
    std::size_t depth_{0};
    /// What is still to come in each container entered, in elements or entries; beyond `depth_` nothing is initialised.
    std::array<std::size_t, limits::nesting_depth_max + 1> due_;
};

/// A `push_writer` of MessagePack: every value in its shortest form, integers that are not negative always in an
/// unsigned one. Throws `std::length_error` for what MessagePack has no form for (4 GiB and more) and for nesting
/// deeper than `limits::nesting_depth_max`.
class msgpack_writer {
public:
    static constexpr serializer format = serializer::msgpack;

    /// Appends to `out`, which must outlive the writer and which nobody else may touch between a begin and its end.
    explicit msgpack_writer(byte_buffer& out) noexcept : out_{out} {}

    void begin_list() { begin(); }
    void begin_list(std::size_t count)
    {
        open_.count_value();
        open_.begin(detail::open_containers::head_written);
        list_head(count);
    }
    void end_list();
    void begin_dict() { begin(); }
    void end_dict();

    void key(std::string_view text) { put_text(text); }

    void null() { octet(detail::msgpack_lead::nil); }
    void boolean(bool flag) { octet(flag ? detail::msgpack_lead::true_ : detail::msgpack_lead::false_); }

    void integer(std::int64_t n)
    {
        if (n >= 0)
            unsigned_integer(static_cast<std::uint64_t>(n));
        else
            negative_integer(n);
    }

    void unsigned_integer(std::uint64_t n)
    {
        if (n < detail::msgpack_lead::fixint_end)
            octet(static_cast<unsigned char>(n));
        else
            long_unsigned_integer(n);
    }

    void real(double n);

    void text(std::string_view text)
    {
        open_.count_value();
        put_text(text);
    }

    void binary(byte_view bytes);

    void raw(byte_view bytes)
    {
        open_.count_value();
        out_.append(bytes);
    }

private:
    void octet(unsigned char lead)
    {
        open_.count_value();
        out_.push(static_cast<std::byte>(lead));
    }

    /// Starts a container of unknown length: the head gets one octet for now, and more at the end if it needs more.
    void begin()
    {
        open_.count_value();
        open_.begin(out_.size());
        out_.extend(1);
    }

    void put_text(std::string_view text)
    {
        if (text.size() < 32)
            out_.push(static_cast<std::byte>(detail::msgpack_lead::fixstr | text.size()));
        else
            long_text_head(text.size());
        out_.append(text);
    }

    void list_head(std::size_t count);
    void long_text_head(std::size_t size);
    void long_unsigned_integer(std::uint64_t n);
    void negative_integer(std::int64_t n);
    void patch(unsigned char fix, unsigned char lead16, unsigned char lead32);

    byte_buffer& out_;
    detail::open_containers open_;
};

static_assert(pull_reader<msgpack_reader> && push_writer<msgpack_writer>);

} // namespace junctor
