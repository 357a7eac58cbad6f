// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Caller Identification".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

TEST_CASE("caller identification: only who asks is disclosed", "[conformance][disclosure]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 1, "$echo"])");
    caller.says(R"([48, 1, {"disclose_me": true}, "com.myapp.echo"])");
    callee.hears(R"([68, 1, "$echo", {"caller": "$caller", "caller_authid": "caller", "caller_authrole": "anyone"}])");
    caller.says(R"([48, 2, {}, "com.myapp.echo"])");
    callee.hears(R"([68, 2, "$echo", {}])");
}

TEST_CASE("caller identification: the callee may ask for it, and a permission may demand it",
          "[conformance][disclosure]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    talk.role("known").set({prefix("com.myapp."), action_set().add(action::any), true, false});
    auto& callee = talk.join("callee");
    auto& anyone = talk.join("caller");
    auto& known = talk.join("known", {.authrole = "known"});
    callee.says(R"([64, 1, {"disclose_caller": true}, "com.myapp.curious"])");
    callee.hears(R"([65, 1, "$curious"])");
    callee.says(R"([64, 2, {}, "com.myapp.echo"])");
    callee.hears(R"([65, 2, "$echo"])");
    anyone.says(R"([48, 1, {}, "com.myapp.curious"])");
    callee.hears(
        R"([68, 1, "$curious", {"caller": "$caller", "caller_authid": "caller", "caller_authrole": "anyone"}])");
    known.says(R"([48, 1, {}, "com.myapp.echo"])");
    callee.hears(R"([68, 2, "$echo", {"caller": "$known", "caller_authid": "known", "caller_authrole": "known"}])");
}

TEST_CASE("caller identification: a realm may forbid it", "[conformance][disclosure]")
{
    realm_options options;
    options.disclosure = disclosure::forbidden;
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), options);
    auto& callee = talk.join("callee");
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {"disclose_caller": true}, "com.myapp.curious"])");
    callee.hears(R"([65, 1, "$curious"])");
    caller.says(R"([48, 1, {"disclose_me": true}, "com.myapp.curious"])");
    caller.hears_error(message_type::call, 1, "wamp.error.option_disallowed.disclose_me");
    caller.says(R"([48, 2, {}, "com.myapp.curious"])");
    callee.hears(R"([68, 1, "$curious", {}])");
}
