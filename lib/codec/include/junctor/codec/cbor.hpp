// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// CBOR: reader and writer.

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
#include <junctor/codec/writer.hpp>

namespace junctor {

namespace detail {

/// The upper three bits of the first octet of a CBOR item.
enum class cbor_major : std::uint8_t { natural, negative, binary, text, list, dict, tag, simple };

} // namespace detail

/// A `pull_reader` of CBOR: all of RFC 8949 that has a meaning in WAMP, with lengths that are known or left open.
///
/// Tags are passed over: what counts is the value they are put on. Undefined is null; simple values that have no
/// meaning are `value_kind::other`. Negative integers below the range of int64_t are real numbers. Dict keys that are
/// integers are read as decimal text; keys of any other kind are `errc::unexpected_type`.
class cbor_reader {
public:
    static constexpr serializer format = serializer::cbor;

    /// Reads from `input`; texts in several parts and keys that are numbers go to `scratch`. Both must outlive the
    /// reader.
    cbor_reader(byte_view input, text_scratch& scratch) noexcept
        : cursor_{reinterpret_cast<const unsigned char*>(input.data())}, end_{cursor_ + input.size()}, scratch_{scratch}
    {
        levels_[0] = {};
    }

    /// Goes on within a list of which `due` elements are still to come, or as many as there are before its break: what
    /// `due()` of another reader says.
    cbor_reader(byte_view rest, std::size_t due, text_scratch& scratch) noexcept : cbor_reader(rest, scratch)
    {
        depth_ = 1;
        levels_[1] = due == unknown_due ? level{0, extent::open_list} : level{due, extent::counted};
    }

    [[nodiscard]] value_kind peek() noexcept;
    bool enter_list() noexcept { return enter(detail::cbor_major::list); }
    [[nodiscard]] bool next() noexcept;
    bool enter_dict() noexcept { return enter(detail::cbor_major::dict); }
    [[nodiscard]] bool take_empty_dict() noexcept
    {
        constexpr unsigned char empty_dict = 0xA0;
        if (cursor_ == end_ || *cursor_ != empty_dict)
            return false;
        ++cursor_;
        return true;
    }
    [[nodiscard]] bool next_key(std::string_view& key);
    [[nodiscard]] byte_view skip_plain_list() noexcept { return {}; }
    [[nodiscard]] std::uint64_t read_unsigned() noexcept;
    [[nodiscard]] std::int64_t read_integer() noexcept;
    [[nodiscard]] bool read_boolean() noexcept;
    [[nodiscard]] std::string_view read_text();

    /// One value of any kind with the tags before it, checked to the bottom; dict keys may be of any kind. Takes no
    /// memory, whatever the input.
    byte_view skip() noexcept;

    /// The input from the next value on.
    [[nodiscard]] byte_view rest() const noexcept { return {reinterpret_cast<const std::byte*>(cursor_), left()}; }

    [[nodiscard]] std::size_t due() const noexcept
    {
        return levels_[depth_].end == extent::counted ? levels_[depth_].due : unknown_due;
    }

    void finish() noexcept
    {
        if (cursor_ != end_)
            fail(errc::trailing_bytes);
    }

    /// An integer or real number.
    [[nodiscard]] any_number read_number() noexcept;

    /// Binary data, valid as long as the input and the scratch.
    [[nodiscard]] byte_view read_binary();

    void read_null() noexcept;

    /// Makes `code` the error, unless there is one.
    void fail(errc code) noexcept
    {
        if (error_ == errc{})
            error_ = code;
        // Nothing to read and nothing due: every later call fails without looking at the error.
        cursor_ = end_;
        depth_ = 0;
        levels_[0] = {};
    }

    [[nodiscard]] bool ok() const noexcept { return error_ == errc{}; }
    [[nodiscard]] errc error() const noexcept { return error_; }

private:
    static constexpr auto unknown_due = static_cast<std::size_t>(-1);

    /// The start of an item.
    struct head {
        detail::cbor_major major{};
        std::uint8_t info{0};      ///< The lower five bits of the first octet.
        std::uint64_t argument{0}; ///< A length, an integer, a tag, or the bits of a real number.

        /// A container or string whose end is marked by a break; as an item of its own, the break.
        [[nodiscard]] bool open() const noexcept { return info == 31; }
    };

    /// How the end of a container is known.
    enum class extent : std::uint8_t { counted, open_list, open_dict };

    struct level {
        /// What is still to come if it is counted: elements or entries, within `skip` keys and values. In an open dict
        /// within `skip`, 1 while the value of a key is due.
        std::size_t due;
        extent end;
    };

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }
    [[nodiscard]] bool take_head(head& h) noexcept;
    [[nodiscard]] bool take_any_head(head& h) noexcept;
    [[nodiscard]] bool take_head_of(detail::cbor_major wanted, head& h) noexcept;
    [[nodiscard]] bool take_break() noexcept;
    [[nodiscard]] static value_kind kind_of(const head& h) noexcept;
    byte_view take_piece(const head& h) noexcept;
    template <class Use>
    void take_pieces(const head& string, Use use);
    [[nodiscard]] byte_view take_string(const head& h);
    [[nodiscard]] bool enter(detail::cbor_major wanted) noexcept;
    [[nodiscard]] bool push(const head& h, std::size_t due_per_entry) noexcept;
    void skip_item() noexcept;
    [[nodiscard]] bool leave_if_ended() noexcept;

    const unsigned char* cursor_;
    const unsigned char* end_;
    text_scratch& scratch_;
    errc error_{};
    std::size_t depth_{0};
    std::array<level, limits::nesting_depth_max + 1> levels_; // beyond `depth_` nothing is initialised
};

/// A `push_writer` of CBOR: integers and lengths in their shortest form, lengths always known, real numbers as doubles.
/// Throws `std::length_error` for nesting deeper than `limits::nesting_depth_max`.
class cbor_writer {
public:
    static constexpr serializer format = serializer::cbor;

    /// Appends to `out`, which must outlive the writer and which nobody else may touch between a begin and its end.
    explicit cbor_writer(byte_buffer& out) noexcept : out_{out} {}

    void begin_list() { begin(); }
    void begin_list(std::size_t count);
    void end_list() { end(detail::cbor_major::list); }
    void begin_dict() { begin(); }
    void end_dict() { end(detail::cbor_major::dict); }
    void key(std::string_view text);
    void null();
    void boolean(bool flag);
    void integer(std::int64_t n);
    void unsigned_integer(std::uint64_t n);
    void real(double n);
    void text(std::string_view text);
    void binary(byte_view bytes);
    void raw(byte_view bytes);

private:
    void begin();
    void end(detail::cbor_major major);
    void put_head(detail::cbor_major major, std::uint64_t argument);

    byte_buffer& out_;
    detail::open_containers open_;
};

static_assert(pull_reader<cbor_reader> && push_writer<cbor_writer>);

} // namespace junctor
