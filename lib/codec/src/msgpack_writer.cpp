// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/msgpack.hpp>

#include <bit>
#include <limits>
#include <stdexcept>

#include <boost/endian/conversion.hpp>

namespace junctor {

namespace {

using detail::msgpack_lead;

/// Writes `n` big-endian at `at`.
template <class T>
void store(std::byte* at, T n) noexcept
{
    boost::endian::endian_store<T, sizeof(T), boost::endian::order::big>(reinterpret_cast<unsigned char*>(at), n);
}

/// Appends the octet `lead` and `n` after it, big-endian.
template <class T>
void put(byte_buffer& out, unsigned char lead, T n)
{
    auto* const at = out.extend(1 + sizeof(T));
    *at = static_cast<std::byte>(lead);
    store(at + 1, n);
}

template <class T>
constexpr bool fits(std::size_t n) noexcept
{
    return n <= std::numeric_limits<T>::max();
}

std::uint32_t length32(std::size_t n)
{
    if (!fits<std::uint32_t>(n))
        throw std::length_error("a value is too long for MessagePack");
    return static_cast<std::uint32_t>(n);
}

} // namespace

void msgpack_writer::list_head(std::size_t count)
{
    if (count < 16)
        out_.push(static_cast<std::byte>(msgpack_lead::fixarray | count));
    else if (fits<std::uint16_t>(count))
        put(out_, msgpack_lead::array16, static_cast<std::uint16_t>(count));
    else
        put(out_, msgpack_lead::array32, length32(count));
}

void msgpack_writer::end_list()
{
    patch(msgpack_lead::fixarray, msgpack_lead::array16, msgpack_lead::array32);
}

void msgpack_writer::end_dict()
{
    patch(msgpack_lead::fixmap, msgpack_lead::map16, msgpack_lead::map32);
}

/// Writes the head of the innermost container where `begin` left room for it.
void msgpack_writer::patch(unsigned char fix, unsigned char lead16, unsigned char lead32)
{
    const auto [offset, count] = open_.end();
    if (offset == detail::open_containers::head_written)
        return;
    if (count < 16) {
        out_[offset] = static_cast<std::byte>(fix | count);
    } else if (fits<std::uint16_t>(count)) {
        store(out_.insert(offset + 1, 2), static_cast<std::uint16_t>(count));
        out_[offset] = static_cast<std::byte>(lead16);
    } else {
        store(out_.insert(offset + 1, 4), length32(count));
        out_[offset] = static_cast<std::byte>(lead32);
    }
}

void msgpack_writer::long_unsigned_integer(std::uint64_t n)
{
    open_.count_value();
    if (fits<std::uint8_t>(n))
        put(out_, msgpack_lead::uint8, static_cast<std::uint8_t>(n));
    else if (fits<std::uint16_t>(n))
        put(out_, msgpack_lead::uint16, static_cast<std::uint16_t>(n));
    else if (fits<std::uint32_t>(n))
        put(out_, msgpack_lead::uint32, static_cast<std::uint32_t>(n));
    else
        put(out_, msgpack_lead::uint64, n);
}

void msgpack_writer::negative_integer(std::int64_t n)
{
    open_.count_value();
    if (n >= -32)
        out_.push(static_cast<std::byte>(n));
    else if (n >= std::numeric_limits<std::int8_t>::min())
        put(out_, msgpack_lead::int8, static_cast<std::int8_t>(n));
    else if (n >= std::numeric_limits<std::int16_t>::min())
        put(out_, msgpack_lead::int16, static_cast<std::int16_t>(n));
    else if (n >= std::numeric_limits<std::int32_t>::min())
        put(out_, msgpack_lead::int32, static_cast<std::int32_t>(n));
    else
        put(out_, msgpack_lead::int64, n);
}

void msgpack_writer::real(double n)
{
    open_.count_value();
    put(out_, msgpack_lead::float64, std::bit_cast<std::uint64_t>(n));
}

void msgpack_writer::long_text_head(std::size_t size)
{
    if (fits<std::uint8_t>(size))
        put(out_, msgpack_lead::str8, static_cast<std::uint8_t>(size));
    else if (fits<std::uint16_t>(size))
        put(out_, msgpack_lead::str16, static_cast<std::uint16_t>(size));
    else
        put(out_, msgpack_lead::str32, length32(size));
}

void msgpack_writer::binary(byte_view bytes)
{
    open_.count_value();
    if (fits<std::uint8_t>(bytes.size()))
        put(out_, msgpack_lead::bin8, static_cast<std::uint8_t>(bytes.size()));
    else if (fits<std::uint16_t>(bytes.size()))
        put(out_, msgpack_lead::bin16, static_cast<std::uint16_t>(bytes.size()));
    else
        put(out_, msgpack_lead::bin32, length32(bytes.size()));
    out_.append(bytes);
}

} // namespace junctor
