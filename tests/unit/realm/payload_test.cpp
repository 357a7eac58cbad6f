// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Payloads between peers of one serializer travel as the bytes they came in.
#include <string>
#include <string_view>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using namespace std::string_literals;

// No MsgPack encoder writes these: the integer 7 in nine octets, the key "k" with a length of one octet, -1 in two
// octets.
const std::string args = "\x92\xcf\0\0\0\0\0\0\0\x07\xd9\x01x"s;
const std::string kwargs = "\x81\xd9\x01k\xd1\xff\xff"s;

/// A MsgPack text of up to 31 octets.
std::string text(std::string_view content)
{
    return static_cast<char>(0xA0 + content.size()) + std::string(content);
}

/// The end of the next message that `who` hears, as long as both payload elements.
std::string payload_heard_by(peer& who)
{
    const auto message = who.next_bytes();
    const auto length = args.size() + kwargs.size();
    REQUIRE(message.size() > length);
    return message.substr(message.size() - length);
}

} // namespace

TEST_CASE("payload: bytes come through INVOCATION, RESULT, ERROR and EVENT as they are", "[realm][payload]")
{
    conversation talk(serializer::msgpack);
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$_"])");

    const auto call = "\x96\x30\x01\x80" + text("com.myapp.echo") + args + kwargs;
    caller.says_bytes(as_bytes(call));
    CHECK(payload_heard_by(callee) == args + kwargs);
    callee.says_bytes(as_bytes("\x95\x46\x01\x80" + args + kwargs));
    CHECK(payload_heard_by(caller) == args + kwargs);

    caller.says_bytes(as_bytes(call));
    CHECK(payload_heard_by(callee) == args + kwargs);
    callee.says_bytes(as_bytes("\x97\x08\x44\x02\x80" + text("com.myapp.error") + args + kwargs));
    CHECK(payload_heard_by(caller) == args + kwargs);

    caller.says(R"([32, 2, {"match": "prefix"}, "com."])");
    caller.hears(R"([33, 2, "$_"])");
    callee.says_bytes(as_bytes("\x96\x10\x05\x80" + text("com.myapp.topic") + args + kwargs));
    CHECK(payload_heard_by(caller) == args + kwargs);
}

TEST_CASE("payload: JSON comes through with its spaces and its spelling of numbers", "[realm][payload]")
{
    conversation talk(serializer::json);
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$_"])");
    const std::string odd = R"([1.50e0 , "\u0041" ,{ "a" : null}])";
    caller.says_bytes(as_bytes(R"([48, 1, {}, "com.myapp.echo", )" + odd + "]"));
    const auto invocation = callee.next_bytes();
    CHECK(invocation.find(odd) != std::string::npos);
}

TEST_CASE("payload: between serializers it keeps its meaning", "[realm][payload]")
{
    conversation talk;
    auto& callee = talk.join("callee", serializer::json);
    auto& caller = talk.join("caller", serializer::msgpack);
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says_bytes(as_bytes("\x96\x30\x01\x80" + text("com.myapp.echo") + args + kwargs));
    callee.hears(R"([68, 1, "$echo", {}, [7, "x"], {"k": -1}])");
}
