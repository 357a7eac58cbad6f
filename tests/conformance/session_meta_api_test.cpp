// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Session Meta API".
#include <chrono>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

serializer any_format()
{
    return GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
}

guest in_role(std::string authrole)
{
    guest who;
    who.authrole = std::move(authrole);
    return who;
}

/// Two roles that may do everything, and somebody who asks.
struct house {
    explicit house(serializer format = any_format(), realm_options options = {}) : talk(format, std::move(options))
    {
        talk.role("staff").allow(action::any, prefix(""));
    }

    conversation talk;
    peer& alice{talk.join("alice")};
};

std::string details_of(const std::string& name, const std::string& role)
{
    return R"({"session": "$)" + name + R"(", "authid": ")" + name + R"(", "authrole": ")" + role +
           R"(", "authmethod": "ticket", "authprovider": "static", "transport": "$_"})";
}

} // namespace

TEST_CASE("session meta API: who joins is told of after WELCOME, who leaves at the end", "[conformance][meta][session]")
{
    house h;
    h.alice.says(R"([32, 1, {}, "wamp.session.on_join"])");
    h.alice.hears(R"([33, 1, "$joins"])");
    h.alice.says(R"([32, 2, {}, "wamp.session.on_leave"])");
    h.alice.hears(R"([33, 2, "$leaves"])");

    auto& bob = h.talk.join("bob", in_role("staff"));
    h.alice.hears(R"([36, "$joins", "$_", {}, [)" + details_of("bob", "staff") + "]]");
    bob.hears_nothing();

    SECTION("by GOODBYE")
    {
        bob.says(R"([6, {}, "wamp.close.normal"])");
        bob.hears(R"([6, {}, "wamp.close.goodbye_and_out"])");
        bob.vanishes();
    }
    SECTION("by the end of the connection")
    {
        bob.vanishes();
    }
    h.alice.hears(R"([36, "$leaves", "$_", {}, ["$bob", "bob", "staff"]])");
    h.alice.hears_nothing();
}

TEST_CASE("session meta API: the sessions can be counted and listed, by role", "[conformance][meta][session]")
{
    house h;
    h.talk.join("bob", in_role("staff"));
    h.alice.says(R"([48, 1, {}, "wamp.session.count"])");
    h.alice.hears("[50, 1, {}, [2]]");
    h.alice.says(R"([48, 2, {}, "wamp.session.count", [["staff", "guest"]]])");
    h.alice.hears("[50, 2, {}, [1]]");
    h.alice.says(R"([48, 3, {}, "wamp.session.count", [[]]])");
    h.alice.hears("[50, 3, {}, [0]]");
    h.alice.says(R"([48, 4, {}, "wamp.session.list", [["anyone"]]])");
    h.alice.hears(R"([50, 4, {}, [["$alice"]]])");
    h.alice.says(R"([48, 5, {}, "wamp.session.list", [null]])");
    h.alice.hears(R"([50, 5, {}, [["$_", "$_"]]])");

    for (const std::string wrong : {R"([["staff", 1]])", R"(["staff"])"}) {
        h.alice.says(R"([48, 6, {}, "wamp.session.list", )" + wrong + "]");
        h.alice.hears(R"([8, 48, 6, {}, "wamp.error.invalid_argument", ["$_"]])");
        h.alice.says(R"([48, 7, {}, "wamp.session.count", )" + wrong + "]");
        h.alice.hears(R"([8, 48, 7, {}, "wamp.error.invalid_argument", ["$_"]])");
    }
}

TEST_CASE("session meta API: details of a session", "[conformance][meta][session]")
{
    house h;
    auto& bob = h.talk.join("bob", in_role("staff"));
    h.alice.says(R"([48, 1, {}, "wamp.session.get", ["$bob"]])");
    h.alice.hears("[50, 1, {}, [" + details_of("bob", "staff") + "]]");
    h.alice.says(R"([48, 2, {}, "wamp.session.get", ["$alice"]])");
    h.alice.hears("[50, 2, {}, [" + details_of("alice", "anyone") + "]]");

    bob.vanishes();
    h.alice.says(R"([48, 3, {}, "wamp.session.get", ["$bob"]])");
    h.alice.hears_error(message_type::call, 3, "wamp.error.no_such_session");
    for (const std::string wrong : {"[]", "[0]", "[-1]", R"(["bob"])", "[1.5]", "[9007199254740993]", "[null]"}) {
        h.alice.says(R"([48, 4, {}, "wamp.session.get", )" + wrong + "]");
        h.alice.hears(R"([8, 48, 4, {}, "wamp.error.invalid_argument", ["argument 1: an identifier is expected"]])");
    }
}

TEST_CASE("session meta API: a killed session is told why, and is gone for the others", "[conformance][meta][session]")
{
    house h;
    auto& bob = h.talk.join("bob");
    bob.says(R"([64, 1, {}, "com.myapp.work"])");
    bob.hears(R"([65, 1, "$work"])");
    auto& watcher = h.talk.join("watcher");
    watcher.says(R"([32, 1, {}, "wamp.session.on_leave"])");
    watcher.hears(R"([33, 1, "$leaves"])");

    SECTION("without a reason")
    {
        h.alice.says(R"([48, 2, {}, "wamp.session.kill", ["$bob"]])");
        bob.hears(R"([6, {}, "wamp.close.killed"])");
    }
    SECTION("with a reason and a message")
    {
        h.alice.says(
            R"([48, 2, {}, "wamp.session.kill", ["$bob"], {"reason": "com.myapp.fired", "message": "go home"}])");
        bob.hears(R"([6, {"message": "go home"}, "com.myapp.fired"])");
    }
    h.alice.hears("[50, 2, {}]");
    h.alice.says(R"([48, 3, {}, "wamp.session.count"])"); // even before whoever reads for it takes it out
    h.alice.hears("[50, 3, {}, [2]]");
    h.alice.says(R"([48, 4, {}, "wamp.session.kill", ["$bob"]])");
    h.alice.hears_error(message_type::call, 4, "wamp.error.no_such_session");

    bob.vanishes();
    bob.has_left(close_reason::killed);
    watcher.hears(R"([36, "$leaves", "$_", {}, ["$bob", "bob", "anyone"]])");
    h.alice.says(R"([48, 5, {}, "com.myapp.work"])");
    h.alice.hears_error(message_type::call, 5, "wamp.error.no_such_procedure");
}

TEST_CASE("session meta API: what cannot be killed", "[conformance][meta][session]")
{
    house h;
    auto& bob = h.talk.join("bob");
    h.alice.says(R"([48, 1, {}, "wamp.session.kill", ["$alice"]])");
    h.alice.hears(R"([8, 48, 1, {}, "wamp.error.no_such_session", ["the caller cannot end its own session"]])");
    h.alice.says(R"([48, 2, {}, "wamp.session.kill", [12345]])");
    h.alice.hears_error(message_type::call, 2, "wamp.error.no_such_session");
    for (const std::string procedure :
         {"kill\", [\"$bob\"]", "kill_by_authid\", [\"bob\"]", "kill_by_authrole\", [\"anyone\"]", "kill_all\", []"}) {
        h.alice.says("[48, 3, {}, \"wamp.session." + procedure + R"(, {"reason": "not a uri"}])");
        h.alice.hears(R"([8, 48, 3, {}, "wamp.error.invalid_uri", ["$_"]])");
        h.alice.says("[48, 4, {}, \"wamp.session." + procedure + R"(, {"reason": ""}])");
        h.alice.hears(R"([8, 48, 4, {}, "wamp.error.invalid_uri", ["$_"]])");
        h.alice.says("[48, 5, {}, \"wamp.session." + procedure + R"(, {"message": 5}])");
        h.alice.hears(R"([8, 48, 5, {}, "wamp.error.invalid_argument", ["argument message: a string is expected"]])");
    }
    bob.hears_nothing();
    CHECK(bob.is_open());
}

TEST_CASE("session meta API: sessions are killed by authid or authrole, but for the caller",
          "[conformance][meta][session]")
{
    house h;
    auto& bob = h.talk.join("bob", in_role("staff"));
    auto& carol = h.talk.join("carol");
    h.alice.says(R"([48, 1, {}, "wamp.session.kill_by_authid", ["alice"]])");
    h.alice.hears("[50, 1, {}, [[]]]");
    h.alice.says(R"([48, 2, {}, "wamp.session.kill_by_authid", ["bob"], {"message": "you"}])");
    h.alice.hears(R"([50, 2, {}, [["$bob"]]])");
    bob.hears(R"([6, {"message": "you"}, "wamp.close.killed"])");
    h.alice.says(R"([48, 3, {}, "wamp.session.kill_by_authrole", ["anyone"]])");
    h.alice.hears("[50, 3, {}, [1]]");
    carol.hears(R"([6, {}, "wamp.close.killed"])");
    h.alice.says(R"([48, 4, {}, "wamp.session.kill_by_authrole", []])");
    h.alice.hears(R"([8, 48, 4, {}, "wamp.error.invalid_argument", ["argument 1: a string is expected"]])");
    h.alice.says(R"([48, 5, {}, "wamp.session.count"])");
    h.alice.hears("[50, 5, {}, [1]]");
}

TEST_CASE("session meta API: all are killed, but for the caller, and leave without an event",
          "[conformance][meta][session]")
{
    house h;
    auto& bob = h.talk.join("bob");
    auto& carol = h.talk.join("carol");
    bob.says(R"([48, 1, {}, "wamp.session.add_testament", ["com.myapp.gone", [], {}]])");
    bob.hears("[50, 1, {}]");
    h.alice.says(R"([32, 1, {}, "wamp.session.on_leave"])");
    h.alice.hears(R"([33, 1, "$_"])");
    h.alice.says(R"([32, 2, {}, "com.myapp.gone"])");
    h.alice.hears(R"([33, 2, "$_"])");
    h.alice.says(R"([48, 3, {}, "wamp.session.kill_all", [], {"reason": "com.myapp.closing"}])");
    h.alice.hears("[50, 3, {}, [2]]");
    bob.hears(R"([6, {}, "com.myapp.closing"])");
    carol.hears(R"([6, {}, "com.myapp.closing"])");
    bob.vanishes();
    carol.vanishes();
    h.alice.hears_nothing();
}

// On the core only: the session is that of an embedding program.
TEST_CASE("session meta API: an unlisted session is nobody's business", "[conformance][meta][session][core]")
{
    house h(serializer::json);
    h.alice.says(R"([32, 1, {}, "wamp.session.on_join"])");
    h.alice.hears(R"([33, 1, "$_"])");
    recorder outlet(serializer::json);
    session program(h.talk.realm().new_session_id(), {"program", "staff", "local", "local", {}}, features_without({}),
                    outlet);
    h.talk.realm().join(program, session_listing::unlisted);
    h.alice.hears_nothing();
    h.alice.says(R"([48, 2, {}, "wamp.session.count"])");
    h.alice.hears("[50, 2, {}, [1]]");
    h.alice.says("[48, 3, {}, \"wamp.session.get\", [" + std::to_string(program.id().number()) + "]]");
    h.alice.hears_error(message_type::call, 3, "wamp.error.no_such_session");
    h.alice.says(R"([48, 4, {}, "wamp.session.kill_all"])");
    h.alice.hears("[50, 4, {}, [0]]");
    CHECK(program.open());
    h.talk.realm().leave(program);
    h.alice.hears_nothing();
}

TEST_CASE("meta API: its procedures and topics need permission", "[conformance][meta]")
{
    house h;
    auto& guests = h.talk.role("guest");
    guests.allow(action::any, prefix("com."));
    auto& eve = h.talk.join("eve", in_role("guest"));
    eve.says(R"([48, 1, {}, "wamp.session.count"])");
    eve.hears_error(message_type::call, 1, "wamp.error.not_authorized");
    eve.says(R"([32, 2, {}, "wamp.session.on_join"])");
    eve.hears_error(message_type::subscribe, 2, "wamp.error.not_authorized");
    guests.allow(action::call, exact("wamp.session.count"));
    eve.says(R"([48, 3, {}, "wamp.session.count"])");
    eve.hears("[50, 3, {}, [2]]");
}

TEST_CASE("meta API: switched off, there is none", "[conformance][meta]")
{
    realm_options options;
    options.enable_meta_api = false;
    house h(any_format(), options);
    for (const std::string uri : {"wamp.session.count", "wamp.registration.list", "wamp.subscription.list",
                                  "wamp.session.add_testament", "junctor.registration.explain"}) {
        h.alice.says("[48, 1, {}, \"" + uri + "\", [\"com.x\"]]");
        h.alice.hears_error(message_type::call, 1, "wamp.error.no_such_procedure");
    }
    h.alice.says(R"([32, 2, {}, "wamp.session.on_join"])");
    h.alice.hears(R"([33, 2, "$_"])");
    h.talk.join("bob");
    h.alice.hears_nothing();
}

TEST_CASE("meta API: nobody else may register its procedures or publish its events", "[conformance][meta]")
{
    house h;
    h.alice.says(R"([64, 1, {}, "wamp.session.count"])");
    h.alice.hears(R"([8, 64, 1, {}, "wamp.error.invalid_uri", ["$_"]])");
    h.alice.says(R"([64, 2, {}, "junctor.registration.explain"])");
    h.alice.hears(R"([8, 64, 2, {}, "wamp.error.procedure_already_exists", ["$_"]])");
    h.alice.says(R"([16, 3, {"acknowledge": true}, "wamp.session.on_leave", [1]])");
    h.alice.hears(R"([8, 16, 3, {}, "wamp.error.invalid_uri", ["$_"]])");

    h.alice.says(R"([64, 4, {"match": "prefix"}, ""])"); // covers everything, but not what the router answers
    h.alice.hears(R"([65, 4, "$_"])");
    h.alice.says(R"([48, 5, {}, "wamp.session.count"])");
    h.alice.hears("[50, 5, {}, [1]]");
    h.alice.says(R"([48, 6, {}, "junctor.registration.explain", ["com.myapp.x"]])");
    h.alice.hears(R"([50, 6, {}, ["$_"]])");
    h.alice.says(R"([48, 7, {}, "wamp.session.nonsense"])");
    h.alice.hears_error(message_type::call, 7, "wamp.error.no_such_procedure");
}

TEST_CASE("meta API: who subscribes to everything gets no events of the router, unless a rule says so",
          "[conformance][meta]")
{
    house h;
    const auto [pattern, match] = GENERATE(table<std::string, std::string>(
        {{"", "prefix"}, {"wam", "prefix"}, {"..on_join", "wildcard"}, {".session.", "wildcard"}}));
    h.alice.says(R"([32, 1, {"match": ")" + match + R"("}, ")" + pattern + "\"]");
    h.alice.hears(R"([33, 1, "$all"])");
    h.talk.join("bob");
    h.alice.hears_nothing();

    h.talk.role("anyone").allow(action::subscribe, prefix("wamp."));
    h.talk.join("carol");
    h.alice.hears(R"([36, "$all", "$_", {"topic": "wamp.session.on_join"}, ["$_"]])");
}

TEST_CASE("meta API: patterns that name the router's topics get its events", "[conformance][meta]")
{
    house h;
    const auto [pattern, match] = GENERATE(table<std::string, std::string>(
        {{"wamp.", "prefix"}, {"wamp.session", "prefix"}, {"wamp..on_join", "wildcard"}}));
    h.alice.says(R"([32, 1, {"match": ")" + match + R"("}, ")" + pattern + "\"]");
    h.alice.hears(R"([33, 1, "$all"])");
    h.alice.ignores_the_rest(); // "wamp." hears of itself
    h.talk.join("bob");
    h.alice.hears(R"([36, "$all", "$_", {"topic": "wamp.session.on_join"}, ["$_"]])");
}

TEST_CASE("meta API: a result that is too large for the caller is an ERROR", "[conformance][meta]")
{
    conversation talk(any_format());
    auto& alice = talk.join("alice", {.message_bytes_max = 2048});
    const std::string uri = "com.myapp." + std::string(1000, 'x');
    auto& callee = talk.join("callee");
    for (const std::string match : {"prefix", "exact"}) {
        callee.says(R"([64, 1, {"match": ")" + match + "\"}, \"" + uri + "\"]");
        callee.hears(R"([65, 1, "$_"])");
    }
    alice.says(R"([48, 1, {}, "junctor.registration.explain", [")" + uri + "\"]]");
    alice.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
}

TEST_CASE("meta API: what the router must read itself cannot be passed through or come in parts", "[conformance][meta]")
{
    house h;
    h.alice.says(R"([48, 1, {"ppt_scheme": "x_custom"}, "wamp.session.count"])");
    h.alice.hears(R"([8, 48, 1, {}, "wamp.error.feature_not_supported", ["$_"]])");
    h.alice.says(R"([48, 2, {"progress": true}, "wamp.session.count"])");
    h.alice.hears(R"([8, 48, 2, {}, "wamp.error.feature_not_supported", ["$_"]])");
}
