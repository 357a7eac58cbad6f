// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Basic profile, "Remote Procedure Calls".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A callee that has registered com.myapp.add2, and a caller.
struct call_in_progress {
    explicit call_in_progress(serializer format)
        : talk(format), callee{talk.join("callee")}, caller{talk.join("caller")}
    {
        callee.says(R"([64, 25349185, {}, "com.myapp.add2"])");
        callee.hears(R"([65, 25349185, "$add2"])");
    }

    conversation talk;
    peer& callee;
    peer& caller;
};

} // namespace

TEST_CASE("rpc: CALL, INVOCATION, YIELD, RESULT", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.caller.says(R"([48, 7814135, {}, "com.myapp.add2", [23, 7]])");
    c.callee.hears(R"([68, 1, "$add2", {}, [23, 7]])");
    c.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 1); });
    c.callee.says(R"([70, 1, {}, [30]])");
    c.caller.hears(R"([50, 7814135, {}, [30]])");
    c.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
    c.caller.hears_nothing();
    c.callee.hears_nothing();
}

TEST_CASE("rpc: arguments travel unchanged, and are left out where they were left out", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    std::uint64_t invocation = 0;
    for (const std::string body : {"", ", []", ", [null, true, -1, 1.5, \"é\", [], {}]", ", [], {\"a\": {\"b\": [1]}}",
                                   ", [18446744073709551615, -9223372036854775808], {}"}) {
        CAPTURE(body);
        const auto request = std::to_string(++invocation);
        c.caller.says("[48, " + request + ", {}, \"com.myapp.add2\"" + body + "]");
        c.callee.hears("[68, " + request + ", \"$add2\", {}" + body + "]");
        c.callee.says("[70, " + request + ", {}" + body + "]");
        c.caller.hears("[50, " + request + ", {}" + body + "]");
        c.caller.says("[48, " + std::to_string(100 + ++invocation) + ", {}, \"com.myapp.add2\"]");
        c.callee.hears("[68, " + std::to_string(invocation) + ", \"$add2\", {}]");
        c.callee.says("[8, 68, " + std::to_string(invocation) + ", {}, \"com.myapp.error.no\"" + body + "]");
        c.caller.hears("[8, 48, " + std::to_string(100 + invocation) + ", {}, \"com.myapp.error.no\"" + body + "]");
    }
}

TEST_CASE("rpc: arguments travel unchanged between all serializers", "[conformance][rpc]")
{
    const auto from = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto to = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    conversation talk;
    auto& callee = talk.join("callee", to);
    auto& caller = talk.join("caller", from);
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says(R"([48, 1, {"_trace": [1, "x"]}, "com.myapp.echo", [-1, 1.5, {"k": null}], {"kw": "ü"}])");
    callee.hears(R"([68, 1, "$echo", {"_trace": [1, "x"]}, [-1, 1.5, {"k": null}], {"kw": "ü"}])");
    callee.says(R"([70, 1, {}, [-1, 1.5, {"k": null}], {"kw": "ü"}])");
    caller.hears(R"([50, 1, {}, [-1, 1.5, {"k": null}], {"kw": "ü"}])");
}

TEST_CASE("rpc: a procedure is registered once, by whomever", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.callee.says(R"([64, 2, {}, "com.myapp.add2"])");
    c.callee.hears_error(message_type::register_, 2, "wamp.error.procedure_already_exists");
    c.caller.says(R"([64, 1, {}, "com.myapp.add2"])");
    c.caller.hears_error(message_type::register_, 1, "wamp.error.procedure_already_exists");
    CHECK(c.talk.registration_count() == 1);
}

TEST_CASE("rpc: UNREGISTER ends a registration, and only by its owner", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.caller.says(R"([66, 1, "$add2"])");
    c.caller.hears_error(message_type::unregister, 1, "wamp.error.no_such_registration");
    c.caller.says(R"([48, 2, {}, "com.myapp.add2"])");
    c.callee.hears(R"([68, 1, "$add2", {}])");

    c.callee.says(R"([66, 2, "$add2"])");
    c.callee.hears(R"([67, 2])");
    c.caller.says(R"([48, 3, {}, "com.myapp.add2"])");
    c.caller.hears_error(message_type::call, 3, "wamp.error.no_such_procedure");
    c.callee.says(R"([66, 3, "$add2"])");
    c.callee.hears_error(message_type::unregister, 3, "wamp.error.no_such_registration");

    c.callee.says(R"([70, 1, {}, ["late but welcome"]])");
    c.caller.hears(R"([50, 2, {}, ["late but welcome"]])");
}

TEST_CASE("rpc: ERROR of the callee reaches the caller unchanged", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.caller.says(R"([48, 7814135, {}, "com.myapp.add2"])");
    c.callee.hears(R"([68, 1, "$add2", {}])");
    c.callee.says(
        R"([8, 68, 1, {}, "com.myapp.error.object_write_protected", ["Object is write protected."], {"severity": 3}])");
    c.caller.hears(
        R"([8, 48, 7814135, {}, "com.myapp.error.object_write_protected", ["Object is write protected."], {"severity": 3}])");
    c.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rpc: an ERROR whose URI is none still answers the call", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.caller.says(R"([48, 1, {}, "com.myapp.add2"])");
    c.callee.says(R"([8, 68, 1, {}, "it broke!", ["why"]])");
    c.caller.hears(R"([8, 48, 1, {}, "wamp.error.invalid_uri", ["why"]])");
}

TEST_CASE("rpc: calls answered out of order reach the right callers", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& other = c.talk.join("other");
    c.caller.says(R"([48, 1, {}, "com.myapp.add2", ["first"]])");
    other.says(R"([48, 1, {}, "com.myapp.add2", ["second"]])");
    c.caller.says(R"([48, 2, {}, "com.myapp.add2", ["third"]])");
    c.callee.hears(R"([68, 1, "$add2", {}, ["first"]])");
    c.callee.hears(R"([68, 2, "$add2", {}, ["second"]])");
    c.callee.hears(R"([68, 3, "$add2", {}, ["third"]])");
    c.callee.says(R"([70, 3, {}, ["to third"]])");
    c.callee.says(R"([70, 1, {}, ["to first"]])");
    c.callee.says(R"([70, 2, {}, ["to second"]])");
    c.caller.hears(R"([50, 2, {}, ["to third"]])");
    c.caller.hears(R"([50, 1, {}, ["to first"]])");
    other.hears(R"([50, 1, {}, ["to second"]])");
}

TEST_CASE("rpc: a session may call itself", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.callee.says(R"([48, 2, {}, "com.myapp.add2", [1]])");
    c.callee.hears(R"([68, 1, "$add2", {}, [1]])");
    c.callee.says(R"([70, 1, {}, [2]])");
    c.callee.hears(R"([50, 2, {}, [2]])");
}

TEST_CASE("rpc: a callee that leaves during an invocation has its caller answered", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.caller.says(R"([48, 1, {}, "com.myapp.add2"])");
    c.caller.says(R"([48, 2, {}, "com.myapp.add2"])");
    c.callee.vanishes();
    c.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    c.caller.hears_error(message_type::call, 2, "wamp.error.canceled");
    c.caller.hears_nothing();
    c.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("rpc: a caller that leaves has its callee interrupted, if that understands it", "[conformance][rpc]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const bool understands = GENERATE(true, false);
    conversation talk(format);
    guest who;
    if (!understands)
        who.features = features_without({feature::call_canceling});
    auto& callee = talk.join("callee", who);
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.add2"])");
    callee.hears(R"([65, 1, "$add2"])");
    caller.says(R"([48, 1, {}, "com.myapp.add2"])");
    callee.hears(R"([68, 1, "$add2", {}])");
    caller.vanishes();
    if (understands)
        callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });

    callee.says(R"([70, 1, {}, ["for nobody"]])");
    callee.says(R"([8, 68, 1, {}, "com.myapp.error.late"])");
    callee.hears_nothing();
    CHECK(callee.is_open());
}

TEST_CASE("rpc: unknown options are passed over, custom ones forwarded", "[conformance][rpc]")
{
    call_in_progress c(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    c.caller.says(R"([48, 1, {"nobody_knows": 1, "_mine": {"a": 1}, "x_yours": [2]}, "com.myapp.add2"])");
    c.callee.hears(R"([68, 1, "$add2", {"_mine": {"a": 1}, "x_yours": [2]}])");
    c.callee.says(R"([70, 1, {"unknown": true, "_back": "b"}, [3]])");
    c.caller.hears(R"([50, 1, {"_back": "b"}, [3]])");
}
