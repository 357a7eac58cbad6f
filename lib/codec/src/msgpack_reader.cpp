// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/msgpack.hpp>

#include <bit>
#include <string>

#include <boost/endian/conversion.hpp>

namespace junctor {

namespace {

using detail::msgpack_lead;

/// What the first octet of a value says about the rest.
struct token {
    value_kind kind;     ///< `other` for extension types and for the octet that is never used.
    std::uint8_t head;   ///< Octets up to the content of variable length; of numbers and the like, all. 0 is malformed.
    std::uint8_t width;  ///< Octets of the length, which stands right after the first octet; 0 if it stands within.
    std::uint8_t inside; ///< The bits of the first octet that are the length; 0 if there is no length within.
};

constexpr auto tokens = [] {
    std::array<token, 256> table{};
    const auto fill = [&table](unsigned first, unsigned last, token content) {
        for (auto lead = first; lead <= last; ++lead)
            table[lead] = content;
    };
    const auto put = [&table](unsigned lead, value_kind kind, unsigned head, unsigned width = 0) {
        table[lead] = {kind, static_cast<std::uint8_t>(head), static_cast<std::uint8_t>(width), 0};
    };
    fill(0x00, 0x7F, {value_kind::integer, 1, 0, 0});
    fill(0x80, 0x8F, {value_kind::dict, 1, 0, 0x0F});
    fill(0x90, 0x9F, {value_kind::list, 1, 0, 0x0F});
    fill(0xA0, 0xBF, {value_kind::text, 1, 0, 0x1F});
    fill(0xE0, 0xFF, {value_kind::integer, 1, 0, 0});
    put(msgpack_lead::nil, value_kind::null, 1);
    put(msgpack_lead::never_used, value_kind::other, 0);
    put(msgpack_lead::false_, value_kind::boolean, 1);
    put(msgpack_lead::true_, value_kind::boolean, 1);
    put(msgpack_lead::float32, value_kind::real, 5);
    put(msgpack_lead::float64, value_kind::real, 9);
    for (unsigned i = 0; i < 4; ++i) {
        put(msgpack_lead::uint8 + i, value_kind::integer, 1 + (1u << i));
        put(msgpack_lead::int8 + i, value_kind::integer, 1 + (1u << i));
    }
    for (unsigned i = 0; i < 3; ++i) {
        const auto width = 1u << i;
        put(msgpack_lead::bin8 + i, value_kind::binary, 1 + width, width);
        put(msgpack_lead::str8 + i, value_kind::text, 1 + width, width);
        put(0xC7 + i, value_kind::other, 2 + width, width); // ext 8, 16, 32: length, then the type
    }
    for (unsigned i = 0; i < 5; ++i)
        put(0xD4 + i, value_kind::other, 2 + (1u << i)); // fixext 1, 2, 4, 8, 16
    put(msgpack_lead::array16, value_kind::list, 3, 2);
    put(msgpack_lead::array32, value_kind::list, 5, 4);
    put(msgpack_lead::map16, value_kind::dict, 3, 2);
    put(msgpack_lead::map32, value_kind::dict, 5, 4);
    return table;
}();

/// The big-endian number at `at`, as a signed one if `T` is signed.
template <class T>
T load(const unsigned char* at) noexcept
{
    return boost::endian::endian_load<T, sizeof(T), boost::endian::order::big>(at);
}

/// The length in the head at `at`, which is complete.
std::size_t length_of(const token& form, const unsigned char* at) noexcept
{
    if (form.width == 0)
        return *at & form.inside;
    if (form.width == 1)
        return at[1];
    return form.width == 2 ? load<std::uint16_t>(at + 1) : load<std::uint32_t>(at + 1);
}

/// The number that begins at `at` with its head complete.
any_number number_at(const unsigned char* at) noexcept
{
    switch (*at) {
    case msgpack_lead::float32: return std::bit_cast<float>(load<std::uint32_t>(at + 1));
    case msgpack_lead::float64: return std::bit_cast<double>(load<std::uint64_t>(at + 1));
    case msgpack_lead::uint8: return std::uint64_t{at[1]};
    case msgpack_lead::uint16: return std::uint64_t{load<std::uint16_t>(at + 1)};
    case msgpack_lead::uint32: return std::uint64_t{load<std::uint32_t>(at + 1)};
    case msgpack_lead::uint64: return load<std::uint64_t>(at + 1);
    case msgpack_lead::int8: return make_number(static_cast<std::int8_t>(at[1]));
    case msgpack_lead::int16: return make_number(load<std::int16_t>(at + 1));
    case msgpack_lead::int32: return make_number(load<std::int32_t>(at + 1));
    case msgpack_lead::int64: return make_number(load<std::int64_t>(at + 1));
    default: return make_number(static_cast<std::int8_t>(*at)); // the numbers of one octet are two's complement
    }
}

} // namespace

value_kind msgpack_reader::peek() noexcept
{
    if (cursor_ == end_) {
        fail(errc::truncated);
        return {};
    }
    const auto& form = tokens[*cursor_];
    if (form.head == 0) {
        fail(errc::malformed);
        return {};
    }
    return form.kind;
}

/// Fails because the next value is not what was asked for, unless there is something worse about it.
void msgpack_reader::mismatch() noexcept
{
    if (static_cast<void>(peek()), ok())
        fail(errc::unexpected_type);
}

/// The head, with the length in it, of a value of kind `wanted`; leaves the cursor where it is.
bool msgpack_reader::take_head(value_kind wanted, std::size_t& head, std::size_t& length) noexcept
{
    if (peek() != wanted) {
        mismatch();
        return false;
    }
    const auto& form = tokens[*cursor_];
    if (left() < form.head) {
        fail(errc::truncated);
        return false;
    }
    head = form.head;
    length = length_of(form, cursor_);
    return true;
}

bool msgpack_reader::enter_long(value_kind wanted) noexcept
{
    std::size_t head = 0;
    std::size_t count = 0;
    return take_head(wanted, head, count) && enter(head, count, wanted == value_kind::dict ? 2 : 1);
}

std::string_view msgpack_reader::read_long_text() noexcept
{
    std::size_t head = 0;
    std::size_t size = 0;
    return take_head(value_kind::text, head, size) ? take_text(head, size) : std::string_view();
}

std::string_view msgpack_reader::read_long_key()
{
    if (peek() != value_kind::integer)
        return read_long_text();
    const auto n = read_number();
    if (!ok())
        return {};
    auto& text = scratch_.add();
    text = std::visit([](auto content) { return std::to_string(content); }, n);
    return text;
}

any_number msgpack_reader::read_number() noexcept
{
    const auto kind = peek();
    if (kind != value_kind::integer && kind != value_kind::real) {
        mismatch();
        return {};
    }
    const auto size = tokens[*cursor_].head;
    if (left() < size) {
        fail(errc::truncated);
        return {};
    }
    const auto n = number_at(cursor_);
    cursor_ += size;
    return n;
}

std::uint64_t msgpack_reader::read_long_unsigned() noexcept
{
    // Nearly all integers of messages are identifiers, written in one of these four forms.
    if (cursor_ != end_ && left() >= tokens[*cursor_].head) {
        const auto* const digits = cursor_ + 1;
        switch (*cursor_) {
        case msgpack_lead::uint8: cursor_ += 2; return *digits;
        case msgpack_lead::uint16: cursor_ += 3; return load<std::uint16_t>(digits);
        case msgpack_lead::uint32: cursor_ += 5; return load<std::uint32_t>(digits);
        case msgpack_lead::uint64: cursor_ += 9; return load<std::uint64_t>(digits);
        default: break;
        }
    }
    const auto n = read_number();
    const auto whole = to_unsigned(n);
    if (whole)
        return *whole;
    fail(whole.error());
    return 0;
}

std::int64_t msgpack_reader::read_integer() noexcept
{
    const auto n = read_number();
    const auto whole = to_integer(n);
    if (whole)
        return *whole;
    fail(whole.error());
    return 0;
}

bool msgpack_reader::read_boolean() noexcept
{
    if (peek() == value_kind::boolean)
        return *cursor_++ == msgpack_lead::true_;
    mismatch();
    return false;
}

byte_view msgpack_reader::read_binary() noexcept
{
    std::size_t head = 0;
    std::size_t size = 0;
    if (!take_head(value_kind::binary, head, size))
        return {};
    if (left() - head < size) {
        fail(errc::truncated);
        return {};
    }
    const auto* const content = reinterpret_cast<const std::byte*>(cursor_) + head;
    cursor_ += head + size;
    return {content, size};
}

void msgpack_reader::read_null() noexcept
{
    if (peek() == value_kind::null && ok())
        ++cursor_;
    else
        mismatch();
}

byte_view msgpack_reader::skip() noexcept
{
    const auto* const start = cursor_;
    const auto* const end = end_;
    const auto* at = start;
    // Values left in the innermost container. Those of the ones around it wait in `due_`, above what `next` counts.
    std::size_t due = 1;
    const auto bottom = depth_;
    auto level = bottom;

    const auto failed = [this](errc code) {
        fail(code);
        return byte_view();
    };
    do {
        if (at == end)
            return failed(errc::truncated);
        const auto form = tokens[*at];
        const auto available = static_cast<std::size_t>(end - at);
        if (available < form.head)
            return failed(errc::truncated);
        const auto length = length_of(form, at);
        const auto rest = available - form.head;
        at += form.head;
        --due;

        switch (form.kind) {
        case value_kind::list:
        case value_kind::dict: {
            const auto doubled = form.kind == value_kind::dict ? 1u : 0u;
            if (level == limits::nesting_depth_max)
                return failed(errc::nested_too_deep);
            if (rest >> doubled < length)
                return failed(errc::truncated);
            due_[++level] = due;
            due = length << doubled;
            break;
        }
        case value_kind::text:
            if (rest < length)
                return failed(errc::truncated);
            if (!is_utf8({reinterpret_cast<const char*>(at), length}))
                return failed(errc::invalid_utf8);
            at += length;
            break;
        case value_kind::other:
            if (form.head == 0)
                return failed(errc::malformed);
            [[fallthrough]];
        case value_kind::binary:
            if (rest < length)
                return failed(errc::truncated);
            at += length;
            break;
        default: break; // a number or the like, which is its head
        }
        while (due == 0 && level != bottom)
            due = due_[level--];
    } while (due != 0);

    cursor_ = at;
    return {reinterpret_cast<const std::byte*>(start), static_cast<std::size_t>(at - start)};
}

} // namespace junctor
