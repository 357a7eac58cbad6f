// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/message_run.hpp>

#include <algorithm>
#include <cassert>

namespace junctor {

namespace {

constexpr std::size_t length_of_four_octets = std::size_t{1} << 24;
constexpr auto four_octets_mark = std::byte{8};

} // namespace

byte_buffer& message_run::open_message()
{
    open_ = bytes_.size();
    bytes_.extend(prefix_bytes);
    return bytes_;
}

void message_run::close_message() noexcept
{
    const auto length = open_view().size();
    assert(length <= length_of_four_octets);
    auto* const prefix = bytes_.data() + open_;
    prefix[0] = length == length_of_four_octets ? four_octets_mark : std::byte{0};
    prefix[1] = static_cast<std::byte>(length >> 16);
    prefix[2] = static_cast<std::byte>(length >> 8);
    prefix[3] = static_cast<std::byte>(length);
    longest_ = std::max(longest_, length);
    ++count_;
}

void message_run::clear() noexcept
{
    bytes_.clear();
    count_ = 0;
    longest_ = 0;
}

std::size_t message_run::length_in(byte_view prefix) noexcept
{
    if (prefix[0] == four_octets_mark)
        return length_of_four_octets;
    return (std::to_integer<std::size_t>(prefix[1]) << 16) | (std::to_integer<std::size_t>(prefix[2]) << 8) |
           std::to_integer<std::size_t>(prefix[3]);
}

} // namespace junctor
