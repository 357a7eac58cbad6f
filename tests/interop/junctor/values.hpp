// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The payload values of tests/interop/values.json.

#include <string>
#include <string_view>

#include <junctor/base/value.hpp>

namespace interop {

/// All that this client holds exactly, which is every value of the table.
[[nodiscard]] const junctor::dict& all_values();

/// What clients of a family hold exactly.
[[nodiscard]] const junctor::dict& values_held_by(std::string_view family);

/// One of them. Throws `std::out_of_range` if there is none of that name.
[[nodiscard]] const junctor::value& value_named(std::string_view name);

/// Throws `std::runtime_error` unless both are equal in value and in type, all the way down. `what` is for its text.
void expect(const junctor::value& actual, const junctor::value& expected, std::string_view what);

} // namespace interop
