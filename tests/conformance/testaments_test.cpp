// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Session Testament".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

serializer any_format()
{
    return GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
}

/// Somebody who may die, and a heir.
struct family {
    explicit family(serializer format = any_format(), const guest& who = {})
        : talk(format), bob{talk.join("bob", who)}, heir{talk.join("heir")}
    {
        heir.says(R"([32, 1, {"match": "prefix"}, "com.myapp"])");
        heir.hears(R"([33, 1, "$heritage"])");
    }

    void adds(const std::string& arguments)
    {
        bob.says("[48, 1, {}, \"wamp.session.add_testament\", " + arguments + "]");
        bob.hears("[50, 1, {}]");
    }

    void inherits(const std::string& topic, const std::string& rest)
    {
        heir.hears(R"([36, "$heritage", "$_", {"topic": ")" + topic + "\"}" + rest + "]");
    }

    conversation talk;
    peer& bob;
    peer& heir;
};

} // namespace

TEST_CASE("testaments: they are published when the session ends, detached ones first", "[conformance][testament]")
{
    family f;
    f.adds(R"(["com.myapp.a", ["Seeya!"], {"my_name": "app1"}])");
    f.adds(R"(["com.myapp.b", [], {}], {"scope": "destroyed"})");
    f.adds(R"(["com.myapp.c"], {"scope": "detached"})");
    f.adds(R"(["com.myapp.d", [1], null], {"scope": "detached", "publish_options": {"acknowledge": true}})");
    f.heir.hears_nothing();
    SECTION("without a word")
    {
        f.bob.vanishes();
    }
    SECTION("by GOODBYE")
    {
        f.bob.says(R"([6, {}, "wamp.close.normal"])");
        f.bob.hears(R"([6, {}, "wamp.close.goodbye_and_out"])");
        f.bob.vanishes();
    }
    SECTION("by somebody else")
    {
        f.heir.says(R"([48, 2, {}, "wamp.session.kill", ["$bob"]])");
        f.heir.hears("[50, 2, {}]");
        f.bob.hears(R"([6, {}, "wamp.close.killed"])");
        f.bob.vanishes();
    }
    f.inherits("com.myapp.c", "");
    f.inherits("com.myapp.d", ", [1]");
    f.inherits("com.myapp.a", R"(, ["Seeya!"], {"my_name": "app1"})");
    f.inherits("com.myapp.b", ", [], {}");
    f.heir.hears_nothing();
    f.bob.hears_nothing();
}

TEST_CASE("testaments: a scope is flushed by itself", "[conformance][testament]")
{
    family f;
    f.adds(R"(["com.myapp.a"])");
    f.adds(R"(["com.myapp.b"], {"scope": "detached"})");
    SECTION("destroyed, if none is named")
    {
        f.bob.says(R"([48, 2, {}, "wamp.session.flush_testaments"])");
        f.bob.hears("[50, 2, {}]");
        f.bob.vanishes();
        f.inherits("com.myapp.b", "");
    }
    SECTION("detached")
    {
        f.bob.says(R"([48, 2, {}, "wamp.session.flush_testaments", [], {"scope": "detached"}])");
        f.bob.hears("[50, 2, {}]");
        f.bob.vanishes();
        f.inherits("com.myapp.a", "");
    }
    f.heir.hears_nothing();
}

TEST_CASE("testaments: their options of publication hold", "[conformance][testament]")
{
    family f;
    f.adds(R"(["com.myapp.secret", [1]], {"publish_options": {"exclude_authid": ["heir"]}})");
    f.adds(R"(["com.myapp.named", [2]], {"publish_options": {"disclose_me": true, "x_mark": 5}})");
    f.bob.vanishes();
    f.heir.hears(
        R"([36, "$heritage", "$_", {"topic": "com.myapp.named", "publisher": "$bob", "publisher_authid": "bob",
            "publisher_authrole": "anyone", "x_mark": 5}, [2]])");
    f.heir.hears_nothing();
}

TEST_CASE("testaments: what is wrong is refused at once", "[conformance][testament]")
{
    family f;
    f.talk.role("anyone").deny(action::publish, prefix("com.myapp.forbidden"));
    struct mistake {
        std::string arguments;
        std::string uri;
    };
    const mistake cases[] = {
        {"[]", "invalid_argument"},
        {"[7]", "invalid_argument"},
        {R"(["com.myapp.a", {}])", "invalid_argument"},
        {R"(["com.myapp.a", [], []])", "invalid_argument"},
        {R"(["com.myapp.a"], {"scope": "all"})", "invalid_argument"},
        {R"(["com.myapp.a"], {"scope": 1})", "invalid_argument"},
        {R"(["com.myapp.a"], {"publish_options": []})", "invalid_argument"},
        {R"(["com.myapp.a"], {"publish_options": {"exclude_me": 1}})", "invalid_argument"},
        {R"(["com.myapp.a"], {"publish_options": {"eligible": ["x"]}})", "invalid_argument"},
        {R"(["com myapp"])", "invalid_uri"},
        {R"(["wamp.session.on_join"])", "invalid_uri"},
        {R"(["com.myapp.forbidden.a"])", "not_authorized"},
    };
    for (const auto& [arguments, uri] : cases) {
        CAPTURE(arguments);
        f.bob.says("[48, 1, {}, \"wamp.session.add_testament\", " + arguments + "]");
        const auto answer = f.bob.takes();
        REQUIRE(answer.get_if<list>()->size() > 4);
        CHECK((*answer.get_if<list>())[4] == value("wamp.error." + uri));
    }
    f.bob.says(R"([48, 2, {}, "wamp.session.flush_testaments", [], {"scope": "all"}])");
    f.bob.hears(R"([8, 48, 2, {}, "wamp.error.invalid_argument", ["$_"]])");
    f.bob.vanishes();
    f.heir.hears_nothing();
}

TEST_CASE("testaments: their number and size have bounds", "[conformance][testament]")
{
    guest who;
    who.limits = scant_limits();
    family f(any_format(), who);
    const auto too_many = R"([8, 48, 1, {}, "wamp.error.too_many_requests", ["the session has too many testaments"]])";
    f.bob.says(R"([48, 1, {}, "wamp.session.add_testament", ["com.myapp.a", [")" + std::string(100, 'x') + "\"]]]");
    f.bob.hears(too_many);
    f.adds(R"(["com.myapp.a", [")" + std::string(40, 'x') + "\"]]");
    f.bob.says(R"([48, 1, {}, "wamp.session.add_testament", ["com.myapp.a", [")" + std::string(40, 'x') + "\"]]]");
    f.bob.hears(too_many);
    f.adds(R"(["com.myapp.b"])");
    f.bob.says(R"([48, 1, {}, "wamp.session.add_testament", ["com.myapp.c"]])");
    f.bob.hears(too_many);
    f.bob.says(R"([48, 2, {}, "wamp.session.flush_testaments"])");
    f.bob.hears("[50, 2, {}]");
    f.adds(R"(["com.myapp.d", [")" + std::string(70, 'x') + "\"]]");
}

// On the core only: the test itself is the authorizer.
TEST_CASE("testaments: an authorizer decides about the publication, too", "[conformance][testament][core]")
{
    family f;
    f.talk.realm().role("asked");
    f.talk.realm().authorize("asked", {});
    guest who;
    who.authrole = "asked";
    auto& eve = f.talk.join("eve", who);
    auto& realm = f.talk.realm();
    const std::string request = R"([48, 1, {}, "wamp.session.add_testament", ["com.myapp.a", [1]]])";
    const auto decides = [&](action what, std::string_view uri, bool allowed) {
        const auto* const question = realm.question(eve.session());
        REQUIRE(question != nullptr);
        CHECK(question->what == what);
        CHECK(question->uri == uri);
        authorization_answer answer;
        answer.decided.allowed = allowed;
        answer.decided.disclose = true;
        realm.answer(eve.session(), answer, f.talk.now());
        eve.says(request);
    };

    eve.says(request);
    SECTION("who may not call is not asked about the topic")
    {
        decides(action::call, "wamp.session.add_testament", false);
        eve.hears_error(message_type::call, 1, "wamp.error.not_authorized");
    }
    SECTION("who may not publish leaves no testament")
    {
        decides(action::call, "wamp.session.add_testament", true);
        decides(action::publish, "com.myapp.a", false);
        eve.hears_error(message_type::call, 1, "wamp.error.not_authorized");
    }
    SECTION("what was decided holds at the end")
    {
        decides(action::call, "wamp.session.add_testament", true);
        decides(action::publish, "com.myapp.a", true);
        eve.hears("[50, 1, {}]");
        eve.vanishes();
        f.heir.hears(R"([36, "$heritage", "$_", {"topic": "com.myapp.a", "publisher": "$eve",
                        "publisher_authid": "eve", "publisher_authrole": "asked"}, [1]])");
    }
    f.heir.hears_nothing();
}
