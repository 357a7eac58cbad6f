// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Authorization".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("authorization: what is not allowed is denied", "[conformance][authorization]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    talk.role("guest").allow(action::subscribe, prefix("com.myapp.news."));
    const std::string role = GENERATE(as<std::string>(), "guest", "a_role_that_does_not_exist");
    auto& staff = talk.join("staff");
    auto& alice = talk.join("alice", {.authrole = role});
    staff.says(R"([64, 1, {}, "com.myapp.news.read"])");
    staff.hears(R"([65, 1, "$read"])");

    const auto denied = "wamp.error.not_authorized";
    alice.says(R"([48, 1, {}, "com.myapp.news.read"])");
    alice.hears_error(message_type::call, 1, denied);
    alice.says(R"([64, 2, {}, "com.myapp.news.read"])");
    alice.hears_error(message_type::register_, 2, denied);
    alice.says(R"([32, 3, {}, "com.myapp.private"])");
    alice.hears_error(message_type::subscribe, 3, denied);
    alice.says(R"([16, 4, {"acknowledge": true}, "com.myapp.news.today"])");
    alice.hears_error(message_type::publish, 4, denied);
    alice.says(R"([16, 5, {}, "com.myapp.news.today"])");
    alice.hears_nothing();
    alice.says(R"([32, 6, {}, "com.myapp.news.today"])");
    if (role == "guest")
        alice.hears(R"([33, 6, "$_"])");
    else
        alice.hears_error(message_type::subscribe, 6, denied);
    staff.hears_nothing();
}

TEST_CASE("authorization: who may not register does not learn what is registered", "[conformance][authorization]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& staff = talk.join("staff");
    auto& guest = talk.join("guest", {.authrole = "guest"});
    staff.says(R"([64, 1, {}, "com.myapp.secret"])");
    staff.hears(R"([65, 1, "$_"])");
    for (const std::string uri : {"com.myapp.secret", "com.myapp.nothing"}) {
        guest.says("[64, 1, {}, \"" + uri + "\"]");
        guest.hears(R"([8, 64, 1, {}, "wamp.error.not_authorized"])");
        guest.says("[48, 2, {}, \"" + uri + "\"]");
        guest.hears(R"([8, 48, 2, {}, "wamp.error.not_authorized"])");
    }
}

TEST_CASE("authorization: a pattern must be allowed as a whole", "[conformance][authorization]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    talk.role("guest")
        .allow(action::subscribe, prefix("com.myapp.news."))
        .deny(action::any, exact("com.myapp.news.draft"));
    auto& alice = talk.join("alice", {.authrole = "guest"});
    const struct {
        const char* match;
        const char* uri;
        bool allowed;
    } cases[] = {
        {"prefix", "com.myapp.news.sports", true},
        {"prefix", "com.myapp.news.", false},
        {"prefix", "com.myapp.", false},
        {"prefix", "", false},
        {"wildcard", "com.myapp.news..goal", true},
        {"wildcard", "com.myapp.news.", false},
        {"wildcard", "com.myapp..sports", false},
    };
    std::uint64_t request = 0;
    for (const auto& each : cases) {
        CAPTURE(each.match, each.uri);
        const auto n = std::to_string(++request);
        alice.says("[32, " + n + ", {\"match\": \"" + each.match + "\"}, \"" + each.uri + "\"]");
        if (each.allowed)
            alice.hears("[33, " + n + ", \"$_\"]");
        else
            alice.hears_error(message_type::subscribe, request, "wamp.error.not_authorized");
    }
}
