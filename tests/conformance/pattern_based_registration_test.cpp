// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Pattern-based Registrations".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("pattern registration: the spec's seven registrations and seven calls", "[conformance][patterns]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    const struct {
        const char* match;
        const char* uri;
    } registrations[] = {
        {"exact", "a1.b2.c3.d4.e55"},     {"prefix", "a1.b2.c3"},        {"prefix", "a1.b2.c3.d4"},
        {"wildcard", "a1.b2..d4.e5"},     {"wildcard", "a1.b2.c33..e5"}, {"wildcard", "a1.b2..d4.e5..g7"},
        {"wildcard", "a1.b2..d4..f6.g7"},
    };
    int number = 0;
    for (const auto& each : registrations) {
        const auto n = std::to_string(++number);
        callee.says("[64, " + n + ", {\"match\": \"" + each.match + "\"}, \"" + each.uri + "\"]");
        callee.hears("[65, " + n + ", \"$rpc" + n + "\"]");
    }
    const struct {
        const char* called;
        int used;
    } calls[] = {
        {"a1.b2.c3.d4.e55", 1}, {"a1.b2.c3.d98.e74", 2}, {"a1.b2.c3.d4.e325", 3},
        {"a1.b2.c55.d4.e5", 4}, {"a1.b2.c33.d4.e5", 5},  {"a1.b2.c88.d4.e5.f6.g7", 6},
    };
    number = 0;
    for (const auto& each : calls) {
        const auto n = std::to_string(++number);
        CAPTURE(each.called);
        caller.says("[48, " + n + ", {}, \"" + each.called + "\"]");
        const auto details = each.used == 1 ? "{}" : std::string("{\"procedure\": \"") + each.called + "\"}";
        callee.hears("[68, " + n + ", \"$rpc" + std::to_string(each.used) + "\", " + details + "]");
    }
    caller.says(R"([48, 7, {}, "a2.b2.c2.d2.e2"])");
    caller.hears_error(message_type::call, 7, "wamp.error.no_such_procedure");
}

TEST_CASE("pattern registration: a prefix compares characters", "[conformance][patterns]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {"match": "prefix"}, "com.myapp.myobject1"])");
    alice.hears(R"([65, 1, "$object"])");
    int number = 0;
    for (const std::string uri : {"com.myapp.myobject1.myprocedure1", "com.myapp.myobject1-mysubobject1",
                                  "com.myapp.myobject1.mysubobject1.myprocedure1", "com.myapp.myobject1"}) {
        const auto n = std::to_string(++number);
        alice.says("[48, " + n + ", {}, \"" + uri + "\"]");
        alice.hears("[68, " + n + ", \"$object\", {\"procedure\": \"" + uri + "\"}]");
    }
    for (const std::string uri : {"com.myapp.myobject2", "com.myapp.myobject"}) {
        alice.says("[48, 99, {}, \"" + uri + "\"]");
        alice.hears_error(message_type::call, 99, "wamp.error.no_such_procedure");
    }
}

TEST_CASE("pattern registration: a wildcard stands for one whole component", "[conformance][patterns]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {"match": "wildcard"}, "com.myapp..myprocedure1"])");
    alice.hears(R"([65, 1, "$any"])");
    alice.says(R"([48, 1, {}, "com.myapp.myobject1.myprocedure1"])");
    alice.hears(R"([68, 1, "$any", {"procedure": "com.myapp.myobject1.myprocedure1"}])");
    for (const std::string uri :
         {"com.myapp.myobject1.myprocedure1.mysubprocedure1", "com.myapp.myobject1.myprocedure2",
          "com.myapp2.myobject1.myprocedure1", "com.myapp.myprocedure1"}) {
        alice.says("[48, 99, {}, \"" + uri + "\"]");
        alice.hears_error(message_type::call, 99, "wamp.error.no_such_procedure");
    }
}

TEST_CASE("pattern registration: one URI under three policies is three registrations", "[conformance][patterns]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {"match": "exact"}, "com.myapp.x"])");
    alice.hears(R"([65, 1, "$exact"])");
    alice.says(R"([64, 2, {"match": "prefix"}, "com.myapp.x"])");
    alice.hears(R"([65, 2, "$prefix"])");
    alice.says(R"([64, 3, {"match": "wildcard"}, "com.myapp.x"])");
    alice.hears(R"([65, 3, "$wildcard"])");
    CHECK(talk.registration_count() == 3);
    alice.says(R"([48, 4, {}, "com.myapp.x"])");
    alice.hears(R"([68, 1, "$exact", {}])");
    alice.says(R"([66, 5, "$exact"])");
    alice.hears(R"([67, 5])");
    alice.says(R"([48, 6, {}, "com.myapp.x"])");
    alice.hears(R"([68, 2, "$prefix", {"procedure": "com.myapp.x"}])");
    alice.says(R"([66, 7, "$prefix"])");
    alice.hears(R"([67, 7])");
    alice.says(R"([48, 8, {}, "com.myapp.x"])");
    alice.hears(R"([68, 3, "$wildcard", {"procedure": "com.myapp.x"}])");
}
