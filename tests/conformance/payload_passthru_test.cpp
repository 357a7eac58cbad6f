// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Payload Passthru Mode".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

constexpr auto attributes =
    R"({"ppt_scheme": "x_my_ppt", "ppt_serializer": "cbor", "ppt_cipher": "c", "ppt_keyid": "k"})";

guest plain()
{
    return {.features = features_without({feature::payload_passthru_mode})};
}

} // namespace

TEST_CASE("passthru: the attributes travel with calls, results, errors and events", "[conformance][passthru]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    const std::string ppt = attributes;
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says("[48, 1, " + ppt + R"(, "com.myapp.echo", ["\u0000AAEC"]])");
    callee.hears("[68, 1, \"$echo\", " + ppt + R"(, ["\u0000AAEC"]])");
    callee.says("[70, 1, " + ppt + R"(, ["\u0000AAEC"]])");
    caller.hears("[50, 1, " + ppt + R"(, ["\u0000AAEC"]])");
    caller.says(R"([48, 2, {}, "com.myapp.echo"])");
    callee.hears(R"([68, 2, "$echo", {}])");
    callee.says("[8, 68, 2, " + ppt + R"(, "com.myapp.error.x", ["\u0000AAEC"]])");
    caller.hears("[8, 48, 2, " + ppt + R"(, "com.myapp.error.x", ["\u0000AAEC"]])");
    caller.says(R"([32, 3, {}, "com.myapp.topic"])");
    caller.hears(R"([33, 3, "$topic"])");
    callee.says("[16, 2, " + ppt + R"(, "com.myapp.topic", ["\u0000AAEC"]])");
    caller.hears("[36, \"$topic\", \"$_\", " + ppt + R"(, ["\u0000AAEC"]])");
}

TEST_CASE("passthru: who did not announce it may not use it", "[conformance][passthru]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const std::string wrong =
        GENERATE(as<std::string>(), R"([48, 2, {"ppt_scheme": "mqtt"}, "com.myapp.echo"])",
                 R"([16, 2, {"ppt_scheme": "mqtt"}, "com.myapp.topic"])", R"([70, 1, {"ppt_scheme": "mqtt"}])",
                 R"([8, 68, 1, {"ppt_scheme": "mqtt"}, "com.myapp.error.x"])");
    auto& alice = talk.join("alice", plain());
    auto& bob = talk.join("bob");
    alice.says(R"([64, 1, {}, "com.myapp.echo"])");
    alice.hears(R"([65, 1, "$echo"])");
    bob.says(R"([48, 1, {}, "com.myapp.echo"])");
    alice.hears(R"([68, 1, "$echo", {}])");
    alice.says(wrong);
    alice.is_aborted();
}

TEST_CASE("passthru: a receiver that did not announce it is spared it", "[conformance][passthru]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& able = talk.join("able");
    auto& unable = talk.join("unable", plain());

    unable.says(R"([64, 1, {}, "com.myapp.unable"])");
    unable.hears(R"([65, 1, "$_"])");
    able.says(R"([48, 1, {"ppt_scheme": "mqtt"}, "com.myapp.unable"])");
    able.hears_error(message_type::call, 1, "wamp.error.feature_not_supported");

    unable.says(R"([32, 2, {}, "com.myapp.topic"])");
    unable.hears(R"([33, 2, "$topic"])");
    able.says(R"([16, 2, {"ppt_scheme": "mqtt"}, "com.myapp.topic"])");
    unable.hears_nothing();

    able.says(R"([64, 3, {}, "com.myapp.able"])");
    able.hears(R"([65, 3, "$procedure"])");
    for (const std::string answer :
         {R"([70, 1, {"ppt_scheme": "mqtt"}])", R"([8, 68, 2, {"ppt_scheme": "mqtt"}, "com.x"])"}) {
        unable.says(R"([48, 9, {}, "com.myapp.able"])");
        able.hears(R"([68, "$_", "$procedure", {}])");
        able.says(answer);
        unable.hears_error(message_type::call, 9, "wamp.error.feature_not_supported");
    }
    talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}
