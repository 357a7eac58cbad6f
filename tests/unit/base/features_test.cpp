// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/features.hpp>

#include <set>

#include "support/catch.hpp"

using junctor::feature;
using junctor::role_features;
using junctor::session_role;

TEST_CASE("session_role: names and roles are one to one", "[base][features]")
{
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < junctor::session_role_count; ++i) {
        const auto role = static_cast<session_role>(i);
        const auto name = junctor::to_string(role);
        CHECK(names.insert(name).second);
        CHECK(junctor::parse_session_role(name) == role);
    }
    CHECK(junctor::to_string(session_role::callee) == "callee");
    CHECK_FALSE(junctor::parse_session_role("router").has_value());
    CHECK_FALSE(junctor::parse_session_role("").has_value());
}

TEST_CASE("feature: keys and features are one to one", "[base][features]")
{
    std::set<std::string_view> names;
    for (std::size_t i = 0; i < junctor::feature_count; ++i) {
        const auto f = static_cast<feature>(i);
        const auto name = junctor::to_string(f);
        CAPTURE(i);
        CHECK_FALSE(name.empty());
        CHECK(names.insert(name).second);
        CHECK(junctor::parse_feature(name) == f);
    }
    CHECK(junctor::to_string(feature::payload_passthru_mode) == "payload_passthru_mode");
    CHECK_FALSE(junctor::parse_feature("telepathy").has_value());
}

TEST_CASE("feature: spellings that clients in use send are understood", "[base][features]")
{
    CHECK(junctor::parse_feature("call_cancelling") == feature::call_canceling);
    CHECK(junctor::parse_feature("progressive_calls") == feature::progressive_call_invocations);
    CHECK(junctor::parse_feature("shareded_subscriptions") == feature::sharded_subscription);
    CHECK(junctor::parse_feature("payload_transparency") == feature::payload_passthru_mode);
}

TEST_CASE("role_features: a feature belongs to the role that announced it", "[base][features]")
{
    role_features announced;
    CHECK(announced.empty());

    announced.add(session_role::subscriber);
    announced.add(session_role::callee, feature::call_canceling);
    CHECK_FALSE(announced.empty());
    CHECK(announced.has(session_role::subscriber));
    CHECK(announced.has(session_role::callee));
    CHECK_FALSE(announced.has(session_role::caller));
    CHECK(announced.has(session_role::callee, feature::call_canceling));
    CHECK_FALSE(announced.has(session_role::caller, feature::call_canceling));
    CHECK_FALSE(announced.has(session_role::callee, feature::call_timeout));
}

TEST_CASE("role_features: no two pairs of role and feature share a bit", "[base][features]")
{
    for (std::size_t role = 0; role < junctor::session_role_count; ++role) {
        for (std::size_t f = 0; f < junctor::feature_count; ++f) {
            role_features announced;
            announced.add(static_cast<session_role>(role), static_cast<feature>(f));
            std::size_t found = 0;
            for (std::size_t r = 0; r < junctor::session_role_count; ++r) {
                for (std::size_t g = 0; g < junctor::feature_count; ++g)
                    found += announced.has(static_cast<session_role>(r), static_cast<feature>(g)) ? 1 : 0;
            }
            REQUIRE(found == 1);
        }
    }
}
