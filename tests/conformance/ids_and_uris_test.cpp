// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Basic profile, "IDs" and "URIs".
#include <algorithm>
#include <set>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

// On the core only: it takes many sessions to see how their numbers are drawn.
TEST_CASE("ids: sessions are numbered at random in 1..2^53, each number once", "[conformance][ids][core]")
{
    realm shop("com.example.shop", {}, 11);
    std::set<std::uint64_t> drawn;
    std::uint64_t largest = 0;
    for (int i = 0; i < 1000; ++i) {
        const auto id = shop.new_session_id();
        REQUIRE(id.valid());
        drawn.insert(id.number());
        largest = std::max(largest, id.number());
    }
    CHECK(drawn.size() == 1000);
    CHECK(largest > id_max / 2); // spread over the whole range
}

TEST_CASE("ids: invocations are counted from 1 for each callee", "[conformance][ids]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& one = talk.join("one");
    auto& two = talk.join("two");
    auto& caller = talk.join("caller");
    one.says(R"([64, 10, {}, "com.myapp.one"])");
    one.hears(R"([65, 10, "$first"])");
    two.says(R"([64, 20, {}, "com.myapp.two"])");
    two.hears(R"([65, 20, "$second"])");
    caller.says(R"([48, 101, {}, "com.myapp.one"])");
    caller.says(R"([48, 102, {}, "com.myapp.two"])");
    caller.says(R"([48, 103, {}, "com.myapp.one"])");
    one.hears(R"([68, 1, "$first", {}])");
    one.hears(R"([68, 2, "$first", {}])");
    two.hears(R"([68, 1, "$second", {}])");
}

TEST_CASE("ids: a callee sees no gap where an invocation did not reach it", "[conformance][ids]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee", {.message_bytes_max = 4096});
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says(R"([48, 1, {}, "com.myapp.echo", [")" + std::string(5000, 'x') + "\"]]");
    caller.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
    talk.on_core([&](realm&) {
        callee.outlet().refuse();
        caller.says(R"([48, 1, {}, "com.myapp.echo"])");
        caller.hears_error(message_type::call, 1, "wamp.error.unavailable");
        callee.outlet().refuse(false);
    });
    caller.says(R"([48, 2, {}, "com.myapp.echo"])");
    callee.hears(R"([68, 1, "$echo", {}])");
}

TEST_CASE("ids: under the lenient check requests may bear any number once at a time", "[conformance][ids]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    for (const auto request : {std::uint64_t{7}, std::uint64_t{3}, std::uint64_t{3}, id_max}) {
        alice.says("[32, " + std::to_string(request) + R"(, {}, "com.myapp.topic"])");
        alice.hears("[33, " + std::to_string(request) + R"(, "$topic"])");
    }
}

TEST_CASE("ids: two calls that wait may not bear one number", "[conformance][ids]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    caller.says(R"([48, 5, {}, "com.myapp.echo"])");
    caller.says(R"([48, 5, {}, "com.myapp.echo"])");
    caller.is_aborted();
}

TEST_CASE("ids: under the strict check requests count up from 1", "[conformance][ids]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto wrong = GENERATE(1, 2, 4, 5);
    realm_options options;
    options.request_ids = request_id_check::strict;
    conversation talk(format, options);
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.topic"])");
    alice.hears(R"([33, 1, "$_"])");
    alice.says(R"([16, 2, {}, "com.myapp.topic"])");
    alice.says("[32, " + std::to_string(wrong) + R"(, {}, "com.myapp.other"])");
    alice.is_aborted();
}

TEST_CASE("ids: CANCEL, YIELD and ERROR do not count as requests", "[conformance][ids]")
{
    realm_options options;
    options.request_ids = request_id_check::strict;
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options);
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {}, "com.myapp.echo"])");
    alice.hears(R"([65, 1, "$echo"])");
    alice.says(R"([48, 2, {}, "com.myapp.echo"])");
    alice.hears(R"([68, 1, "$echo", {}])");
    alice.says(R"([70, 1, {}, ["hi"]])");
    alice.hears(R"([50, 2, {}, ["hi"]])");
    alice.says(R"([49, 2, {}])");
    alice.says(R"([48, 3, {}, "com.myapp.echo"])");
    alice.hears(R"([68, 2, "$echo", {}])");
}

TEST_CASE("ids: a request with a wrong option counts, too", "[conformance][ids]")
{
    realm_options options;
    options.request_ids = request_id_check::strict;
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options);
    auto& alice = talk.join("alice");
    alice.says(R"([48, 1, {"timeout": "soon"}, "com.myapp.echo"])");
    alice.hears_error(message_type::call, 1, "wamp.error.invalid_argument");
    alice.says(R"([48, 2, {}, "com.myapp.echo"])");
    alice.hears_error(message_type::call, 2, "wamp.error.no_such_procedure");
    alice.says(R"([48, 4, {"timeout": "soon"}, "com.myapp.echo"])");
    alice.is_aborted();
}

TEST_CASE("uris: what is no URI is answered with ERROR, and the session lives", "[conformance][uris]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    std::uint64_t request = 0;
    for (const std::string uri : {"", "com..myapp", ".com", "com.", "com.my app", "com.my#app", "com.my\\tapp"}) {
        CAPTURE(uri);
        const auto number = std::to_string(++request);
        alice.says("[32, " + number + ", {}, \"" + uri + "\"]");
        alice.hears_error(message_type::subscribe, request, "wamp.error.invalid_uri");
        alice.says("[64, " + number + ", {}, \"" + uri + "\"]");
        alice.hears_error(message_type::register_, request, "wamp.error.invalid_uri");
        alice.says("[48, " + number + ", {}, \"" + uri + "\"]");
        alice.hears_error(message_type::call, request, "wamp.error.invalid_uri");
        alice.says("[16, " + number + ", {\"acknowledge\": true}, \"" + uri + "\"]");
        alice.hears_error(message_type::publish, request, "wamp.error.invalid_uri");
        alice.says("[16, " + number + ", {}, \"" + uri + "\"]");
    }
    alice.hears_nothing();
    CHECK(alice.is_open());
}

TEST_CASE("uris: the strict check takes lower-case letters, digits and underscores", "[conformance][uris]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto [check, accepted] =
        GENERATE(table<uri_check, bool>({{uri_check::loose, true}, {uri_check::strict, false}}));
    realm_options options;
    options.uris = check;
    conversation talk(format, options);
    auto& alice = talk.join("alice");
    alice.says(R"([32, 1, {}, "com.myapp.Topic-1"])");
    if (accepted)
        alice.hears(R"([33, 1, "$_"])");
    else
        alice.hears_error(message_type::subscribe, 1, "wamp.error.invalid_uri");
    alice.says(R"([32, 2, {}, "com.my_app.topic1"])");
    alice.hears(R"([33, 2, "$_"])");
}

TEST_CASE("uris: the name space \"wamp.\" is the router's", "[conformance][uris]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {}, "wamp.session.count"])");
    alice.hears_error(message_type::register_, 1, "wamp.error.invalid_uri");
    alice.says(R"([64, 2, {"match": "prefix"}, "wamp."])");
    alice.hears_error(message_type::register_, 2, "wamp.error.invalid_uri");
    alice.says(R"([16, 3, {"acknowledge": true}, "wamp.session.on_join"])");
    alice.hears_error(message_type::publish, 3, "wamp.error.invalid_uri");
    alice.says(R"([16, 4, {}, "wamp.session.on_join"])");
    alice.hears_nothing();
    alice.says(R"([32, 5, {}, "wamp.session.on_join"])");
    alice.hears(R"([33, 5, "$_"])");
}

TEST_CASE("uris: a pattern registration does not catch calls to the router's own procedures", "[conformance][uris]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    alice.says(R"([64, 1, {"match": "prefix"}, ""])");
    alice.hears(R"([65, 1, "$all"])");
    alice.says(R"([64, 2, {"match": "wildcard"}, ".session."])");
    alice.hears(R"([65, 2, "$some"])");
    alice.says(R"([48, 3, {}, "wamp.session.counts"])");
    alice.hears_error(message_type::call, 3, "wamp.error.no_such_procedure");
    alice.says(R"([48, 4, {}, "wampum.session.count"])");
    alice.hears(R"([68, 1, "$all", {"procedure": "wampum.session.count"}])");
}
