// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/authorization.hpp>

#include <string>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

constexpr auto exact_match = match_policy::exact;

authorization_decision allowed(std::int32_t trust_level = -1)
{
    authorization_decision outcome;
    outcome.allowed = true;
    outcome.trust_level = trust_level;
    return outcome;
}

/// Alice, whose requests somebody else decides about, and Bob, who may do everything.
struct fixture {
    explicit fixture(decision_limits limits = {})
    {
        talk.realm().authorize("watched", limits);
        alice = &talk.join("alice", guest{"watched"});
        bob = &talk.join("bob");
    }

    const authorization_question* question() { return talk.realm().question(alice->session()); }

    /// Answers the question and says the message again that it is about, as whoever reads for the session does.
    void answer(authorization_decision decided, bool cache, std::string_view message)
    {
        talk.realm().answer(alice->session(), {decided, cache}, talk.now());
        alice->says(message);
    }

    conversation talk;
    peer* alice;
    peer* bob;
};

} // namespace

TEST_CASE("authorization: a request waits until it is decided, and nothing has happened by then",
          "[realm][authorization]")
{
    fixture f;
    f.bob->says(R"([64,1,{},"com.p"])");
    f.bob->hears(R"([65,1,"$p"])");
    f.alice->says(R"([48,1,{"timeout":50},"com.p",[1]])");
    REQUIRE(f.question() != nullptr);
    CHECK(f.question()->what == action::call);
    CHECK(f.question()->uri == "com.p");
    CHECK(f.question()->options == dict{{"timeout", 50}});
    f.bob->hears_nothing();
    f.alice->hears_nothing();

    f.answer(allowed(), false, R"([48,1,{},"com.p",[1]])");
    CHECK(f.question() == nullptr);
    f.bob->hears(R"([68,1,"$p",{},[1]])");
}

TEST_CASE("authorization: what is denied, and what nobody could decide", "[realm][authorization]")
{
    fixture f;
    f.alice->says(R"([32,1,{"match":"prefix"},"com."])");
    REQUIRE(f.question() != nullptr);
    CHECK(f.question()->what == action::subscribe);
    CHECK(f.question()->match == match_policy::prefix);
    f.answer({}, false, R"([32,1,{"match":"prefix"},"com."])");
    f.alice->hears_error(message_type::subscribe, 1, "wamp.error.not_authorized");

    f.alice->says(R"([64,2,{},"com.p"])");
    REQUIRE(f.question() != nullptr);
    CHECK(f.question()->what == action::register_);
    authorization_decision failed;
    failed.failed = true;
    f.answer(failed, true, R"([64,2,{},"com.p"])");
    f.alice->hears_error(message_type::register_, 2, "wamp.error.authorization_failed");

    // A failure is never remembered.
    f.alice->says(R"([64,3,{},"com.p"])");
    CHECK(f.question() != nullptr);
}

TEST_CASE("authorization: a decision that may be cached is used again, for the same request only",
          "[realm][authorization]")
{
    fixture f;
    f.alice->says(R"([32,1,{},"com.t"])");
    f.answer(allowed(), true, R"([32,1,{},"com.t"])");
    f.alice->hears(R"([33,1,"$t"])");
    f.alice->says(R"([32,2,{},"com.t"])");
    CHECK(f.question() == nullptr);
    f.alice->hears(R"([33,2,"$t"])");

    f.alice->says(R"([32,3,{"match":"prefix"},"com.t"])");
    CHECK(f.question() != nullptr);
    f.answer({}, true, R"([32,3,{"match":"prefix"},"com.t"])");
    f.alice->hears_error(message_type::subscribe, 3, "wamp.error.not_authorized");
    f.alice->says(R"([32,4,{"match":"prefix"},"com.t"])");
    f.alice->hears_error(message_type::subscribe, 4, "wamp.error.not_authorized");
    f.alice->says(R"([16,5,{"acknowledge":true},"com.t"])");
    CHECK(f.question() != nullptr);
}

TEST_CASE("authorization: a decision that may not be cached is made each time", "[realm][authorization]")
{
    fixture f;
    f.bob->says(R"([32,1,{},"com.t"])");
    f.bob->hears(R"([33,1,"$t"])");
    for (int round = 1; round <= 3; ++round) {
        const auto publish = R"([16,)" + std::to_string(round) + R"(,{},"com.t",[]])";
        f.alice->says(publish);
        REQUIRE(f.question() != nullptr);
        f.answer(round == 2 ? authorization_decision() : allowed(), false, publish);
        f.talk.realm().settle();
        if (round == 2)
            f.bob->hears_nothing();
        else
            f.bob->hears(R"([36,"$t","$_",{},[]])");
    }
}

TEST_CASE("authorization: decisions are forgotten when they are told to, and when their time is over",
          "[realm][authorization]")
{
    decision_limits limits;
    limits.lifetime = std::chrono::seconds(5);
    fixture f(limits);
    f.alice->says(R"([32,1,{},"com.t"])");
    f.answer(allowed(), true, R"([32,1,{},"com.t"])");
    f.alice->hears(R"([33,1,"$t"])");
    f.talk.realm().forget_decisions();
    f.alice->says(R"([32,2,{},"com.t"])");
    REQUIRE(f.question() != nullptr);
    f.answer(allowed(), true, R"([32,2,{},"com.t"])");
    f.alice->hears(R"([33,2,"$t"])");
    f.talk.wait(std::chrono::milliseconds(4'999));
    f.alice->says(R"([32,3,{},"com.t"])");
    f.alice->hears(R"([33,3,"$t"])");
    f.talk.wait(std::chrono::milliseconds(1));
    f.alice->says(R"([32,4,{},"com.t"])");
    CHECK(f.question() != nullptr);
}

TEST_CASE("authorization: what was asked about before decisions were forgotten is not remembered",
          "[realm][authorization]")
{
    fixture f;
    f.alice->says(R"([32,1,{},"com.t"])");
    REQUIRE(f.question() != nullptr);
    f.talk.realm().forget_decisions();
    f.answer(allowed(), true, R"([32,1,{},"com.t"])");
    f.alice->hears(R"([33,1,"$t"])");
    f.alice->says(R"([32,2,{},"com.t"])");
    REQUIRE(f.question() != nullptr);
    f.answer(allowed(), true, R"([32,2,{},"com.t"])");
    f.alice->hears(R"([33,2,"$t"])");
    f.alice->says(R"([32,3,{},"com.t"])");
    f.alice->hears(R"([33,3,"$t"])");
}

TEST_CASE("authorization: another authorizer is asked anew about sessions that are joined", "[realm][authorization]")
{
    fixture f;
    f.alice->says(R"([32,1,{},"com.t"])");
    f.answer(allowed(), true, R"([32,1,{},"com.t"])");
    f.alice->hears(R"([33,1,"$t"])");
    f.alice->says(R"([32,2,{},"com.u"])");
    REQUIRE(f.question() != nullptr);

    f.talk.realm().authorize("watched", {});
    CHECK(f.question() == nullptr);
    f.answer(allowed(), true, R"([32,2,{},"com.u"])"); // That of the former one, which comes too late.
    f.alice->hears_nothing();
    REQUIRE(f.question() != nullptr);
    f.answer({}, false, R"([32,2,{},"com.u"])");
    f.alice->hears_error(message_type::subscribe, 2, "wamp.error.not_authorized");
    f.alice->says(R"([32,3,{},"com.t"])");
    CHECK(f.question() != nullptr);
}

TEST_CASE("authorization: it begins and ends for sessions that are joined", "[realm][authorization]")
{
    fixture f;
    f.bob->says(R"([64,1,{},"com.p"])");
    f.bob->hears(R"([65,1,"$p"])");
    f.talk.realm().end_authorization("watched");
    f.alice->says(R"([48,1,{},"com.p"])");
    f.alice->hears_error(message_type::call, 1, "wamp.error.not_authorized");
    f.talk.realm().role("watched").allow(action::call, prefix(""));
    f.talk.realm().end_authorization("watched");
    f.alice->says(R"([48,2,{},"com.p"])");
    f.bob->hears(R"([68,1,"$p",{}])");

    f.talk.realm().authorize("watched", {});
    f.alice->says(R"([48,3,{},"com.p"])");
    REQUIRE(f.question() != nullptr);
    f.answer({}, false, R"([48,3,{},"com.p"])");
    f.alice->hears_error(message_type::call, 3, "wamp.error.not_authorized");
    f.alice->says(R"([48,4,{},"com.p"])");
    REQUIRE(f.question() != nullptr);
    f.talk.realm().remove_role("watched");
    f.alice->says(R"([48,4,{},"com.p"])");
    f.alice->hears_error(message_type::call, 4, "wamp.error.not_authorized");
}

TEST_CASE("authorization: nobody is asked about what is refused anyway", "[realm][authorization]")
{
    fixture f;
    f.alice->says(R"([32,1,{},"com..t"])");
    f.alice->hears_error(message_type::subscribe, 1, "wamp.error.invalid_uri");
    f.alice->says(R"([34,2,99])");
    f.alice->hears_error(message_type::unsubscribe, 2, "wamp.error.no_such_subscription");
    CHECK(f.question() == nullptr);
}

TEST_CASE("authorization: nobody is asked about further parts of a call, and what was decided holds for them",
          "[realm][authorization]")
{
    fixture f;
    f.bob->says(R"([64,1,{},"com.p"])");
    f.bob->hears(R"([65,1,"$p"])");
    f.alice->says(R"([48,1,{"progress":true},"com.p",[1]])");
    REQUIRE(f.question() != nullptr);
    f.answer(allowed(7), false, R"([48,1,{"progress":true},"com.p",[1]])");
    f.bob->hears(R"([68,1,"$p",{"progress":true,"trustlevel":7},[1]])");
    f.alice->says(R"([48,2,{},"com.p"])");
    f.answer(allowed(), false, R"([48,2,{},"com.p"])");
    f.bob->hears(R"([68,2,"$p",{}])");
    f.alice->says(R"([48,1,{},"com.p",[2]])");
    CHECK(f.question() == nullptr);
    f.bob->hears(R"([68,1,"$p",{"trustlevel":7},[2]])");
}

TEST_CASE("authorization: callees and subscribers are told trust levels", "[realm][authorization]")
{
    fixture f;
    f.bob->says(R"([64,1,{},"com.p"])");
    f.bob->hears(R"([65,1,"$p"])");
    f.bob->says(R"([32,2,{},"com.t"])");
    f.bob->hears(R"([33,2,"$t"])");
    f.alice->says(R"([48,1,{},"com.p"])");
    f.answer(allowed(0), false, R"([48,1,{},"com.p"])");
    f.bob->hears(R"([68,1,"$p",{"trustlevel":0}])");

    auto disclosing = allowed(7);
    disclosing.disclose = true;
    f.alice->says(R"([16,2,{},"com.t"])");
    f.answer(disclosing, false, R"([16,2,{},"com.t"])");
    f.talk.realm().settle();
    f.bob->hears(
        R"([36,"$t","$_",{"publisher":"$alice","publisher_authid":"$_","publisher_authrole":"watched","trustlevel":7}])");
}

TEST_CASE("decision cache: the oldest is forgotten when there is no more room", "[realm][authorization]")
{
    decision_limits limits;
    limits.decisions_max = 3;
    decision_cache cache(limits, 1);
    const decision_cache::time_point now{};
    for (const auto* const uri : {"a", "b", "c", "d"})
        cache.insert(action::call, exact_match, uri, allowed(), now);
    CHECK(cache.size() == 3);
    CHECK(cache.find(action::call, exact_match, "a", now) == nullptr);
    CHECK(cache.find(action::call, exact_match, "b", now) != nullptr);
    CHECK(cache.find(action::publish, exact_match, "b", now) == nullptr);
    cache.insert(action::call, exact_match, "b", {}, now);
    CHECK_FALSE(cache.find(action::call, exact_match, "b", now)->allowed);
    cache.insert(action::call, exact_match, "e", {}, now);
    CHECK(cache.find(action::call, exact_match, "c", now) == nullptr);
    CHECK(cache.find(action::call, exact_match, "b", now) != nullptr);
    cache.clear();
    CHECK(cache.size() == 0);

    limits.decisions_max = 0;
    cache.insert(action::call, exact_match, "a", allowed(), now);
    CHECK(cache.find(action::call, exact_match, "a", now) == nullptr);
}
