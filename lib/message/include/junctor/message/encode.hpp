// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Encoding: from a message's struct to bytes, straight into a buffer.

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/message/messages.hpp>

namespace junctor {

/// Appends `m` to `out` in `format`. Slices of the same serializer are copied verbatim, others transcoded. Defined for
/// every message of `messages.hpp`. Returns `errc{}`, or `errc::not_expressible` with `out` as it was.
template <class Message>
[[nodiscard]] errc encode(const Message& m, serializer format, byte_buffer& out);

} // namespace junctor
