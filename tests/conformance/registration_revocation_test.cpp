// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Registration Revocation"; Crossbar.io's option force_reregister, which brings it about.
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

constexpr auto force = R"([64, 2, {"force_reregister": true}, "com.myapp.work"])";

/// Two callees of one registration, of which the second takes no revocation, and somebody else.
struct house {
    explicit house(serializer format)
        : talk(format),
          one{talk.join("one")},
          two{talk.join("two", {.features = features_without({feature::registration_revocation})})},
          other{talk.join("other")}
    {
        for (auto* const each : {&one, &two}) {
            each->says(R"([64, 1, {"invoke": "first"}, "com.myapp.work"])");
            each->hears(R"([65, 1, "$work"])");
        }
    }

    conversation talk;
    peer& one;
    peer& two;
    peer& other;
};

} // namespace

TEST_CASE("revocation: callees that lose a registration are told if they announced it", "[conformance][revocation]")
{
    house h(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    h.other.says(force);
    h.one.hears(R"([67, 0, {"registration": "$work", "reason": "$_"}])");
    h.two.hears_nothing();
    h.other.hears(R"([65, 2, "$taken"])");
    CHECK(h.talk.bound("$taken") != h.talk.bound("$work"));
    CHECK(h.talk.registration_count() == 1);

    h.one.says(R"([48, 2, {}, "com.myapp.work"])");
    h.other.hears(R"([68, 1, "$taken", {}])");
    h.two.says(R"([66, 2, "$work"])"); // it could not know
    h.two.hears_error(message_type::unregister, 2, "wamp.error.no_such_registration");
}

TEST_CASE("revocation: what a callee was invoked for before, it still answers", "[conformance][revocation]")
{
    house h(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    h.other.says(R"([48, 1, {}, "com.myapp.work"])");
    h.one.hears(R"([68, 1, "$work", {}])");
    h.other.says(force);
    h.other.hears(R"([65, 2, "$_"])");
    h.one.says(R"([70, 1, {}, ["done"]])");
    h.other.hears(R"([50, 1, {}, ["done"]])");
}

TEST_CASE("force_reregister: who holds a registration itself gets it anew", "[conformance][revocation]")
{
    house h(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    h.one.says(force);
    h.one.hears(R"([67, 0, {"registration": "$work", "reason": "$_"}])");
    h.one.hears(R"([65, 2, "$taken"])");
    CHECK(h.talk.registration_count() == 1);
}

TEST_CASE("force_reregister: what nobody holds is registered as ever", "[conformance][revocation]")
{
    house h(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    h.other.says(R"([64, 1, {"force_reregister": true}, "com.myapp.free"])");
    h.other.hears(R"([65, 1, "$free"])");
    h.one.hears_nothing();
    CHECK(h.talk.registration_count() == 2);
}

TEST_CASE("force_reregister: who may not register takes nothing from anybody", "[conformance][revocation]")
{
    house h(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& visitor = h.talk.join("visitor", guest{"nobody"});
    visitor.says(force);
    visitor.hears_error(message_type::register_, 2, "wamp.error.not_authorized");
    guest poor;
    poor.limits = scant_limits();
    auto& other = h.talk.join("poor", poor);
    other.says(R"([64, 1, {}, "com.myapp.only_one"])");
    other.hears(R"([65, 1, "$_"])");
    other.says(force);
    other.hears_error(message_type::register_, 2, "wamp.error.too_many_requests");
    h.one.hears_nothing();
    h.other.says(R"([48, 1, {}, "com.myapp.work"])");
    h.one.hears(R"([68, 1, "$work", {}])");
}

TEST_CASE("registration revocation: a callee is removed through the meta API", "[conformance][revocation]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& other = talk.join("other");
    callee.says(R"([64, 1, {}, "com.myapp.work"])");
    callee.hears(R"([65, 1, "$work"])");
    const std::string remove = R"(, {}, "wamp.registration.remove_callee", ["$work", ")";
    other.says("[48, 1" + remove + R"($other"]])");
    other.hears(R"([8, 48, 1, {}, "wamp.error.no_such_session", ["the session is no callee of the registration"]])");
    other.says("[48, 2" + remove + R"($callee"], {"reason": "moving"}])");
    other.hears("[50, 2, {}]");
    callee.hears(R"([67, 0, {"registration": "$work", "reason": "moving"}])");
    other.says("[48, 3" + remove + R"($callee"]])");
    other.hears(R"([8, 48, 3, {}, "wamp.error.no_such_registration", ["there is no such registration"]])");
    other.says(R"([48, 4, {}, "com.myapp.work"])");
    other.hears_error(message_type::call, 4, "wamp.error.no_such_procedure");
}

TEST_CASE("registration revocation: a callee that does not know it is not told, and the others stay",
          "[conformance][revocation]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    guest plain;
    plain.features = features_without({feature::registration_revocation});
    auto& silent = talk.join("silent", plain);
    auto& other = talk.join("other");
    for (auto* const each : {&silent, &other}) {
        each->says(R"([64, 1, {"invoke": "first"}, "com.myapp.work"])");
        each->hears(R"([65, 1, "$work"])");
    }
    other.says(R"([48, 2, {}, "wamp.registration.remove_callee", ["$work", "$silent"]])");
    other.hears("[50, 2, {}]");
    silent.hears_nothing();
    other.says(R"([48, 3, {}, "com.myapp.work"])");
    other.hears(R"([68, 1, "$work", {}])");
}

// On the core only: the session is that of an embedding program.
TEST_CASE("force_reregister: what the program of the router offers is not taken over",
          "[conformance][revocation][core]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    recorder outlet(serializer::json);
    session program(talk.realm().new_session_id(), {"program", "anyone", "local", "local", {}}, features_without({}),
                    outlet);
    talk.realm().join(program, session_listing::unlisted);
    register_ offered;
    offered.request = request_id(1);
    offered.procedure = "com.myapp.now";
    talk.realm().receive(program, offered, talk.now());

    auto& eve = talk.join("eve");
    eve.says(R"([64, 1, {"force_reregister": true}, "com.myapp.now"])");
    eve.hears_error(message_type::register_, 1, "wamp.error.procedure_already_exists");
    eve.says(R"([48, 2, {}, "wamp.registration.remove_callee", [1, )" + std::to_string(program.id().number()) + "]]");
    eve.hears_error(message_type::call, 2, "wamp.error.no_such_session");
    CHECK(talk.registration_count() == 1);
    talk.realm().leave(program);
}
