// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/core.hpp>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/codec/codec.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/message/encoded_arguments.hpp>

#include "support/catch.hpp"
#include "support/recorder.hpp"

using namespace junctor;
using junctor::client::core;

namespace {

using diary = std::vector<std::string>;

/// Writes down what happens to a request.
class noted_answer final : public client::answer_taker {
public:
    explicit noted_answer(diary& notes) : notes_{notes} {}

    void on_progress(const result& m) override { notes_.push_back("progress " + first_of(m.body)); }
    void on_lost() override { notes_.emplace_back("lost"); }
    void on_answer(const message& answer) override
    {
        if (const auto* const failed = std::get_if<error>(&answer))
            notes_.push_back("error " + std::string(failed->uri));
        else if (const auto* const done = std::get_if<result>(&answer))
            notes_.push_back("result " + first_of(done->body));
        else
            notes_.emplace_back(to_string(type_of(answer)));
    }

private:
    static std::string first_of(const payload& body)
    {
        const auto content = decode_arguments(body);
        return content.args.empty() ? "" : *content.args[0].get_if<std::string>();
    }

    diary& notes_;
};

class noted_events final : public client::event_taker {
public:
    noted_events(std::string name, diary& notes) : name_{std::move(name)}, notes_{notes} {}

    void on_event(const event& m) override { note("event " + std::to_string(m.publication.number())); }
    void on_subscribed(subscription_id as) override { note("subscribed " + std::to_string(as.number())); }
    void on_refused(const error& refused) override { note("refused " + std::string(refused.uri)); }
    void on_end(std::string_view reason) override { note("end " + std::string(reason)); }

private:
    void note(const std::string& what) { notes_.push_back(name_ + ": " + what); }

    std::string name_;
    diary& notes_;
};

class noted_invocations final : public client::invocation_taker {
public:
    explicit noted_invocations(diary& notes) : notes_{notes} {}

    void on_invocation(const invocation& m) override
    {
        notes_.push_back("invocation " + std::to_string(m.request.number()));
    }
    void on_interrupt(const interrupt& m) override
    {
        notes_.push_back("interrupt " + std::to_string(m.request.number()));
    }
    void on_registered(registration_id as) override { notes_.push_back("registered " + std::to_string(as.number())); }
    void on_refused(const error& refused) override { notes_.push_back("refused " + std::string(refused.uri)); }
    void on_end(std::string_view reason) override { notes_.push_back("end " + std::string(reason)); }

private:
    diary& notes_;
};

/// A session whose router is the test.
class scripted {
public:
    /// The router sends a message, written in JSON.
    void says(std::string_view json)
    {
        const auto decoded = decoder_.decode(as_bytes(json));
        REQUIRE(decoded.has_value());
        session.receive(*decoded);
    }

    /// The router is sent this message, and nothing before it.
    void hears(std::string_view json)
    {
        const auto bytes = out.take();
        INFO("expected " << json << ", heard " << bytes.value_or("nothing"));
        REQUIRE(bytes.has_value());
        REQUIRE(read_value({serializer::json, as_bytes(*bytes)}).value() ==
                read_value({serializer::json, as_bytes(json)}).value());
    }

    void hears_nothing()
    {
        const auto bytes = out.take();
        INFO("heard " << bytes.value_or(""));
        REQUIRE_FALSE(bytes.has_value());
    }

    request_id call(std::string_view procedure)
    {
        junctor::call m;
        m.procedure = procedure;
        return session.send(m, std::make_unique<noted_answer>(notes)).request;
    }

    std::shared_ptr<client::event_taker> subscribe(std::string_view topic, std::string name)
    {
        auto taker = std::make_shared<noted_events>(std::move(name), notes);
        junctor::subscribe m;
        m.topic = topic;
        session.send(m, taker);
        return taker;
    }

    void register_procedure(std::string_view procedure)
    {
        register_ m;
        m.procedure = procedure;
        session.send(m, std::make_shared<noted_invocations>(notes));
    }

    /// What has happened since this was asked last.
    diary news() { return std::exchange(notes, {}); }

    std::unique_ptr<client::answer_taker> noted() { return std::make_unique<noted_answer>(notes); }

    test::recorder out{serializer::json};
    diary notes;
    core session{out};

private:
    decoder decoder_{serializer::json};
};

} // namespace

TEST_CASE("core: a call gets its progress, its result, and nothing more", "[client][core]")
{
    scripted s;
    s.call("com.a");
    s.hears(R"([48, 1, {}, "com.a"])");
    s.says(R"([50, 1, {"progress": true}, ["half"]])");
    s.says(R"([50, 1, {}, ["all"]])");
    s.says(R"([50, 1, {}, ["again"]])");
    CHECK(s.news() == diary{"progress half", "result all"});
    CHECK(s.session.open());
}

TEST_CASE("core: requests are numbered without a gap, also if one cannot be sent", "[client][core]")
{
    scripted s;
    s.call("com.a");
    s.out.accept_at_most(4);
    junctor::call large;
    large.procedure = "com.large";
    CHECK(s.session.send(large, s.noted()).outcome == delivery::too_large);
    s.out.accept_at_most(1000);
    s.call("com.b");
    s.hears(R"([48, 1, {}, "com.a"])");
    s.hears(R"([48, 2, {}, "com.b"])");
    CHECK(s.news().empty());
}

TEST_CASE("core: a call that is canceled gets its answer or not, as wanted", "[client][core]")
{
    scripted s;
    const auto request = s.call("com.a");
    s.hears(R"([48, 1, {}, "com.a"])");
    SECTION("awaited")
    {
        s.session.cancel(request, cancel_mode::kill, core::canceled_call::awaited);
        s.hears(R"([49, 1, {"mode": "kill"}])");
        s.says(R"([8, 48, 1, {}, "wamp.error.canceled"])");
        CHECK(s.news() == diary{"error wamp.error.canceled"});
    }
    SECTION("passed over")
    {
        s.session.cancel(request, cancel_mode::skip, core::canceled_call::passed_over);
        s.hears(R"([49, 1, {"mode": "skip"}])");
        s.says(R"([8, 48, 1, {}, "wamp.error.canceled"])");
        CHECK(s.news().empty());
    }
    s.session.cancel(request, cancel_mode::skip, core::canceled_call::passed_over); // It has been answered.
    s.hears_nothing();
    CHECK(s.session.open());
}

TEST_CASE("core: an answer to what was never asked breaks the protocol", "[client][core]")
{
    const std::string answer = GENERATE(as<std::string>(), R"([50, 2, {}])", R"([50, 2, {"progress": true}])",
                                        R"([8, 48, 2, {}, "com.error"])", R"([17, 2, 9])", R"([33, 1, 9])",
                                        R"([65, 1, 9])", R"([35, 2])", R"([67, 2])", R"([16, 1, {}, "com.topic"])",
                                        R"([2, 1, {}])", R"([48, 1, {}, "com.a"])", R"([4, "ticket", {}])");
    scripted s;
    s.call("com.a");
    static_cast<void>(s.out.take());
    s.says(answer);
    const auto sent = s.out.take();
    REQUIRE(sent.has_value());
    CHECK(sent->find("wamp.error.protocol_violation") != std::string::npos);
    CHECK(sent->starts_with("[3,"));
    CHECK(s.session.how_closed().reason == close_reason::protocol_violation);
    CHECK(s.news() == diary{"lost"});
    s.says(answer);
    s.hears_nothing();
}

TEST_CASE("core: PUBLISH waits for an answer only if it asks for it", "[client][core]")
{
    scripted s;
    publish m;
    m.topic = "com.t";
    s.session.send(m, nullptr);
    m.options.acknowledge = true;
    s.session.send(m, s.noted());
    s.hears(R"([16, 1, {}, "com.t"])");
    s.hears(R"([16, 2, {"acknowledge": true}, "com.t"])");
    s.says(R"([17, 2, 77])");
    CHECK(s.news() == diary{"PUBLISHED"});
}

TEST_CASE("core: all who subscribed to one topic get each event", "[client][core]")
{
    scripted s;
    const auto one = s.subscribe("com.t", "one");
    const auto two = s.subscribe("com.t", "two");
    s.hears(R"([32, 1, {}, "com.t"])");
    s.hears(R"([32, 2, {}, "com.t"])");
    s.says(R"([33, 1, 9])");
    s.says(R"([33, 2, 9])");
    s.says(R"([36, 9, 5, {}])");
    CHECK(s.news() == diary{"one: subscribed 9", "two: subscribed 9", "one: event 5", "two: event 5"});

    s.session.unsubscribe(subscription_id(9), *one, s.noted());
    s.hears_nothing();
    s.says(R"([36, 9, 6, {}])");
    CHECK(s.news() == diary{"UNSUBSCRIBED", "two: event 6"});

    s.session.unsubscribe(subscription_id(9), *two, s.noted());
    s.hears(R"([34, 3, 9])");
    s.says(R"([36, 9, 7, {}])"); // It has crossed UNSUBSCRIBE.
    s.says(R"([35, 3])");
    CHECK(s.news() == diary{"UNSUBSCRIBED"});
    CHECK(s.session.open());
}

TEST_CASE("core: a subscription is not ended while another to the same topic is under way", "[client][core]")
{
    scripted s;
    const auto one = s.subscribe("com.t", "one");
    s.says(R"([33, 1, 9])");
    const auto two = s.subscribe("com.t", "two");
    s.session.unsubscribe(subscription_id(9), *one, s.noted());
    s.hears(R"([32, 1, {}, "com.t"])");
    s.hears(R"([32, 2, {}, "com.t"])");
    s.hears_nothing();
    s.news();
    SECTION("and not afterwards, if it came to be the same")
    {
        s.says(R"([33, 2, 9])");
        s.hears_nothing();
        s.says(R"([36, 9, 5, {}])");
        CHECK(s.news() == diary{"two: subscribed 9", "UNSUBSCRIBED", "two: event 5"});
    }
    SECTION("but afterwards, if it was refused")
    {
        s.says(R"([8, 32, 2, {}, "wamp.error.not_authorized"])");
        s.hears(R"([34, 3, 9])");
        s.says(R"([35, 3])");
        CHECK(s.news() == diary{"two: refused wamp.error.not_authorized", "UNSUBSCRIBED"});
    }
}

TEST_CASE("core: subscriptions and registrations are revoked", "[client][core]")
{
    scripted s;
    s.subscribe("com.t", "one");
    s.register_procedure("com.p");
    s.says(R"([33, 1, 9])");
    s.says(R"([65, 2, 8])");
    s.news();
    s.says(R"([35, 0, {"subscription": 9, "reason": "com.why"}])");
    s.says(R"([67, 0, {"registration": 8, "reason": "com.why"}])");
    CHECK(s.news() == diary{"one: end com.why", "end com.why"});
    s.says(R"([36, 9, 5, {}])");
    CHECK(s.news().empty());
    CHECK(s.session.open());
}

TEST_CASE("core: a call is answered once, by YIELD or ERROR", "[client][core]")
{
    scripted s;
    s.register_procedure("com.p");
    s.hears(R"([64, 1, {}, "com.p"])");
    s.says(R"([65, 1, 8])");
    s.says(R"([68, 1, 8, {}, [1]])");
    s.says(R"([68, 2, 8, {}])");
    CHECK(s.news() == diary{"registered 8", "invocation 1", "invocation 2"});
    CHECK(s.session.invocation_count() == 2);

    yield part;
    part.request = request_id(1);
    part.options.progress = true;
    CHECK(s.session.answer_call(part) == delivery::queued);
    yield all;
    all.request = request_id(1);
    CHECK(s.session.answer_call(all) == delivery::queued);
    CHECK(s.session.answer_call(all) == delivery::refused);
    CHECK(s.session.answer_call(part) == delivery::refused);
    error failed;
    failed.request_type = message_type::invocation;
    failed.request = request_id(2);
    failed.uri = "com.error";
    CHECK(s.session.answer_call(failed) == delivery::queued);
    s.hears(R"([70, 1, {"progress": true}])");
    s.hears(R"([70, 1, {}])");
    s.hears(R"([8, 68, 2, {}, "com.error"])");
    s.hears_nothing();
    CHECK(s.session.invocation_count() == 0);
    s.says(R"([69, 1, {"mode": "kill"}])"); // It has crossed the answer.
    CHECK(s.news().empty());
}

TEST_CASE("core: an INTERRUPT reaches the call that it is for", "[client][core]")
{
    scripted s;
    s.register_procedure("com.p");
    s.says(R"([65, 1, 8])");
    s.says(R"([68, 1, 8, {}])");
    s.says(R"([69, 1, {"mode": "killnowait"}])");
    CHECK(s.news() == diary{"registered 8", "invocation 1", "interrupt 1"});
}

TEST_CASE("core: a call that has crossed UNREGISTER is declined, so that others may take it", "[client][core]")
{
    scripted s;
    s.register_procedure("com.p");
    s.says(R"([65, 1, 8])");
    s.session.unregister(registration_id(8), s.noted());
    s.says(R"([68, 1, 8, {}])");
    s.says(R"([67, 2])");
    s.hears(R"([64, 1, {}, "com.p"])");
    s.hears(R"([66, 2, 8])");
    s.hears(R"([8, 68, 1, {}, "wamp.error.unavailable"])");
    CHECK(s.news() == diary{"registered 8", "UNREGISTERED"});
    s.session.unregister(registration_id(8), s.noted());
    s.hears_nothing();
    CHECK(s.news() == diary{"UNREGISTERED"});
}

TEST_CASE("core: the parts of a call go to who has taken the first, and are passed over once it is answered",
          "[client][core]")
{
    scripted s;
    s.register_procedure("com.p");
    s.says(R"([65, 1, 8])");
    s.says(R"([68, 1, 8, {"progress": true}, ["a"]])");
    s.says(R"([68, 1, 8, {"progress": true}, ["b"]])");
    CHECK(s.news() == diary{"registered 8", "invocation 1", "invocation 1"});
    yield all;
    all.request = request_id(1);
    CHECK(s.session.answer_call(all) == delivery::queued);
    s.says(R"([68, 1, 8, {"progress": true}, ["c"]])");
    s.says(R"([68, 1, 8, {}, ["d"]])");
    CHECK(s.news().empty());
    CHECK(s.session.invocation_count() == 0);
}

TEST_CASE("core: further parts of a call are sent until it is answered", "[client][core]")
{
    scripted s;
    junctor::call m;
    m.procedure = "com.p";
    m.options.progress = true;
    m.request = s.session.send(m, s.noted()).request;
    CHECK(s.session.send_further_part(m) == delivery::queued);
    s.hears(R"([48, 1, {"progress": true}, "com.p"])");
    s.hears(R"([48, 1, {"progress": true}, "com.p"])");
    s.says(R"([50, 1, {}, ["enough"]])");
    CHECK(s.session.send_further_part(m) == delivery::refused);
    s.hears_nothing();
}

TEST_CASE("core: GOODBYE of the router is answered, and everybody who waits is told", "[client][core]")
{
    scripted s;
    s.call("com.a");
    s.subscribe("com.t", "one");
    s.subscribe("com.u", "two");
    s.register_procedure("com.p");
    s.says(R"([33, 2, 9])");
    s.news();
    while (s.out.take()) {
    }
    s.says(R"([6, {"message": "bye"}, "wamp.close.system_shutdown"])");
    s.hears(R"([6, {}, "wamp.close.goodbye_and_out"])");
    CHECK(s.session.closed());
    CHECK(s.session.how_closed().reason == close_reason::system_shutdown);
    CHECK(s.session.how_closed().uri == "wamp.close.system_shutdown");
    CHECK(s.session.how_closed().text == "bye");
    auto told = s.news();
    CHECK(told == diary{"lost", "two: end wamp.close.system_shutdown", "end wamp.close.system_shutdown",
                        "one: end wamp.close.system_shutdown"});
    junctor::call late;
    late.procedure = "com.a";
    CHECK(s.session.send(late, s.noted()).outcome == delivery::refused);
    CHECK(s.news().empty());
}

TEST_CASE("core: a session that is being left declines calls and ends with the router's GOODBYE", "[client][core]")
{
    scripted s;
    s.register_procedure("com.p");
    s.says(R"([65, 1, 8])");
    s.session.say_goodbye("wamp.close.close_realm");
    s.session.say_goodbye("wamp.close.close_realm");
    s.says(R"([68, 1, 8, {}])");
    s.hears(R"([64, 1, {}, "com.p"])");
    s.hears(R"([6, {}, "wamp.close.close_realm"])");
    s.hears(R"([8, 68, 1, {}, "wamp.error.unavailable"])");
    s.hears_nothing();
    CHECK_FALSE(s.session.open());
    CHECK_FALSE(s.session.closed());
    s.says(R"([6, {}, "wamp.error.goodbye_and_out"])"); // The old URI, which some still send.
    CHECK(s.session.how_closed().reason == close_reason::goodbye);
    s.hears_nothing();
}

TEST_CASE("core: ABORT ends a session", "[client][core]")
{
    scripted s;
    s.call("com.a");
    s.says(R"([3, {"message": "no"}, "wamp.error.protocol_violation"])");
    CHECK(s.session.how_closed().reason == close_reason::aborted_by_peer);
    CHECK(s.session.how_closed().uri == "wamp.error.protocol_violation");
    CHECK(s.news() == diary{"lost"});
}
