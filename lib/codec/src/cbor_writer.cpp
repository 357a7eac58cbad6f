// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/cbor.hpp>

#include <bit>
#include <cstring>
#include <limits>

#include <boost/endian/conversion.hpp>

namespace junctor {

namespace {

using detail::cbor_major;

constexpr std::byte false_octet{0xF4};
constexpr std::byte true_octet{0xF5};
constexpr std::byte null_octet{0xF6};
constexpr std::byte double_octet{0xFB};

/// The first octets of an item.
class item_head {
public:
    /// The shortest head with that argument.
    item_head(cbor_major major, std::uint64_t argument) noexcept
    {
        const auto lead = static_cast<unsigned>(major) << 5;
        if (argument < 24)
            octets_[0] = static_cast<unsigned char>(lead | argument);
        else if (argument <= std::numeric_limits<std::uint8_t>::max())
            put(lead | 24, static_cast<std::uint8_t>(argument));
        else if (argument <= std::numeric_limits<std::uint16_t>::max())
            put(lead | 25, static_cast<std::uint16_t>(argument));
        else if (argument <= std::numeric_limits<std::uint32_t>::max())
            put(lead | 26, static_cast<std::uint32_t>(argument));
        else
            put(lead | 27, argument);
    }

    [[nodiscard]] byte_view view() const noexcept { return std::as_bytes(std::span(octets_.data(), size_)); }

private:
    template <class T>
    void put(unsigned lead, T argument) noexcept
    {
        octets_[0] = static_cast<unsigned char>(lead);
        boost::endian::endian_store<T, sizeof(T), boost::endian::order::big>(octets_.data() + 1, argument);
        size_ = 1 + sizeof(T);
    }

    std::array<unsigned char, 1 + sizeof(std::uint64_t)> octets_;
    std::size_t size_{1};
};

} // namespace

void cbor_writer::put_head(cbor_major major, std::uint64_t argument)
{
    out_.append(item_head(major, argument).view());
}

void cbor_writer::begin_list(std::size_t count)
{
    open_.count_value();
    open_.begin(detail::open_containers::head_written);
    put_head(cbor_major::list, count);
}

/// Starts a container of unknown length: the head gets one octet for now, and more at the end if it needs more.
void cbor_writer::begin()
{
    open_.count_value();
    open_.begin(out_.size());
    out_.extend(1);
}

void cbor_writer::end(cbor_major major)
{
    const auto [offset, count] = open_.end();
    if (offset == detail::open_containers::head_written)
        return;
    const item_head head(major, count);
    const auto octets = head.view();
    if (octets.size() > 1)
        out_.insert(offset + 1, octets.size() - 1);
    std::memcpy(out_.data() + offset, octets.data(), octets.size());
}

void cbor_writer::key(std::string_view text)
{
    put_head(cbor_major::text, text.size());
    out_.append(text);
}

void cbor_writer::null()
{
    open_.count_value();
    out_.push(null_octet);
}

void cbor_writer::boolean(bool flag)
{
    open_.count_value();
    out_.push(flag ? true_octet : false_octet);
}

void cbor_writer::integer(std::int64_t n)
{
    open_.count_value();
    if (n >= 0)
        put_head(cbor_major::natural, static_cast<std::uint64_t>(n));
    else
        put_head(cbor_major::negative, static_cast<std::uint64_t>(-1 - n));
}

void cbor_writer::unsigned_integer(std::uint64_t n)
{
    open_.count_value();
    put_head(cbor_major::natural, n);
}

void cbor_writer::real(double n)
{
    open_.count_value();
    auto* const at = out_.extend(1 + sizeof n);
    *at = double_octet;
    boost::endian::endian_store<std::uint64_t, sizeof n, boost::endian::order::big>(
        reinterpret_cast<unsigned char*>(at + 1), std::bit_cast<std::uint64_t>(n));
}

void cbor_writer::text(std::string_view text)
{
    open_.count_value();
    key(text);
}

void cbor_writer::binary(byte_view bytes)
{
    open_.count_value();
    put_head(cbor_major::binary, bytes.size());
    out_.append(bytes);
}

void cbor_writer::raw(byte_view bytes)
{
    open_.count_value();
    out_.append(bytes);
}

} // namespace junctor
