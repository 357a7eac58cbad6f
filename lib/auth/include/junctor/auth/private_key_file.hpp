// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Private keys of Ed25519 as people keep them: the seed as 64 hexadecimal digits, in a file as its only line.

#include <filesystem>
#include <string_view>

#include <junctor/auth/secret.hpp>

namespace junctor::auth {

/// The seed as it stands in files.
[[nodiscard]] secret hex_of_seed(const secret& seed);

/// The seed that `digits` stand for, in either case; an empty one unless they are 64 hexadecimal digits.
[[nodiscard]] secret private_key_from_hex(std::string_view digits);

/// Writes `seed` to the new file `path`, which only the user of the process can read. Throws `std::runtime_error` if
/// there is such a file, even a symbolic link that leads nowhere, or if it cannot be written; then no part of it is
/// left.
void write_private_key(const std::filesystem::path& path, const secret& seed);

/// The seed in the file `path`. Throws `std::runtime_error` if it cannot be read or holds something else.
[[nodiscard]] secret read_private_key(const std::filesystem::path& path);

} // namespace junctor::auth
