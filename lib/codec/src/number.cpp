// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/number.hpp>

#include <cmath>
#include <utility>

namespace junctor {

namespace {

/// Up to here every integer is a double of its own, so that a real number tells which integer was meant.
constexpr double exact_max = 0x1p53;

template <class Integer>
boost::system::result<Integer, errc> to_whole(const any_number& n) noexcept
{
    if (const auto* const real = std::get_if<double>(&n)) {
        if (std::trunc(*real) != *real)
            return errc::unexpected_type;
        if (std::abs(*real) > exact_max || (*real < 0 && std::is_unsigned_v<Integer>))
            return errc::number_out_of_range;
        return static_cast<Integer>(*real);
    }
    if (const auto* const natural = std::get_if<std::uint64_t>(&n);
        natural != nullptr && std::in_range<Integer>(*natural))
        return static_cast<Integer>(*natural);
    if (const auto* const negative = std::get_if<std::int64_t>(&n);
        negative != nullptr && std::in_range<Integer>(*negative))
        return static_cast<Integer>(*negative);
    return errc::number_out_of_range;
}

} // namespace

boost::system::result<std::uint64_t, errc> to_unsigned(const any_number& n) noexcept
{
    return to_whole<std::uint64_t>(n);
}

boost::system::result<std::int64_t, errc> to_integer(const any_number& n) noexcept
{
    return to_whole<std::int64_t>(n);
}

} // namespace junctor
