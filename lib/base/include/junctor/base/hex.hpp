// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Octets as hexadecimal digits, in which WAMP writes keys, salts and signatures.

#include <optional>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// `bytes` as two lower-case digits for each octet.
[[nodiscard]] std::string to_hex(byte_view bytes);

/// The octets that `digits` stand for, in either case; nothing if their number is odd or one of them is no digit.
[[nodiscard]] std::optional<binary> from_hex(std::string_view digits);

} // namespace junctor
