// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Bytes written as numbers or characters, for tests.

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>

namespace junctor::test {

/// The string of these octets.
inline std::string octets(std::initializer_list<unsigned> numbers)
{
    std::string made;
    for (const auto number : numbers)
        made.push_back(static_cast<char>(number));
    return made;
}

/// A frame as it stands on the wire, written out by hand rather than by the code under test.
inline std::string wire_frame(unsigned first_octet, std::string_view payload)
{
    const auto size = static_cast<unsigned>(payload.size());
    return octets({first_octet, (size >> 16) & 0xFF, (size >> 8) & 0xFF, size & 0xFF}).append(payload);
}

/// The bytes as a string that can be compared and printed.
inline std::string text(byte_view bytes)
{
    return std::string(as_text(bytes));
}

} // namespace junctor::test
