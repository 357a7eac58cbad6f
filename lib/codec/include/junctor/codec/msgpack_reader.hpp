// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// MessagePack: the reader.

#include <array>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/codec/msgpack_tokens.hpp>
#include <junctor/codec/number.hpp>
#include <junctor/codec/reader.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/codec/utf8.hpp>

namespace junctor {

namespace detail {

/// What a look at the next value found: how far it reaches, or what is wrong with it.
struct msgpack_find {
    const unsigned char* at{nullptr}; ///< Where the content begins (`find_msgpack_head`) or the value ends.
    errc failure{};
    std::uint32_t length{0}; ///< The length in the head.
};

/// The head, complete, of a value of kind `wanted`.
[[nodiscard]] msgpack_find find_msgpack_head(const unsigned char* at, const unsigned char* end,
                                             value_kind wanted) noexcept;

/// The end of one value of any kind, checked to the bottom, within `depth` containers. Takes no memory.
[[nodiscard]] msgpack_find find_msgpack_end(const unsigned char* at, const unsigned char* end,
                                            std::size_t depth) noexcept;

/// The end of the list at `at` if it is short and holds nothing but small numbers and texts of ASCII, as the arguments
/// of most messages do; null for anything else, which may be a value all the same.
[[nodiscard]] inline const unsigned char* find_plain_list_end(const unsigned char* at,
                                                              const unsigned char* end) noexcept
{
    if (at == end || (*at & 0xF0) != msgpack_lead::fixarray)
        return nullptr;
    for (auto due = *at++ & 0x0Fu; due != 0; --due) {
        if (at == end)
            return nullptr;
        const auto lead = *at++;
        if (lead < msgpack_lead::fixint_end)
            continue;
        std::size_t length = lead & 0x1Fu;
        if ((lead & 0xE0) != msgpack_lead::fixstr) {
            const auto width = lead == msgpack_lead::str8 ? 1 : lead == msgpack_lead::str16 ? 2 : 0;
            if (width == 0 || end - at < width)
                return nullptr;
            length = width == 1 ? *at : load_big<std::uint16_t>(at);
            at += width;
        }
        if (static_cast<std::size_t>(end - at) < length || !is_ascii({reinterpret_cast<const char*>(at), length}))
            return nullptr;
        at += length;
    }
    return at;
}

/// The number that begins at `at`, and its end.
[[nodiscard]] msgpack_find find_msgpack_number(const unsigned char* at, const unsigned char* end,
                                               any_number& n) noexcept;

/// Why the value at `at` is not what was asked for: it is something else, or something worse.
[[nodiscard]] errc msgpack_mismatch(const unsigned char* at, const unsigned char* end) noexcept;

} // namespace detail

/// A `pull_reader` of MessagePack. What every message needs is inline and checks bounds once per token; what is rare is
/// elsewhere, in functions that never see the reader: so a compiler can keep it in registers.
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
    }

    /// Goes on within a list of which `due` elements are still to come, the first of them at the start of `rest`.
    /// `rest` has an octet for each of them, at least.
    msgpack_reader(byte_view rest, std::size_t due, text_scratch& scratch) noexcept : msgpack_reader(rest, scratch)
    {
        depth_ = 1;
        due_ = due;
    }

    msgpack_reader(const msgpack_reader&) = delete;
    msgpack_reader& operator=(const msgpack_reader&) = delete;

    [[nodiscard]] value_kind peek() noexcept
    {
        if (cursor_ == end_) {
            fail(errc::truncated);
            return {};
        }
        const auto& form = detail::msgpack_tokens[*cursor_];
        if (form.head == 0) {
            fail(errc::malformed);
            return {};
        }
        return form.kind;
    }

    bool enter_list() noexcept
    {
        if (cursor_ != end_ && (*cursor_ & 0xF0) == detail::msgpack_lead::fixarray)
            return enter(cursor_ + 1, *cursor_ & 0x0Fu, 1);
        return enter_long(value_kind::list, 1);
    }

    [[nodiscard]] bool next() noexcept
    {
        if (due_ != 0) {
            --due_;
            return true;
        }
        if (depth_ > 1)
            due_ = outer_[depth_ - 1];
        depth_ -= depth_ != 0 ? 1 : 0;
        return false;
    }

    bool enter_dict() noexcept
    {
        if (cursor_ != end_ && (*cursor_ & 0xF0) == detail::msgpack_lead::fixmap)
            return enter(cursor_ + 1, *cursor_ & 0x0Fu, 2);
        return enter_long(value_kind::dict, 2);
    }

    [[nodiscard]] bool take_empty_dict() noexcept
    {
        if (cursor_ == end_ || *cursor_ != detail::msgpack_lead::fixmap)
            return false;
        ++cursor_;
        return true;
    }

    [[nodiscard]] bool next_key(std::string_view& key)
    {
        if (!next())
            return false;
        key = cursor_ != end_ && (*cursor_ & 0xE0) == detail::msgpack_lead::fixstr ? read_text() : read_unusual_key();
        return ok();
    }

    [[nodiscard]] std::uint64_t read_unsigned() noexcept
    {
        if (cursor_ == end_)
            return read_unusual_unsigned();
        const auto lead = *cursor_;
        if (lead < detail::msgpack_lead::fixint_end) {
            ++cursor_;
            return lead;
        }
        // Nearly all other integers of messages are identifiers, written in one of these four forms.
        std::uint64_t n = 0;
        const bool usual = (lead == detail::msgpack_lead::uint16 && take_digits<std::uint16_t>(n)) ||
                           (lead == detail::msgpack_lead::uint8 && take_digits<std::uint8_t>(n)) ||
                           (lead == detail::msgpack_lead::uint32 && take_digits<std::uint32_t>(n)) ||
                           (lead == detail::msgpack_lead::uint64 && take_digits<std::uint64_t>(n));
        return usual ? n : read_unusual_unsigned();
    }

    [[nodiscard]] std::int64_t read_integer() noexcept
    {
        const auto whole = to_integer(read_number());
        if (whole)
            return *whole;
        fail(whole.error());
        return 0;
    }

    [[nodiscard]] bool read_boolean() noexcept
    {
        if (peek() == value_kind::boolean)
            return *cursor_++ == detail::msgpack_lead::true_;
        mismatch();
        return false;
    }

    [[nodiscard]] std::string_view read_text() noexcept
    {
        if (cursor_ != end_ && (*cursor_ & 0xE0) == detail::msgpack_lead::fixstr)
            return take_text(cursor_ + 1, *cursor_ & 0x1Fu);
        if (left() > 1 && *cursor_ == detail::msgpack_lead::str8)
            return take_text(cursor_ + 2, cursor_[1]);
        const auto head = detail::find_msgpack_head(cursor_, end_, value_kind::text);
        return passes(head) ? take_text(head.at, head.length) : std::string_view();
    }

    /// One value of any kind, checked to the bottom; dict keys may be of any kind. Takes no memory, whatever the input.
    byte_view skip() noexcept
    {
        const auto* const start = cursor_;
        const auto value = detail::find_msgpack_end(start, end_, depth_);
        if (!passes(value))
            return {};
        cursor_ = value.at;
        return bytes(start, cursor_);
    }

    [[nodiscard]] byte_view skip_plain_list() noexcept
    {
        assert(depth_ < limits::nesting_depth_max);
        const auto* const start = cursor_;
        const auto* const after = detail::find_plain_list_end(start, end_);
        if (after == nullptr)
            return {};
        cursor_ = after;
        return bytes(start, after);
    }

    [[nodiscard]] std::size_t due() const noexcept { return due_; }

    /// The input from the next value on.
    [[nodiscard]] byte_view rest() const noexcept { return bytes(cursor_, end_); }

    void finish() noexcept
    {
        if (cursor_ != end_)
            fail(errc::trailing_bytes);
    }

    /// An integer or real number.
    [[nodiscard]] any_number read_number() noexcept
    {
        any_number n;
        const auto found = detail::find_msgpack_number(cursor_, end_, n);
        if (passes(found))
            cursor_ = found.at;
        return n;
    }

    /// Binary data, valid as long as the input.
    [[nodiscard]] byte_view read_binary() noexcept
    {
        const auto head = detail::find_msgpack_head(cursor_, end_, value_kind::binary);
        if (!passes(head) || !reaches(head.at, head.length))
            return {};
        cursor_ = head.at + head.length;
        return bytes(head.at, cursor_);
    }

    void read_null() noexcept
    {
        if (peek() == value_kind::null && ok())
            ++cursor_;
        else
            mismatch();
    }

    /// Makes `code` the error, unless there is one.
    void fail(errc code) noexcept
    {
        if (error_ == errc{})
            error_ = code;
        // Nothing to read and nothing due: every later call fails without looking at the error.
        cursor_ = end_;
        depth_ = 0;
        due_ = 0;
    }

    [[nodiscard]] bool ok() const noexcept { return error_ == errc{}; }
    [[nodiscard]] errc error() const noexcept { return error_; }

private:
    [[nodiscard]] static byte_view bytes(const unsigned char* from, const unsigned char* to) noexcept
    {
        return {reinterpret_cast<const std::byte*>(from), static_cast<std::size_t>(to - from)};
    }

    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }

    /// Whether `length` bytes from `content` on are there; fails if not.
    [[nodiscard]] bool reaches(const unsigned char* content, std::size_t length) noexcept
    {
        if (static_cast<std::size_t>(end_ - content) >= length)
            return true;
        fail(errc::truncated);
        return false;
    }

    [[nodiscard]] bool passes(const detail::msgpack_find& found) noexcept
    {
        if (found.failure == errc{})
            return true;
        fail(found.failure);
        return false;
    }

    void mismatch() noexcept { fail(detail::msgpack_mismatch(cursor_, end_)); }

    /// Enters a container of `count` times `width` values that begin at `content`.
    [[nodiscard]] bool enter(const unsigned char* content, std::size_t count, std::size_t width) noexcept
    {
        if (depth_ == limits::nesting_depth_max) {
            fail(errc::nested_too_deep);
            return false;
        }
        // No value is shorter than an octet, so a length that cannot be true is seen at once.
        if (static_cast<std::size_t>(end_ - content) / width < count) {
            fail(errc::truncated);
            return false;
        }
        cursor_ = content;
        if (depth_ != 0)
            outer_[depth_] = due_;
        ++depth_;
        due_ = count;
        return true;
    }

    [[nodiscard]] bool enter_long(value_kind wanted, std::size_t width) noexcept
    {
        const auto head = detail::find_msgpack_head(cursor_, end_, wanted);
        return passes(head) && enter(head.at, head.length, width);
    }

    [[nodiscard]] std::string_view take_text(const unsigned char* content, std::size_t length) noexcept
    {
        if (!reaches(content, length))
            return {};
        const std::string_view text(reinterpret_cast<const char*>(content), length);
        if (!is_utf8(text)) {
            fail(errc::invalid_utf8);
            return {};
        }
        cursor_ = content + length;
        return text;
    }

    /// Takes an octet and the number of type `T` behind it, if all of it is there.
    template <class T>
    [[nodiscard]] bool take_digits(std::uint64_t& n) noexcept
    {
        if (left() <= sizeof(T))
            return false;
        n = detail::load_big<T>(cursor_ + 1);
        cursor_ += 1 + sizeof(T);
        return true;
    }

    [[nodiscard]] std::uint64_t read_unusual_unsigned() noexcept
    {
        const auto whole = to_unsigned(read_number());
        if (whole)
            return *whole;
        fail(whole.error());
        return 0;
    }

    [[nodiscard]] std::string_view read_unusual_key()
    {
        if (peek() != value_kind::integer)
            return read_text();
        const auto n = read_number();
        if (!ok())
            return {};
        auto& text = scratch_.add();
        text = std::visit([](auto content) { return std::to_string(content); }, n);
        return text;
    }

    const unsigned char* cursor_;
    const unsigned char* end_;
    text_scratch& scratch_;
    errc error_{};
    std::size_t depth_{0};
    std::size_t due_{0}; ///< What is still to come in the innermost container, in elements or entries.
    /// What is due in each container around it, by its depth. Around the outermost nothing is due, and nothing stored.
    std::array<std::size_t, limits::nesting_depth_max> outer_;
};

static_assert(pull_reader<msgpack_reader>);

} // namespace junctor
