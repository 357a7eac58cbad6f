// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

config_result load_limits(std::string_view keys)
{
    return config_loader().load_transport(
        R"({"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}, "limits": )" + std::string(keys) + "}");
}

/// One limit: its key, the range that it has, and where it goes.
struct bound {
    std::string_view key;
    std::string_view least;
    std::string_view most;
    std::int64_t (*read)(const listening_transport&);
};

constexpr bound bounds[] = {
    {"join_timeout", "1", "86400000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().join_timeout.count()); }},
    {"challenge_timeout", "1", "86400000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().challenge_timeout.count()); }},
    {"authorization_timeout", "1", "86400000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().authorization_timeout.count()); }},
    {"write_stall_timeout", "1", "86400000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().write_stall_timeout.count()); }},
    {"goodbye_timeout", "1", "86400000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().goodbye_timeout.count()); }},
    {"outbound_bytes_max", "65536", "1099511627776",
     [](const listening_transport& t) { return std::int64_t(t.per_session().outbound_bytes_max); }},
    {"subscriptions_max", "1", "1000000000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().subscriptions_max); }},
    {"registrations_max", "1", "1000000000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().registrations_max); }},
    {"pending_calls_max", "1", "1000000000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().pending_calls_max); }},
    {"testaments_max", "1", "1000000000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().testaments_max); }},
    {"testament_bytes_max", "1", "1000000000",
     [](const listening_transport& t) { return std::int64_t(t.per_session().testament_bytes_max); }},
    {"connections_max", "1", "1000000000",
     [](const listening_transport& t) { return std::int64_t(t.per_transport().connections_max); }},
};

} // namespace

TEST_CASE("config: every limit has its key and its range", "[config][limits]")
{
    for (const auto& [key, least, most, read] : bounds) {
        INFO(key);
        const auto path = fmt::format("workers[0].transports[0].limits.{}", key);
        const auto range = fmt::format("must be from {} to {}", least, most);
        for (const auto value : {least, most}) {
            const auto result = load_limits(fmt::format("{{\"{}\": {}}}", key, value));
            CHECK(std::to_string(read(only_transport(result))) == value);
        }
        check_wrong(load_limits(fmt::format("{{\"{}\": 0}}", key)), {key, path, range});
        check_wrong(load_limits(fmt::format("{{\"{}\": {}0}}", key, most)), {key, path, range});
        check_wrong(load_limits(fmt::format("{{\"{}\": \"1\"}}", key)),
                    {key, path, "must be an integer, not a string"});
    }
}

TEST_CASE("config: limits that are not given keep their defaults", "[config][limits]")
{
    const auto result = load_limits("{}");
    const auto& transport = only_transport(result);
    const session_limits defaults;
    CHECK(transport.per_session().join_timeout == defaults.join_timeout);
    CHECK(transport.per_session().outbound_bytes_max == defaults.outbound_bytes_max);
    CHECK(transport.per_session().pending_calls_max == defaults.pending_calls_max);
    CHECK(transport.per_transport().connections_max == transport_limits().connections_max);
}

TEST_CASE("config: a limit that does not exist", "[config][limits]")
{
    check_wrong(load_limits(R"({"join_timout": 1})"),
                {"", "workers[0].transports[0].limits.join_timout", "unknown key", "did you mean 'join_timeout'?"});
    check_wrong(load_limits("[]"), {"", "workers[0].transports[0].limits", "must be a dict, not a list"});
}

TEST_CASE("config: failed attempts to join may be without limit", "[config][limits]")
{
    const auto result = load_limits(
        R"({"auth_failures_per_peer_max": 0, "auth_failures_per_authid_max": 0, "auth_failures_period": 1})");
    const auto& limits = only_transport(result).per_transport();
    CHECK(limits.auth_failures_per_peer_max == 0);
    CHECK(limits.auth_failures_per_authid_max == 0);
    CHECK(limits.auth_failures_period == std::chrono::milliseconds(1));
    check_wrong(load_limits(R"({"auth_failures_period": 0})"),
                {"0", "workers[0].transports[0].limits.auth_failures_period", "must be from 1 to 86400000"});
    check_wrong(load_limits(R"({"auth_failures_per_peer_max": -1})"),
                {"-1", "workers[0].transports[0].limits.auth_failures_per_peer_max", "must be from 0 to 1000000000"});
}
