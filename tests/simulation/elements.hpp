// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the reference reads out of messages, which are values as the spec writes them.

#include <string>

#include <junctor/base/value.hpp>

namespace junctor::simulation {

/// What stands under `key` in the dict that is element `at` of `m`; null if nothing does.
const value& option(const list& m, std::size_t at, const char* key);

/// The same for a boolean, a string or a number; `standard` if there is none.
bool flag(const list& m, std::size_t at, const char* key, bool standard = false);
std::string text(const list& m, std::size_t at, const char* key, const char* standard);
std::int64_t number(const list& m, std::size_t at, const char* key, std::int64_t standard);

/// The string or the number that `v` is.
std::string text(const value& v);
std::uint64_t number(const value& v);

/// What the sender of options or details wants to reach the other side.
dict custom(const value& options);

/// Appends the elements of `m` from `at` on.
void append_from(list& out, const list& m, std::size_t at);

} // namespace junctor::simulation
