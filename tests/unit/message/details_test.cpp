// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/details.hpp>

#include <string>
#include <string_view>

#include <fmt/format.h>

#include <junctor/base/limits.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

decoded<hello_details> read(std::string_view json, serializer format = serializer::json)
{
    byte_buffer bytes;
    REQUIRE(transcode({serializer::json, as_bytes(json)}, format, bytes) == errc{});
    return read_hello_details(encoded_dict{{format, bytes.view()}});
}

} // namespace

TEST_CASE("details: roles and features of HELLO", "[message]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto details = read(R"({"agent": "x-1", "authid": "ann", "authmethods": ["ticket", "anonymous"],
        "authextra": {"pubkey": "ab", "channel_binding": null}, "roles": {
            "caller": {"features": {"call_canceling": true, "call_timeout": false, "unheard_of": true, "progressive_call_results": 1}},
            "callee": {}, "spectator": {"features": {"call_canceling": true}}}})",
                              format);
    REQUIRE(details.has_value());
    CHECK(details->agent == "x-1");
    CHECK(details->authid == "ann");
    CHECK(details->authmethods == std::vector<std::string>{"ticket", "anonymous"});
    CHECK(details->authextra == dict{{"pubkey", "ab"}, {"channel_binding", value()}});
    CHECK(details->roles.has(session_role::caller));
    CHECK(details->roles.has(session_role::callee));
    CHECK_FALSE(details->roles.has(session_role::publisher));
    CHECK(details->roles.has(session_role::caller, feature::call_canceling));
    CHECK_FALSE(details->roles.has(session_role::caller, feature::call_timeout));
    CHECK_FALSE(details->roles.has(session_role::caller, feature::progressive_call_results));
}

TEST_CASE("details: what clients in use send instead of a dict of features announces none", "[message]")
{
    CHECK(read(R"({"roles": {"publisher": {"features": ["x"]}}})")->roles.has(session_role::publisher));
    CHECK(read(R"({"roles": {"publisher": null}})")->roles.has(session_role::publisher));
    CHECK(read(R"({})")->roles.empty());
}

TEST_CASE("details: a known key of the wrong type is told by its name", "[message]")
{
    for (const std::string_view json : {R"({"roles": []})", R"({"authmethods": "ticket"})", R"({"authmethods": [1]})",
                                        R"({"authid": 5})", R"({"authextra": []})"}) {
        const auto details = read(json);
        INFO(json);
        REQUIRE(details.has_error());
        CHECK(details.error().code == errc::invalid_argument);
        CHECK(json.find(details.error().field) != std::string_view::npos);
        CHECK_FALSE(details.error().field.empty());
    }
}

TEST_CASE("details: more entries than anybody needs are refused", "[message]")
{
    std::string methods;
    for (std::size_t i = 0; i <= limits::hello_entries_max; ++i)
        methods += fmt::format("{}\"m{}\"", i == 0 ? "" : ",", i);
    const auto many = read(fmt::format(R"({{"authmethods": [{}]}})", methods));
    REQUIRE(many.has_error());
    CHECK(many.error().code == errc::too_many_requests);

    const auto large =
        read(fmt::format(R"({{"authextra": {{"a": "{}"}}}})", std::string(limits::authextra_bytes_max, 'a')));
    REQUIRE(large.has_error());
    CHECK(large.error().code == errc::too_many_requests);
}
