// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>

#include "readers.hpp"

namespace junctor {
namespace {

using std::chrono::milliseconds;

constexpr std::int64_t duration_max_ms = 86'400'000; // A day.
constexpr std::int64_t count_max = 1'000'000'000;
constexpr std::int64_t outbound_bytes_min = std::int64_t{64} << 10;
constexpr std::int64_t outbound_bytes_max = std::int64_t{1} << 40;

constexpr std::array<named<milliseconds session_limits::*>, 5> durations{
    {{"join_timeout", &session_limits::join_timeout},
     {"challenge_timeout", &session_limits::challenge_timeout},
     {"authorization_timeout", &session_limits::authorization_timeout},
     {"write_stall_timeout", &session_limits::write_stall_timeout},
     {"goodbye_timeout", &session_limits::goodbye_timeout}}};

constexpr std::array<named<std::size_t session_limits::*>, 5> counts{
    {{"subscriptions_max", &session_limits::subscriptions_max},
     {"registrations_max", &session_limits::registrations_max},
     {"pending_calls_max", &session_limits::pending_calls_max},
     {"testaments_max", &session_limits::testaments_max},
     {"testament_bytes_max", &session_limits::testament_bytes_max}}};

} // namespace

void read_limits(const config_item& item, listening_transport& transport, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto per_session = transport.per_session();
    for (const auto& [name, member] : durations) {
        if (const auto duration = keys.integer(name, 1, duration_max_ms))
            per_session.*member = milliseconds(*duration);
    }
    for (const auto& [name, member] : counts) {
        if (const auto count = keys.integer(name, 1, count_max))
            per_session.*member = static_cast<std::size_t>(*count);
    }
    if (const auto bytes = keys.integer("outbound_bytes_max", outbound_bytes_min, outbound_bytes_max))
        per_session.outbound_bytes_max = static_cast<std::size_t>(*bytes);
    transport.limits(per_session);

    auto per_transport = transport.per_transport();
    if (const auto count = keys.integer("connections_max", 1, count_max))
        per_transport.connections_max = static_cast<std::size_t>(*count);
    if (const auto count = keys.integer("auth_failures_per_peer_max", 0, count_max))
        per_transport.auth_failures_per_peer_max = static_cast<std::size_t>(*count);
    if (const auto count = keys.integer("auth_failures_per_authid_max", 0, count_max))
        per_transport.auth_failures_per_authid_max = static_cast<std::size_t>(*count);
    if (const auto duration = keys.integer("auth_failures_period", 1, duration_max_ms))
        per_transport.auth_failures_period = milliseconds(*duration);
    transport.limits(per_transport);
    keys.finish();
}

} // namespace junctor
