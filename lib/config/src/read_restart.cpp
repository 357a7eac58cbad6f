// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "readers.hpp"

namespace junctor {
namespace {

/// Longer than an hour is what is not watched.
constexpr std::int64_t duration_max_ms = 3'600'000;

constexpr std::array<named<restart_policy>, 3> restart_policies{{{"restart-never", restart_policy::never},
                                                                 {"restart-on-failed", restart_policy::on_failed},
                                                                 {"restart-always", restart_policy::always}}};

} // namespace

void read_duration(dict_reader& keys, std::string_view key, std::int64_t min, std::chrono::milliseconds& duration)
{
    if (const auto found = keys.integer(key, min, duration_max_ms))
        duration = std::chrono::milliseconds(*found);
}

void read_restart(dict_reader& keys, restart_policy& policy, std::chrono::milliseconds& delay,
                  std::chrono::milliseconds& delay_max, config_reading& reading)
{
    policy = keys.choice("restart", "restart policy", restart_policies).value_or(policy);
    read_duration(keys, "restart_delay", 1, delay);
    read_duration(keys, "restart_delay_max", 1, delay_max);
    if (delay > delay_max)
        reading.problems.error(keys.item(), "restart_delay must not be longer than restart_delay_max");
}

} // namespace junctor
