// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Basic profile, "Protocol errors".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("violations: messages that no client may send in a session", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const std::string wrong = GENERATE(as<std::string>(), R"([1, "realm1", {"roles": {"caller": {}}}])",
                                       R"([2, 1, {}])", R"([4, "ticket", {}])", R"([5, "secret", {}])", R"([17, 1, 1])",
                                       R"([33, 1, 1])", R"([35, 1])", R"([36, 1, 1, {}])", R"([50, 1, {}])",
                                       R"([65, 1, 1])", R"([67, 1])", R"([68, 1, 1, {}])", R"([69, 1, {}])");
    auto& alice = talk.join("alice");
    alice.says(wrong);
    alice.is_aborted();
}

TEST_CASE("violations: what is no message", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const std::string wrong =
        GENERATE(as<std::string>(), "[]", "{}", "7", "[\"CALL\"]", "[999]", "[300, 1]", "[48]", R"([48, 1, {}])",
                 R"([48, 1, {}, "com.a", [], {}, 1])", R"([48, "1", {}, "com.a"])", R"([48, 0, {}, "com.a"])",
                 R"([48, -1, {}, "com.a"])", R"([48, 9007199254740993, {}, "com.a"])", R"([48, 1, [], "com.a"])",
                 R"([48, 1, {}, 5])", R"([48, 1, {}, "com.a", {}])", R"([48, 1, {}, "com.a", [], []])");
    auto& alice = talk.join("alice");
    alice.says(wrong);
    alice.is_aborted();
}

TEST_CASE("violations: bytes that are cut off or no data at all", "[conformance][violations]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const std::string wrong = GENERATE(as<std::string>(), "", "[48, 1, {}, \"com.a");
    conversation talk(format);
    auto& alice = talk.join("alice");
    alice.says_bytes(as_bytes(wrong));
    alice.is_aborted();
}

namespace {

std::string bytes_that_are_no_text()
{
    return GENERATE(as<std::string>(), "\xdd\xff\xff\xff\xff", "\x9f\x18", "\xc1");
}

} // namespace

TEST_CASE("violations: bytes that are no text, in a binary format", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::msgpack, serializer::cbor));
    const auto wrong = bytes_that_are_no_text();
    auto& alice = talk.join("alice");
    alice.says_bytes(as_bytes(wrong));
    alice.is_aborted();
}

// WebSocket itself does not let such bytes through as text: it ends with close code 1007.
TEST_CASE("violations: bytes that are no text, in JSON", "[conformance][violations][rawsocket]")
{
    conversation talk(serializer::json);
    const auto wrong = bytes_that_are_no_text();
    auto& alice = talk.join("alice");
    alice.says_bytes(as_bytes(wrong));
    alice.is_aborted();
}

TEST_CASE("violations: a wrong option is answered with ERROR where an answer is awaited", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& alice = talk.join("alice");
    const auto invalid = "wamp.error.invalid_argument";
    alice.says(R"([48, 1, {"receive_progress": 1}, "com.a"])");
    alice.hears_error(message_type::call, 1, invalid);
    alice.says(R"([48, 2, {"timeout": -5}, "com.a"])");
    alice.hears_error(message_type::call, 2, invalid);
    alice.says(R"([64, 3, {"invoke": "sometimes"}, "com.a"])");
    alice.hears_error(message_type::register_, 3, invalid);
    alice.says(R"([32, 4, {"match": "fuzzy"}, "com.a"])");
    alice.hears_error(message_type::subscribe, 4, invalid);
    alice.says(R"([16, 5, {"acknowledge": true, "exclude": 1}, "com.a"])");
    alice.hears_error(message_type::publish, 5, invalid);
    alice.says(R"([16, 6, {"acknowledge": true, "eligible": ["x"]}, "com.a"])");
    alice.hears_error(message_type::publish, 6, invalid);
    alice.hears_nothing();
    CHECK(alice.is_open());
}

TEST_CASE("violations: a wrong option ends the session where no answer is awaited", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const std::string wrong =
        GENERATE(as<std::string>(), R"([16, 1, {"acknowledge": "yes"}, "com.a"])",
                 R"([16, 1, {"exclude": 5}, "com.a"])", R"([16, 1, {"exclude": ["x"]}, "com.a"])",
                 R"([16, 1, {"eligible_authid": [7]}, "com.a"])", R"([70, 1, {"progress": "yes"}])");
    auto& alice = talk.join("alice");
    alice.says(wrong);
    alice.is_aborted();
}

TEST_CASE("violations: answers to invocations that never were", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    const std::string wrong =
        GENERATE(as<std::string>(), R"([70, 2, {}])", R"([8, 68, 2, {}, "com.myapp.error.x"])",
                 R"([8, 48, 1, {}, "com.myapp.error.x"])", R"([8, 32, 1, {}, "com.myapp.error.x"])");
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says(R"([48, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([68, 1, "$echo", {}])");
    callee.says(wrong);
    callee.is_aborted();
    callee.vanishes();
    caller.hears_error(message_type::call, 1, "wamp.error.canceled");
}

TEST_CASE("violations: an answer that comes twice is passed over", "[conformance][violations]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says(R"([48, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([68, 1, "$echo", {}])");
    callee.says(R"([70, 1, {}, [1]])");
    callee.says(R"([70, 1, {}, [2]])");
    callee.says(R"([8, 68, 1, {}, "com.myapp.error.x"])");
    caller.hears(R"([50, 1, {}, [1]])");
    caller.hears_nothing();
    callee.hears_nothing();
    CHECK(callee.is_open());
}
