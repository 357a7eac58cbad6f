// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Base64, in which JSON carries binary data.

#include <optional>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// Appends `bytes` in base64 with padding to `out`. Spec: RFC 4648, section 4.
void write_base64(byte_view bytes, byte_buffer& out);

/// The bytes that `text` stands for; nothing unless it is exactly what `write_base64` writes for some bytes: the
/// standard alphabet, full padding, unused bits zero.
[[nodiscard]] std::optional<binary> read_base64(std::string_view text);

} // namespace junctor
