// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// JSON: reader and writer.

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/codec/number.hpp>
#include <junctor/codec/reader.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/codec/writer.hpp>

namespace junctor {

/// A `pull_reader` of JSON, exactly as RFC 8259 defines it.
///
/// Binary data, which JSON carries as a text, is read as that text. An escaped surrogate without its other half is
/// `errc::invalid_utf8`, as no UTF-8 text can hold it. Integers that no 64-bit type holds are real numbers.
class json_reader {
public:
    static constexpr serializer format = serializer::json;

    /// Reads from `input`; texts with escapes go to `scratch`. Both must outlive the reader.
    json_reader(byte_view input, text_scratch& scratch) noexcept
        : cursor_{as_text(input).data()}, end_{cursor_ + input.size()}, scratch_{scratch}
    {
    }

    /// Goes on within a list behind one of its elements; `rest` tells all.
    json_reader(byte_view rest, std::size_t, text_scratch& scratch) noexcept : json_reader(rest, scratch)
    {
        depth_ = 1;
    }

    [[nodiscard]] value_kind peek() noexcept;
    bool enter_list() noexcept { return enter('['); }
    [[nodiscard]] bool next() noexcept { return next_before(']'); }
    bool enter_dict() noexcept { return enter('{'); }

    [[nodiscard]] bool take_empty_dict() noexcept
    {
        skip_space();
        if (left() < 2 || cursor_[0] != '{' || cursor_[1] != '}')
            return false;
        cursor_ += 2;
        return true;
    }
    [[nodiscard]] bool next_key(std::string_view& key);
    [[nodiscard]] byte_view skip_plain_list() noexcept { return {}; }

    [[nodiscard]] std::uint64_t read_unsigned() noexcept
    {
        skip_space();
        // Nearly all numbers of messages are identifiers: digits and no more, and too few of them to overflow.
        constexpr std::ptrdiff_t digits_max = 17;
        const auto* at = cursor_;
        const auto* const stop = left() > digits_max ? cursor_ + digits_max : end_;
        std::uint64_t n = 0;
        for (; at != stop && *at >= '0' && *at <= '9'; ++at)
            n = n * 10 + static_cast<std::uint64_t>(*at - '0');
        const bool is_plain =
            at != cursor_ && at != stop && (*at == ',' || *at == ']') && (*cursor_ != '0' || at == cursor_ + 1);
        if (!is_plain)
            return read_unusual_unsigned();
        cursor_ = at;
        return n;
    }

    [[nodiscard]] std::int64_t read_integer() noexcept;
    [[nodiscard]] bool read_boolean() noexcept;
    [[nodiscard]] std::string_view read_text();

    /// One value of any kind, checked to the bottom, without the white space around it. The first call in a thread may
    /// throw `std::bad_alloc`.
    byte_view skip();

    /// The input from the next value on.
    [[nodiscard]] byte_view rest() noexcept
    {
        skip_space();
        return as_bytes({cursor_, left()});
    }

    [[nodiscard]] std::size_t due() const noexcept { return 0; }

    void finish() noexcept;

    /// An integer or real number.
    [[nodiscard]] any_number read_number() noexcept;

    void read_null() noexcept;

    /// Makes `code` the error, unless there is one.
    void fail(errc code) noexcept
    {
        if (error_ == errc{})
            error_ = code;
        cursor_ = end_; // every later call finds nothing and fails without looking at the error
    }

    [[nodiscard]] bool ok() const noexcept { return error_ == errc{}; }
    [[nodiscard]] errc error() const noexcept { return error_; }

private:
    [[nodiscard]] std::size_t left() const noexcept { return static_cast<std::size_t>(end_ - cursor_); }
    [[nodiscard]] bool at(char c) const noexcept { return cursor_ != end_ && *cursor_ == c; }

    void skip_space() noexcept
    {
        while (cursor_ != end_ && (*cursor_ == ' ' || *cursor_ == '\n' || *cursor_ == '\r' || *cursor_ == '\t'))
            ++cursor_;
    }

    void mismatch() noexcept;
    void fail_here() noexcept;
    void walk();
    [[nodiscard]] std::uint64_t read_unusual_unsigned() noexcept;

    bool enter(char opening) noexcept
    {
        skip_space();
        if (!at(opening)) {
            mismatch();
            return false;
        }
        if (depth_ == limits::nesting_depth_max) {
            fail(errc::nested_too_deep);
            return false;
        }
        ++cursor_;
        ++depth_;
        entered_ = true;
        return true;
    }

    /// Takes what stands before the next element, or the end of the container.
    [[nodiscard]] bool next_before(char closing) noexcept
    {
        if (depth_ == 0)
            return false;
        skip_space();
        const bool first = std::exchange(entered_, false);
        if (at(closing)) {
            ++cursor_;
            --depth_;
            return false;
        }
        if (first) {
            if (cursor_ == end_)
                fail(errc::truncated);
            return ok();
        }
        if (!at(',')) {
            fail_here();
            return false;
        }
        ++cursor_;
        return true;
    }

    [[nodiscard]] bool take(std::string_view literal) noexcept;
    [[nodiscard]] std::string_view take_text();
    [[nodiscard]] std::string_view take_escaped_text(std::string_view plain);
    [[nodiscard]] bool take_escape(std::string& text);
    [[nodiscard]] bool take_unicode_escape(std::string& text);
    [[nodiscard]] bool take_hex(std::uint32_t& unit) noexcept;

    const char* cursor_;
    const char* end_;
    text_scratch& scratch_;
    errc error_{};
    bool entered_{false}; ///< The innermost container was entered just now: no comma comes before its first value.
    std::size_t depth_{0};
};

/// A `push_writer` of JSON without white space. Real numbers keep a point or an exponent, so that they stay real
/// numbers; NaN and infinity, which JSON lacks, become null. Binary data becomes a text of U+0000 followed by base64;
/// texts that begin with U+0000 themselves are written as they are. Throws `std::length_error` for nesting deeper than
/// `limits::nesting_depth_max`. Spec: advanced profile, "Binary conversion of JSON Strings".
class json_writer {
public:
    static constexpr serializer format = serializer::json;

    /// Appends to `out`, which must outlive the writer.
    explicit json_writer(byte_buffer& out) noexcept : out_{out} {}

    void begin_list() { begin('['); }
    void begin_list(std::size_t) { begin('['); }
    void end_list() { end(']'); }
    void begin_dict() { begin('{'); }
    void end_dict() { end('}'); }
    void key(std::string_view text);
    void null() { put("null"); }
    void boolean(bool flag) { put(flag ? "true" : "false"); }
    void integer(std::int64_t n);
    void unsigned_integer(std::uint64_t n);
    void real(double n);
    void text(std::string_view text);
    void binary(byte_view bytes);
    void raw(byte_view bytes) { put(as_text(bytes)); }

private:
    void separate()
    {
        if (comma_)
            out_.push(',');
        comma_ = true;
    }

    void put(std::string_view literal)
    {
        separate();
        out_.append(literal);
    }

    void begin(char opening)
    {
        if (depth_ == limits::nesting_depth_max)
            too_deep();
        ++depth_;
        separate();
        out_.push(opening);
        comma_ = false;
    }

    void end(char closing)
    {
        assert(depth_ != 0);
        --depth_;
        out_.push(closing);
        comma_ = true;
    }

    [[noreturn]] static void too_deep();
    void quote(std::string_view text);

    byte_buffer& out_;
    std::size_t depth_{0};
    bool comma_{false}; ///< A value stands before the next one in the same container.
};

static_assert(pull_reader<json_reader> && push_writer<json_writer>);

} // namespace junctor
