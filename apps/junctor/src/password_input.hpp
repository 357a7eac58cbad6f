// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Passwords from standard input.

#include <cstddef>

#include <junctor/auth/secret.hpp>

namespace junctor {

/// More than anybody types, and than most clients take.
inline constexpr std::size_t password_bytes_max = 1024;

/// The first line of standard input, without its end. If that is a terminal, the password is asked for on standard
/// error, twice, and is not shown; a signal that ends the process leaves the terminal as it was.
///
/// Throws `std::runtime_error` if the password is empty, too long or not UTF-8, in which clients take it, and if the
/// two differ. To be called by the only thread.
[[nodiscard]] secret read_password();

} // namespace junctor
