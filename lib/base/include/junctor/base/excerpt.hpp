// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Shortening what a peer said before it is quoted.

#include <cstddef>
#include <string_view>

#include <junctor/base/limits.hpp>

namespace junctor {

/// The beginning of `text`, which must be UTF-8: at most `bytes_max` bytes of whole characters.
[[nodiscard]] constexpr std::string_view excerpt(std::string_view text,
                                                 std::size_t bytes_max = limits::quoted_bytes_max) noexcept
{
    if (text.size() <= bytes_max)
        return text;
    const auto continues = [&](std::size_t at) { return (static_cast<unsigned char>(text[at]) & 0xC0) == 0x80; };
    while (bytes_max != 0 && continues(bytes_max))
        --bytes_max;
    return text.substr(0, bytes_max);
}

} // namespace junctor
