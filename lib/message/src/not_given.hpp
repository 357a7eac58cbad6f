// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What clients write in place of an option that is not given.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/reader.hpp>

namespace junctor::detail {

/// What stands in the place of an option's value.
enum class given : std::uint8_t {
    value,
    nothing,     ///< Null or, in MessagePack, the extension that JavaScript libraries write for undefined.
    meaningless, ///< Another extension, or a simple value of CBOR without a meaning: no option has such values.
};

/// Looks at the next value, and passes over it unless it is one that an option can have.
template <pull_reader Reader>
given pass_not_given(Reader& in)
{
    constexpr std::array undefined{std::byte{0xD4}, std::byte{0}, std::byte{0}};
    const auto kind = in.peek();
    if (kind != value_kind::null && kind != value_kind::other)
        return given::value;
    const auto passed = in.skip();
    const bool nothing =
        kind == value_kind::null || std::equal(passed.begin(), passed.end(), undefined.begin(), undefined.end());
    return nothing ? given::nothing : given::meaningless;
}

} // namespace junctor::detail
