// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Numbers as they stand in messages, and which of them pass for integers.

#include <cstdint>
#include <variant>

#include <boost/system/result.hpp>

#include <junctor/base/errc.hpp>

namespace junctor {

/// A number of any serializer: non-negative integers are `uint64_t`, negative ones `int64_t`, all others `double`.
using any_number = std::variant<std::uint64_t, std::int64_t, double>;

/// `n` as an `any_number`.
[[nodiscard]] constexpr any_number make_number(std::int64_t n) noexcept
{
    return n < 0 ? any_number(n) : any_number(static_cast<std::uint64_t>(n));
}

/// `n` as an integer from 0. A real number passes if it is integral and at most 2^53, since some clients know no other
/// numbers. Otherwise `errc::number_out_of_range`, or `errc::unexpected_type` for what is not integral.
[[nodiscard]] boost::system::result<std::uint64_t, errc> to_unsigned(const any_number& n) noexcept;

/// `n` as a signed integer, with the same rules; a real number may be as low as -2^53.
[[nodiscard]] boost::system::result<std::int64_t, errc> to_integer(const any_number& n) noexcept;

} // namespace junctor
