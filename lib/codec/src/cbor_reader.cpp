// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/cbor.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <string>

#include <boost/endian/conversion.hpp>

#include <junctor/codec/utf8.hpp>

namespace junctor {

namespace {

using detail::cbor_major;

constexpr unsigned char break_octet = 0xFF;
constexpr std::uint64_t int64_end = std::uint64_t{1} << 63;

/// The lower five bits of simple values, real numbers included.
namespace simple {
constexpr std::uint8_t false_ = 20;
constexpr std::uint8_t true_ = 21;
constexpr std::uint8_t null = 22;
constexpr std::uint8_t undefined = 23;
constexpr std::uint8_t in_next_octet = 24;
constexpr std::uint8_t half = 25;
constexpr std::uint8_t single = 26;
constexpr std::uint8_t double_ = 27;
} // namespace simple

template <class T>
T load(const unsigned char* at) noexcept
{
    return boost::endian::endian_load<T, sizeof(T), boost::endian::order::big>(at);
}

/// A real number of 16 bits. Spec: RFC 8949, appendix D.
double from_half(std::uint64_t bits) noexcept
{
    const auto exponent = static_cast<int>(bits >> 10 & 0x1F);
    const auto mantissa = static_cast<double>(bits & 0x3FF);
    double magnitude = 0;
    if (exponent == 0)
        magnitude = std::ldexp(mantissa, -24);
    else if (exponent != 0x1F)
        magnitude = std::ldexp(mantissa + 1024, exponent - 25);
    else if (mantissa == 0)
        magnitude = std::numeric_limits<double>::infinity();
    else
        magnitude = std::numeric_limits<double>::quiet_NaN();
    return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

/// The number -1 - `argument`.
any_number negative_number(std::uint64_t argument) noexcept
{
    if (argument < int64_end)
        return make_number(-1 - static_cast<std::int64_t>(argument));
    return -1 - static_cast<double>(argument);
}

} // namespace

/// The next head, of whatever item; the argument of an open one is 0.
bool cbor_reader::take_any_head(head& h) noexcept
{
    if (cursor_ == end_) {
        fail(errc::truncated);
        return false;
    }
    h.major = static_cast<cbor_major>(*cursor_ >> 5);
    h.info = *cursor_ & 0x1F;
    h.argument = h.info < 24 ? h.info : 0;
    const std::size_t size = h.info >= 24 && h.info < 28 ? std::size_t{1} << (h.info - 24) : 0;
    if (left() - 1 < size) {
        fail(errc::truncated);
        return false;
    }
    switch (size) {
    case 1: h.argument = cursor_[1]; break;
    case 2: h.argument = load<std::uint16_t>(cursor_ + 1); break;
    case 4: h.argument = load<std::uint32_t>(cursor_ + 1); break;
    case 8: h.argument = load<std::uint64_t>(cursor_ + 1); break;
    default: break;
    }
    const bool has_end =
        h.major == cbor_major::natural || h.major == cbor_major::negative || h.major == cbor_major::tag;
    const bool reserved = h.info >= 28 && (!h.open() || has_end);
    // The first 32 simple values must not take a second octet.
    const bool too_long = h.major == cbor_major::simple && h.info == simple::in_next_octet && h.argument < 32;
    if (reserved || too_long) {
        fail(errc::malformed);
        return false;
    }
    cursor_ += 1 + size;
    return true;
}

/// The head of the next value, with the tags before it.
bool cbor_reader::take_head(head& h) noexcept
{
    do {
        if (!take_any_head(h))
            return false;
    } while (h.major == cbor_major::tag);
    if (h.major != cbor_major::simple || !h.open())
        return true;
    fail(errc::malformed); // a break where a value is due
    return false;
}

bool cbor_reader::take_head_of(cbor_major wanted, head& h) noexcept
{
    if (!take_head(h))
        return false;
    if (h.major == wanted)
        return true;
    fail(errc::unexpected_type);
    return false;
}

value_kind cbor_reader::kind_of(const head& h) noexcept
{
    switch (h.major) {
    case cbor_major::natural: return value_kind::integer;
    case cbor_major::negative: return h.argument < int64_end ? value_kind::integer : value_kind::real;
    case cbor_major::binary: return value_kind::binary;
    case cbor_major::text: return value_kind::text;
    case cbor_major::list: return value_kind::list;
    case cbor_major::dict: return value_kind::dict;
    case cbor_major::tag: return value_kind::other;
    case cbor_major::simple: break;
    }
    switch (h.info) {
    case simple::false_:
    case simple::true_: return value_kind::boolean;
    case simple::null:
    case simple::undefined: return value_kind::null;
    case simple::half:
    case simple::single:
    case simple::double_: return value_kind::real;
    default: return value_kind::other;
    }
}

value_kind cbor_reader::peek() noexcept
{
    const auto* const start = cursor_;
    head h;
    if (!take_head(h))
        return {};
    cursor_ = start;
    return kind_of(h);
}

bool cbor_reader::enter(cbor_major wanted) noexcept
{
    head h;
    return take_head_of(wanted, h) && push(h, 1);
}

/// Enters the container of which `h` has been taken.
bool cbor_reader::push(const head& h, std::size_t due_per_entry) noexcept
{
    const std::size_t values_per_entry = h.major == cbor_major::dict ? 2 : 1;
    if (depth_ == limits::nesting_depth_max) {
        fail(errc::nested_too_deep);
        return false;
    }
    // No value is shorter than an octet, so a length that cannot be true is seen at once.
    if (left() / values_per_entry < h.argument) {
        fail(errc::truncated);
        return false;
    }
    const auto open_end = h.major == cbor_major::dict ? extent::open_dict : extent::open_list;
    levels_[++depth_] = {static_cast<std::size_t>(h.argument) * due_per_entry, h.open() ? open_end : extent::counted};
    return true;
}

/// Takes the end of an open container or string if it stands here. A missing end counts as one too, and is an error.
bool cbor_reader::take_break() noexcept
{
    if (cursor_ == end_) {
        fail(errc::truncated);
        return true;
    }
    if (*cursor_ != break_octet)
        return false;
    ++cursor_;
    return true;
}

bool cbor_reader::next() noexcept
{
    auto& innermost = levels_[depth_];
    const bool counted = innermost.end == extent::counted;
    if (counted ? innermost.due == 0 : take_break()) {
        if (depth_ != 0)
            --depth_;
        return false;
    }
    if (counted)
        --innermost.due;
    return true;
}

bool cbor_reader::next_key(std::string_view& key)
{
    head h;
    if (!next() || !take_head(h))
        return false;
    if (h.major == cbor_major::text) {
        key = as_text(take_string(h));
    } else if (h.major == cbor_major::natural) {
        key = scratch_.add() = std::to_string(h.argument);
    } else if (kind_of(h) == value_kind::integer) {
        key = scratch_.add() = std::to_string(-1 - static_cast<std::int64_t>(h.argument));
    } else {
        fail(errc::unexpected_type);
    }
    return ok();
}

any_number cbor_reader::read_number() noexcept
{
    head h;
    if (!take_head(h))
        return {};
    if (h.major == cbor_major::natural)
        return h.argument;
    if (h.major == cbor_major::negative)
        return negative_number(h.argument);
    if (h.major == cbor_major::simple) {
        switch (h.info) {
        case simple::half: return from_half(h.argument);
        case simple::single: return std::bit_cast<float>(static_cast<std::uint32_t>(h.argument));
        case simple::double_: return std::bit_cast<double>(h.argument);
        default: break;
        }
    }
    fail(errc::unexpected_type);
    return {};
}

std::uint64_t cbor_reader::read_unsigned() noexcept
{
    const auto n = read_number();
    const auto whole = to_unsigned(n);
    if (whole)
        return *whole;
    fail(whole.error());
    return 0;
}

std::int64_t cbor_reader::read_integer() noexcept
{
    const auto n = read_number();
    const auto whole = to_integer(n);
    if (whole)
        return *whole;
    fail(whole.error());
    return 0;
}

bool cbor_reader::read_boolean() noexcept
{
    head h;
    if (!take_head(h))
        return false;
    if (kind_of(h) != value_kind::boolean)
        fail(errc::unexpected_type);
    return ok() && h.info == simple::true_;
}

void cbor_reader::read_null() noexcept
{
    head h;
    if (take_head(h) && kind_of(h) != value_kind::null)
        fail(errc::unexpected_type);
}

std::string_view cbor_reader::read_text()
{
    head h;
    return take_head_of(cbor_major::text, h) ? as_text(take_string(h)) : std::string_view();
}

byte_view cbor_reader::read_binary()
{
    head h;
    return take_head_of(cbor_major::binary, h) ? take_string(h) : byte_view();
}

/// The content of a string of known length, of which `h` has been taken.
byte_view cbor_reader::take_piece(const head& h) noexcept
{
    if (left() < h.argument) {
        fail(errc::truncated);
        return {};
    }
    const byte_view content(reinterpret_cast<const std::byte*>(cursor_), static_cast<std::size_t>(h.argument));
    cursor_ += content.size();
    if (h.major != cbor_major::text || is_utf8(as_text(content)))
        return content;
    fail(errc::invalid_utf8);
    return {};
}

/// Calls `use` with each piece of an open string, of which the head has been taken.
template <class Use>
void cbor_reader::take_pieces(const head& string, Use use)
{
    while (!take_break()) {
        head piece;
        if (!take_any_head(piece))
            return;
        if (piece.major != string.major || piece.open()) {
            fail(errc::malformed);
            return;
        }
        use(take_piece(piece));
    }
}

/// The content of a string, of which `h` has been taken; pieces are put together in the scratch.
byte_view cbor_reader::take_string(const head& h)
{
    if (!h.open())
        return take_piece(h);
    auto& whole = scratch_.add();
    take_pieces(h, [&whole](byte_view piece) { whole.append(as_text(piece)); });
    return ok() ? as_bytes(whole) : byte_view();
}

/// Takes one item; of a container, its head.
void cbor_reader::skip_item() noexcept
{
    head h;
    if (!take_head(h))
        return;
    if (h.major == cbor_major::list)
        static_cast<void>(push(h, 1));
    else if (h.major == cbor_major::dict)
        static_cast<void>(push(h, 2));
    else if (h.major != cbor_major::text && h.major != cbor_major::binary)
        return;
    else if (h.open())
        take_pieces(h, [](byte_view) {});
    else
        take_piece(h);
}

/// Leaves the innermost container if all of it has been taken; else another item of it is due.
bool cbor_reader::leave_if_ended() noexcept
{
    auto& innermost = levels_[depth_];
    const bool value_due = innermost.end == extent::open_dict && innermost.due != 0;
    if (!next()) {
        if (value_due)
            fail(errc::malformed); // a key without a value
        return true;
    }
    if (innermost.end == extent::open_dict)
        innermost.due = value_due ? 0 : 1;
    return false;
}

byte_view cbor_reader::skip() noexcept
{
    const auto* const start = cursor_;
    // Containers within the value stand on the same stack as those that were entered, above them.
    const auto bottom = depth_;
    do {
        skip_item();
        while (depth_ > bottom && leave_if_ended()) {
        }
    } while (depth_ > bottom);
    if (!ok())
        return {};
    return {reinterpret_cast<const std::byte*>(start), static_cast<std::size_t>(cursor_ - start)};
}

} // namespace junctor
