// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The fast check of a JSON value that nobody looks into.

#include <cstddef>
#include <string_view>

namespace junctor {

/// The length of the JSON value that `input` begins with, white space excluded; 0 if it begins with none, or with one
/// whose lists and dicts nest deeper than `depth_max`. Strict: RFC 8259, UTF-8, no lone surrogates; and stricter than
/// that in that exponents must be in the range of int. The first call in a thread may throw `std::bad_alloc`.
[[nodiscard]] std::size_t check_json(std::string_view input, std::size_t depth_max);

} // namespace junctor
