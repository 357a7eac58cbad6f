// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Progressive Call Invocations".
#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A callee that takes arguments in parts, and a caller.
struct upload {
    explicit upload(serializer format, realm_options options = {}, const guest& callee_is = {},
                    const guest& caller_is = {})
        : talk(format, std::move(options)),
          callee{talk.join("callee", callee_is)},
          caller{talk.join("caller", caller_is)}
    {
        callee.says(R"([64, 1, {}, "com.myapp.upload"])");
        callee.hears(R"([65, 1, "$upload"])");
    }

    /// The caller sends the first part, which reaches the callee.
    void begin()
    {
        caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [1]])");
        callee.hears(R"([68, 1, "$upload", {"progress": true}, [1]])");
    }

    /// Further parts come, the last one among them, and nobody is told anything.
    void passes_over_further_parts()
    {
        caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [7]])");
        caller.says(R"([48, 1, {}, "com.myapp.upload", [8]])");
        caller.hears_nothing();
        callee.hears_nothing();
        CHECK(caller.is_open());
    }

    conversation talk;
    peer& callee;
    peer& caller;
};

realm_options with(request_id_check check)
{
    realm_options options;
    options.request_ids = check;
    return options;
}

} // namespace

TEST_CASE("progressive invocations: all parts bear the same request, and the last one ends them",
          "[conformance][upload]")
{
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor),
             with(GENERATE(request_id_check::lenient, request_id_check::strict)));
    u.begin();
    u.caller.says(R"([48, 2, {}, "com.myapp.upload", ["another"]])");
    u.callee.hears(R"([68, 2, "$upload", {}, ["another"]])");
    u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [2], {"k": 3}])");
    u.callee.hears(R"([68, 1, "$upload", {"progress": true}, [2], {"k": 3}])");
    u.caller.says(R"([48, 3, {}, "com.myapp.upload"])"); // the sequence goes on
    u.callee.hears(R"([68, 3, "$upload", {}])");
    u.caller.says(R"([48, 1, {"progress": false}, "com.myapp.upload"])");
    u.callee.hears(R"([68, 1, "$upload", {}])");
    u.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 3); });
    u.callee.says(R"([70, 1, {}, ["thanks"]])");
    u.caller.hears(R"([50, 1, {}, ["thanks"]])");
    u.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 2); });
}

TEST_CASE("progressive invocations: results may come in between", "[conformance][upload]")
{
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    u.caller.says(R"([48, 1, {"progress": true, "receive_progress": true}, "com.myapp.upload", [1]])");
    u.callee.hears(R"([68, 1, "$upload", {"progress": true, "receive_progress": true}, [1]])");
    u.callee.says(R"([70, 1, {"progress": true}, ["a"]])");
    u.caller.hears(R"([50, 1, {"progress": true}, ["a"]])");
    u.caller.says(R"([48, 1, {}, "com.myapp.upload", [2]])");
    u.callee.hears(R"([68, 1, "$upload", {"receive_progress": true}, [2]])");
    u.callee.says(R"([70, 1, {"progress": true}, ["b"]])");
    u.callee.says(R"([70, 1, {}, ["c"]])");
    u.caller.hears(R"([50, 1, {"progress": true}, ["b"]])");
    u.caller.hears(R"([50, 1, {}, ["c"]])");
}

TEST_CASE("progressive invocations: all parts go to the same callee, even if it has unregistered",
          "[conformance][upload]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& one = talk.join("one");
    auto& two = talk.join("two");
    auto& caller = talk.join("caller");
    for (auto* const each : {&one, &two}) {
        each->says(R"([64, 1, {"invoke": "roundrobin"}, "com.myapp.upload"])");
        each->hears(R"([65, 1, "$upload"])");
    }
    caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [1]])");
    one.hears(R"([68, 1, "$upload", {"progress": true}, [1]])");
    caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [2]])");
    one.hears(R"([68, 1, "$upload", {"progress": true}, [2]])");
    one.says(R"([66, 2, "$upload"])");
    one.hears(R"([67, 2])");
    caller.says(R"([48, 1, {}, "com.myapp.upload", [3]])");
    one.hears(R"([68, 1, "$upload", {}, [3]])");
    two.hears_nothing();
}

TEST_CASE("progressive invocations: the options of the first part hold for all", "[conformance][upload]")
{
    conversation talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& callee = talk.join("callee", GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    auto& caller = talk.join("caller");
    callee.says(R"([64, 1, {"match": "prefix", "forward_timeout": true}, "com.myapp"])");
    callee.hears(R"([65, 1, "$any"])");
    caller.says(R"([48, 1, {"progress": true, "disclose_me": true, "timeout": 50, "_mark": [1], "ppt_scheme": "x_a",
                    "ppt_keyid": "k"}, "com.myapp.upload", [1]])");
    callee.hears(R"([68, 1, "$any", {"progress": true, "caller": "$caller", "caller_authid": "caller",
                     "caller_authrole": "anyone", "procedure": "com.myapp.upload", "timeout": 50, "_mark": [1],
                     "ppt_scheme": "x_a", "ppt_keyid": "k"}, [1]])");
    caller.says(R"([48, 1, {"progress": true, "receive_progress": true, "timeout": 7, "_mark": 2, "x_other": 3},
                    "com.myapp.upload", [2]])");
    callee.hears(R"([68, 1, "$any", {"progress": true, "caller": "$caller", "caller_authid": "caller",
                     "caller_authrole": "anyone", "procedure": "com.myapp.upload", "timeout": 50, "_mark": [1],
                     "ppt_scheme": "x_a", "ppt_keyid": "k"}, [2]])");
    caller.says(R"([48, 1, {}, "com.myapp.upload", [3]])");
    callee.hears(R"([68, 1, "$any", {"caller": "$caller", "caller_authid": "caller",
                     "caller_authrole": "anyone", "procedure": "com.myapp.upload", "timeout": 50, "_mark": [1],
                     "ppt_scheme": "x_a", "ppt_keyid": "k"}, [3]])");
    callee.says(R"([70, 1, {"progress": true}])"); // was not asked for by the first part
    caller.hears_nothing();
}

TEST_CASE("progressive invocations: a callee that takes no parts gets none, and there is one ERROR",
          "[conformance][upload]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto check = GENERATE(request_id_check::lenient, request_id_check::strict);
    const auto missing = GENERATE(feature::progressive_call_invocations, feature::call_canceling);
    upload u(format, with(check), {.features = features_without({missing})});
    u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [1]])");
    u.caller.hears_error(message_type::call, 1, "wamp.error.feature_not_supported");
    u.passes_over_further_parts();
    u.caller.says(R"([48, 2, {}, "com.myapp.upload"])");
    u.callee.hears(R"([68, 1, "$upload", {}])");
}

TEST_CASE("progressive invocations: whatever the first part is refused for, there is one ERROR",
          "[conformance][upload]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto check = GENERATE(request_id_check::lenient, request_id_check::strict);
    const auto [options, procedure, error] = GENERATE(table<std::string, std::string, std::string>({
        {"", "com.myapp.nobody", "wamp.error.no_such_procedure"},
        {"", "com..upload", "wamp.error.invalid_uri"},
        {R"(, "timeout": "soon")", "com.myapp.upload", "wamp.error.invalid_argument"},
    }));
    upload u(format, with(check));
    u.caller.says(R"([48, 1, {"progress": true)" + options + "}, \"" + procedure + "\"]");
    u.caller.hears_error(message_type::call, 1, error);
    u.caller.says(R"([48, 1, {"progress": true)" + options + "}, \"" + procedure + "\"]");
    u.caller.says("[48, 1, {}, \"" + procedure + "\"]");
    u.caller.hears_nothing();
    u.caller.says(R"([48, 2, {}, "com.myapp.upload"])");
    u.callee.hears(R"([68, 1, "$upload", {}])");
}

TEST_CASE("progressive invocations: what comes for an answered call is passed over", "[conformance][upload]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto check = GENERATE(request_id_check::lenient, request_id_check::strict);
    upload u(format, with(check));
    u.begin();
    SECTION("by a result")
    {
        u.callee.says(R"([70, 1, {}, ["enough"]])");
        u.caller.hears(R"([50, 1, {}, ["enough"]])");
    }
    SECTION("by an error")
    {
        u.callee.says(R"([8, 68, 1, {}, "com.myapp.disk_full"])");
        u.caller.hears(R"([8, 48, 1, {}, "com.myapp.disk_full"])");
    }
    SECTION("by canceling")
    {
        u.caller.says(R"([49, 1, {}])");
        u.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
        u.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    }
    u.passes_over_further_parts();
    u.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("progressive invocations: a call that is being killed takes no further parts", "[conformance][upload]")
{
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    u.begin();
    u.caller.says(R"([49, 1, {"mode": "kill"}])");
    u.callee.hears(R"([69, 1, {"mode": "kill", "reason": "wamp.error.canceled"}])");
    u.passes_over_further_parts();
    u.callee.says(R"([8, 68, 1, {}, "wamp.error.canceled"])");
    u.caller.hears(R"([8, 48, 1, {}, "wamp.error.canceled"])");
}

TEST_CASE("progressive invocations: a part that does not belong to the call ends the session", "[conformance][upload]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const auto check = GENERATE(request_id_check::lenient, request_id_check::strict);
    upload u(format, with(check));
    SECTION("another procedure")
    {
        u.begin();
        u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.other", [2]])");
    }
    SECTION("a call that was not progressive")
    {
        u.caller.says(R"([48, 1, {}, "com.myapp.upload", [1]])");
        u.callee.hears(R"([68, 1, "$upload", {}, [1]])");
        u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [2]])");
    }
    SECTION("after the last one")
    {
        u.begin();
        u.caller.says(R"([48, 1, {}, "com.myapp.upload", [2]])");
        u.callee.hears(R"([68, 1, "$upload", {}, [2]])");
        u.caller.says(R"([48, 1, {}, "com.myapp.upload", [3]])");
    }
    SECTION("an unsound call in place of a part")
    {
        u.caller.says(R"([48, 1, {}, "com.myapp.upload", [1]])");
        u.callee.hears(R"([68, 1, "$upload", {}, [1]])");
        u.caller.says(R"([48, 1, {"timeout": "soon"}, "com.myapp.upload", [2]])");
    }
    u.caller.is_aborted();
    u.caller.vanishes();
    u.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
}

TEST_CASE("progressive invocations: callers that did not announce them", "[conformance][upload]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const guest silent{.features = features_without({feature::progressive_call_invocations})};
    SECTION("are served where requests are checked leniently")
    {
        upload u(format, with(request_id_check::lenient), {}, silent);
        u.begin();
        u.caller.says(R"([48, 1, {}, "com.myapp.upload", [2]])");
        u.callee.hears(R"([68, 1, "$upload", {}, [2]])");
    }
    SECTION("break the protocol where they are checked strictly")
    {
        upload u(format, with(request_id_check::strict), {}, silent);
        u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [1]])");
        u.caller.is_aborted();
        u.callee.hears_nothing();
    }
}

TEST_CASE("progressive invocations: further parts are no further calls", "[conformance][upload]")
{
    guest busy;
    busy.limits = scant_limits();
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), {}, {}, busy);
    u.begin();
    u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [2]])");
    u.callee.hears(R"([68, 1, "$upload", {"progress": true}, [2]])");
    u.caller.says(R"([48, 2, {"progress": true}, "com.myapp.upload", [1]])");
    u.caller.hears_error(message_type::call, 2, "wamp.error.too_many_requests");
    u.caller.says(R"([48, 2, {}, "com.myapp.upload", [2]])");
    u.caller.hears_nothing();
    u.callee.hears_nothing();
}

TEST_CASE("progressive invocations: a caller that leaves stops the callee", "[conformance][upload]")
{
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    u.begin();
    u.caller.vanishes();
    u.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.canceled"}])");
    u.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
}

TEST_CASE("progressive invocations: a callee that leaves has the call canceled", "[conformance][upload]")
{
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    u.begin();
    u.callee.vanishes();
    u.caller.hears_error(message_type::call, 1, "wamp.error.canceled");
    u.passes_over_further_parts();
}

TEST_CASE("progressive invocations: a call whose time is over takes no further parts", "[conformance][upload]")
{
    upload u(GENERATE(serializer::json, serializer::msgpack, serializer::cbor));
    u.caller.says(R"([48, 1, {"progress": true, "timeout": 1000}, "com.myapp.upload", [1]])");
    u.callee.hears(R"([68, 1, "$upload", {"progress": true}, [1]])");
    u.talk.wait(std::chrono::milliseconds(50));
    u.caller.says(R"([48, 1, {"progress": true}, "com.myapp.upload", [2]])");
    u.callee.hears(R"([68, 1, "$upload", {"progress": true}, [2]])");
    u.talk.wait(std::chrono::milliseconds(950));
    u.caller.hears_error(message_type::call, 1, "wamp.error.timeout");
    u.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.timeout"}])");
    u.passes_over_further_parts();
}

TEST_CASE("progressive invocations: a part that cannot be delivered ends the call", "[conformance][upload]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const std::string more = GENERATE(as<std::string>(), R"({"progress": true})", "{}");
    upload u(format, {}, {.message_bytes_max = 4096});
    u.begin();
    SECTION("because it is too large")
    {
        u.caller.says("[48, 1, " + more + R"(, "com.myapp.upload", [")" + std::string(5000, 'x') + "\"]]");
        u.caller.hears_error(message_type::call, 1, "wamp.error.payload_size_exceeded");
        u.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.payload_size_exceeded"}])");
    }
    SECTION("because an option is unsound")
    {
        u.caller.says("[48, 1, " + more.substr(0, more.size() - 1) + (more == "{}" ? "" : ", ") +
                      R"("timeout": "soon"}, "com.myapp.upload", [2]])");
        u.caller.hears_error(message_type::call, 1, "wamp.error.invalid_argument");
        u.callee.hears(R"([69, 1, {"mode": "killnowait", "reason": "wamp.error.invalid_argument"}])");
    }
    u.talk.on_core([](realm& core) { CHECK(core.pending_call_count() == 0); });
    if (more != "{}")
        u.passes_over_further_parts();
    u.caller.hears_nothing();
    u.callee.hears_nothing();
}

// On the core only: queues of connections are large, and run full when the system wants it.
TEST_CASE("progressive invocations: a part for a callee that takes nothing any more ends the call",
          "[conformance][upload][core]")
{
    const auto format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor);
    const std::string more = GENERATE(as<std::string>(), R"({"progress": true})", "{}");
    upload u(format);
    u.begin();
    u.callee.outlet().refuse();
    u.caller.says("[48, 1, " + more + R"(, "com.myapp.upload", [2]])");
    u.caller.hears_error(message_type::call, 1, "wamp.error.unavailable");
    u.callee.outlet().refuse(false);
    CHECK(u.talk.realm().pending_call_count() == 0);
    if (more != "{}")
        u.passes_over_further_parts();
    u.caller.hears_nothing();
    u.callee.hears_nothing();
}
