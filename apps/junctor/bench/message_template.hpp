// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Messages that differ in their request and the number in their argument only.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>

#include "numbered_argument.hpp"

namespace junctor::bench {

/// A message that was encoded once and is copied with another request and number each time.
class message_template {
public:
    /// Appends the message with `request` and `argument` to `out`.
    using encoder = std::function<void(byte_buffer& out, std::uint64_t request, std::string_view argument)>;

    /// Made of what `encode` writes in `format`. The request must be an element of its own that is written once.
    message_template(serializer format, const numbered_argument& argument, const encoder& encode);

    /// Appends the message with this `request` and an argument that says `number`.
    void append(byte_buffer& out, std::uint64_t request, message_number number) const;

private:
    serializer format_;
    byte_buffer head_;             ///< All before the request.
    byte_buffer tail_;             ///< All after it.
    std::size_t digits_offset_{0}; ///< Where the number stands in the tail.
};

} // namespace junctor::bench
