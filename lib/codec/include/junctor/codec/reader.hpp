// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What every reader offers: pulling values one by one out of bytes, and slicing those that nobody looks into.

#include <concepts>
#include <cstdint>
#include <forward_list>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/codec/serializer.hpp>

namespace junctor {

/// What the next value is.
enum class value_kind : std::uint8_t { null, boolean, integer, real, text, binary, list, dict, other };

/// Keeps texts that do not stand in the input as they are: JSON strings with escapes, CBOR strings in chunks.
/// Views of kept texts stay valid until `clear()`. What it holds is bounded by the size of the input.
class text_scratch {
public:
    /// A new empty text to append to. Valid until `clear()`.
    [[nodiscard]] std::string& add() { return texts_.emplace_front(); }
    void clear() noexcept { texts_.clear(); }

private:
    std::forward_list<std::string> texts_; // never moves its elements, and takes no memory while it is empty
};

/// A pull reader over the bytes of one message.
///
/// Errors are sticky: after the first one every call returns an empty result and `error()` tells the code, so a decoder
/// may read all it wants and look once. A reader never reads past its input, nests at most `limits::nesting_depth_max`
/// deep, and never allocates in proportion to a length that the input merely declares. Once the outermost list or dict
/// has ended, `next()` and `next_key()` go on saying so.
///
/// `Reader(input, scratch)` begins with the whole input, `Reader(other.rest(), other.due(), scratch)` where another one
/// has come to behind an element of its outermost list.
///
/// | call             | takes                                                                                     |
/// |------------------|-------------------------------------------------------------------------------------------|
/// | `peek()`         | nothing: the kind of the next value                                                       |
/// | `enter_list()`   | the start of a list; `errc::unexpected_type` if the next value is none                    |
/// | `next()`         | true: another element of the innermost list follows; false: its end has been taken        |
/// | `enter_dict()`   | the start of a dict                                                                       |
/// | `next_key(key)`  | true: `key` is the next key and its value follows; false: the end has been taken          |
/// | `take_empty_dict()` | a dict without entries, if one follows in its shortest form: a shortcut that may say false |
/// | `skip_plain_list()` | in the outermost list: as `skip()` if a list of plain values follows, else maybe nothing |
/// | `read_unsigned()`| an integer in 0..2^64-1, or a real number that is integral and at most 2^53               |
/// | `read_integer()` | an integer in the range of int64_t, or a real number that is integral, at most 2^53       |
/// | `read_boolean()` | a boolean                                                                                 |
/// | `read_text()`    | a text, checked to be UTF-8; valid as long as the input and the scratch                   |
/// | `skip()`         | one value of any kind, checked to the bottom (form, UTF-8, depth); its bytes as a slice   |
/// | `rest()`         | nothing: the input from the next value on; for calls right before or right after a value  |
/// | `due()`          | nothing: with `rest()`, where in its outermost list the reader stands                     |
/// | `finish()`       | nothing: `errc::trailing_bytes` if anything but padding follows                           |
template <class Reader>
concept pull_reader = requires(Reader reader, std::string_view& key, errc code)
{
    {
        reader.peek()
        } -> std::same_as<value_kind>;
    {
        reader.enter_list()
        } -> std::same_as<bool>;
    {
        reader.next()
        } -> std::same_as<bool>;
    {
        reader.enter_dict()
        } -> std::same_as<bool>;
    {
        reader.next_key(key)
        } -> std::same_as<bool>;
    {
        reader.take_empty_dict()
        } -> std::same_as<bool>;
    {
        reader.skip_plain_list()
        } -> std::same_as<byte_view>;
    {
        reader.read_unsigned()
        } -> std::same_as<std::uint64_t>;
    {
        reader.read_integer()
        } -> std::same_as<std::int64_t>;
    {
        reader.read_boolean()
        } -> std::same_as<bool>;
    {
        reader.read_text()
        } -> std::same_as<std::string_view>;
    {
        reader.skip()
        } -> std::same_as<byte_view>;
    {
        reader.rest()
        } -> std::same_as<byte_view>;
    {
        reader.due()
        } -> std::same_as<std::size_t>;
    {
        reader.finish()
        } -> std::same_as<void>;
    {
        reader.fail(code)
        } -> std::same_as<void>;
    {
        reader.ok()
        } -> std::same_as<bool>;
    {
        reader.error()
        } -> std::same_as<errc>;
    {
        Reader::format
        } -> std::convertible_to<serializer>;
};

} // namespace junctor
