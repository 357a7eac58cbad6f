// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/dynamic.hpp>

#include <optional>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

procedure_answer result(value content)
{
    procedure_answer answer;
    answer.args.push_back(std::move(content));
    return answer;
}

procedure_answer failure(std::string uri, list args = {})
{
    procedure_answer answer;
    answer.error = std::move(uri);
    answer.args = std::move(args);
    return answer;
}

using found = std::optional<principal_record>;

awaitable<void> keep_record(principal_source& source, auth_exchange& peer, dict evidence, found& one)
{
    auto record = co_await source.find(peer, std::move(evidence));
    one = std::move(record);
}

/// What the source finds for joe in realm1, whom `answer` is about.
found look_up(principal_source& source, procedure_answer answer, dict evidence = {})
{
    scripted_exchange peer("realm1", "joe");
    peer.procedures = [&](const auto&...) { return answer; };
    found one;
    run(keep_record(source, peer, std::move(evidence), one));
    return one;
}

/// A request of joe's to subscribe to com.t.
class scripted_request final : public authorization_request {
public:
    explicit scripted_request(procedure_answer answer) : answer_{std::move(answer)}
    {
        who_.authid = "joe";
        who_.authrole = "guest";
        question_.what = action::subscribe;
        question_.uri = "com.t";
    }

    [[nodiscard]] const identity& who() const noexcept override { return who_; }
    [[nodiscard]] std::uint64_t session_number() const noexcept override { return 7; }
    [[nodiscard]] const std::string& realm() const noexcept override { return realm_; }
    [[nodiscard]] const transport_facts& transport() const noexcept override { return facts_; }
    [[nodiscard]] const authorization_question& question() const noexcept override { return question_; }

    [[nodiscard]] awaitable<procedure_answer> call(std::string realm, std::string procedure, list args) override
    {
        called_realm = std::move(realm);
        called_procedure = std::move(procedure);
        called_args = std::move(args);
        co_return answer_;
    }

    std::string called_realm;
    std::string called_procedure;
    list called_args;

private:
    procedure_answer answer_;
    identity who_;
    std::string realm_{"realm1"};
    transport_facts facts_;
    authorization_question question_;
};

awaitable<void> keep_answer(authorizer& decides, authorization_request& request, authorization_answer& answer)
{
    auto given = co_await decides.decide(request);
    answer = given;
}

authorization_answer decide_on(authorizer& decides, scripted_request request)
{
    authorization_answer answer;
    run(keep_answer(decides, request, answer));
    return answer;
}

authorization_answer decided(value content)
{
    auth::dynamic_authorizer decides("com.example.may");
    return decide_on(decides, scripted_request(result(std::move(content))));
}

} // namespace

TEST_CASE("dynamic: the procedure is told who wants to join, and how", "[auth-dynamic]")
{
    auth::dynamic_principals source({"com.example.auth", "realm.auth", {}});
    scripted_exchange peer("realm1", "joe");
    peer.method = "ticket";
    peer.said.authextra.set("pin", 5);
    peer.facts.credentials = peer_credentials{1, 2, 3};
    list told;
    peer.procedures = [&](const std::string& realm, const std::string& procedure, const list& args) {
        CHECK(realm == "realm.auth");
        CHECK(procedure == "com.example.auth");
        told = args;
        return result("staff");
    };
    found one;
    run(keep_record(source, peer, dict{{"ticket", "t"}}, one));
    REQUIRE(told.size() == 3);
    CHECK(told[0] == "realm1");
    CHECK(told[1] == "joe");
    const auto& details = *told[2].get_if<dict>();
    CHECK(*details.find("ticket") == "t");
    CHECK(*details.find("authmethod") == "ticket");
    CHECK(*details.find("authextra") == dict{{"pin", 5}});
    CHECK(*details.find("session") == 4711);
    CHECK(*details.find("transport")->get_if<dict>()->find("credentials") == dict{{"uid", 1}, {"gid", 2}, {"pid", 3}});
    CHECK(one->authid == "joe");
    CHECK(one->authrole == "staff");
    CHECK(one->verified);
}

TEST_CASE("dynamic: answers that name a principal", "[auth-dynamic]")
{
    auth::dynamic_principals source({"com.example.auth", {}, "guest"});
    const auto joe = look_up(source, result(dict{{"role", "staff"},
                                                 {"authid", "Joe"},
                                                 {"realm", "realm1"},
                                                 {"extra", dict{{"floor", 2}}},
                                                 {"secret", "s"}}));
    REQUIRE(joe);
    CHECK(joe->authid == "Joe");
    CHECK(joe->authrole == "staff");
    CHECK(joe->realm == "realm1");
    CHECK(joe->authextra == dict{{"floor", 2}});
    CHECK(joe->credentials == dict{{"secret", "s"}});
    CHECK_FALSE(joe->verified);
    CHECK(look_up(source, result(dict{{"secret", "s"}}))->authrole == "guest");
    CHECK_FALSE(look_up(source, result(dict{{"ticket", "s"}}), dict{{"ticket", "t"}})->verified);
    CHECK_FALSE(look_up(source, result("staff"))->verified);
    CHECK_FALSE(look_up(source, result(nullptr)));
}

TEST_CASE("dynamic: an ERROR of the procedure denies with its URI", "[auth-dynamic]")
{
    auth::dynamic_principals source({"com.example.auth", {}, {}});
    const auto denied = [&](procedure_answer answer) {
        try {
            static_cast<void>(look_up(source, std::move(answer)));
        } catch (const authentication_denied& refused) {
            return refused.why().reason() + ": " + refused.why().message();
        }
        return std::string("not denied");
    };
    CHECK(denied(failure("com.example.locked", {"come back tomorrow"})) == "com.example.locked: come back tomorrow");
    CHECK(denied(failure("wamp.error.authentication_denied")) ==
          "wamp.error.authentication_denied: the credentials were not accepted");
}

TEST_CASE("dynamic: answers that are none, and errors of the router, are failures", "[auth-dynamic]")
{
    auth::dynamic_principals source({"com.example.auth", {}, {}});
    CHECK_THROWS_WITH(look_up(source, failure("wamp.error.no_such_procedure", {"com.example.auth"})),
                      "com.example.auth answers with wamp.error.no_such_procedure");
    CHECK_THROWS_WITH(look_up(source, result(5)), "com.example.auth answers with neither a role nor a dict");
    CHECK_THROWS_WITH(look_up(source, result(dict{{"secret", "s"}})),
                      "com.example.auth answers without a role, and there is no default-role");
    CHECK_THROWS_WITH(look_up(source, result(dict{{"role", 5}})), "role must be a string");
}

TEST_CASE("dynamic authorizer: the procedure is told who wants to do what", "[auth-dynamic]")
{
    auth::dynamic_authorizer decides("com.example.may");
    scripted_request request(result(true));
    authorization_answer answer;
    run(keep_answer(decides, request, answer));
    CHECK(answer.decided.allowed);
    CHECK_FALSE(answer.cache);
    CHECK(request.called_realm == "realm1");
    CHECK(request.called_procedure == "com.example.may");
    REQUIRE(request.called_args.size() == 4);
    const auto& session = *request.called_args[0].get_if<dict>();
    CHECK(*session.find("session") == 7);
    CHECK(*session.find("authid") == "joe");
    CHECK(request.called_args[1] == "com.t");
    CHECK(request.called_args[2] == "subscribe");
    CHECK(request.called_args[3] == dict{{"match", "exact"}});
}

TEST_CASE("dynamic authorizer: decisions", "[auth-dynamic]")
{
    CHECK_FALSE(decided(false).decided.allowed);
    const auto full = decided(dict{{"allow", true}, {"disclose", true}, {"cache", true}, {"trustlevel", 3}});
    CHECK(full.decided.allowed);
    CHECK(full.decided.disclose);
    CHECK(full.decided.trust_level == 3);
    CHECK(full.cache);
    CHECK_FALSE(decided(dict{{"allow", false}, {"cache", true}}).decided.allowed);
}

TEST_CASE("dynamic authorizer: whatever is no decision is a failure", "[auth-dynamic]")
{
    CHECK_THROWS_WITH(decided(nullptr), "com.example.may answers with neither true, nor false, nor a dict");
    CHECK_THROWS_WITH(decided(1), "com.example.may answers with neither true, nor false, nor a dict");
    CHECK_THROWS_WITH(decided(dict{}), "the answer has no key 'allow'");
    CHECK_THROWS_WITH(decided(dict{{"allow", 1}}), "allow must be true or false");
    CHECK_THROWS_WITH(decided(dict{{"allow", true}, {"valid", true}}), "the answer has an unknown key 'valid'");
    CHECK_THROWS_WITH(decided(dict{{"allow", true}, {"trustlevel", -1}}),
                      "trustlevel must be an integer that is not negative");
    auth::dynamic_authorizer decides("com.example.may");
    CHECK_THROWS_WITH(decide_on(decides, scripted_request(failure("wamp.error.timeout"))),
                      "com.example.may answers with wamp.error.timeout");
}

TEST_CASE("dynamic: options", "[auth-dynamic]")
{
    const auto source_problems = [](dict content) {
        options_fixture fixture(std::move(content));
        auto options = fixture.options();
        const auth::dynamic_principals made(options);
        options.finish();
        return fixture.problems;
    };
    using problems = std::vector<std::string>;
    CHECK(source_problems({{"authenticator", "com.a"}, {"authenticator-realm", "r"}, {"default-role", "x"}}).empty());
    CHECK(source_problems({}) == problems{"needs the key 'authenticator'"});
    CHECK(source_problems({{"authenticator", "com..a"}}) == problems{"authenticator: empty component"});
    CHECK(source_problems({{"authenticator", "com.a"}, {"authenticator-role", "x"}}) ==
          problems{"authenticator-role: warning: has no effect: the router calls the procedure as itself"});
}

TEST_CASE("dynamic: names the roles and realms of its options", "[auth-dynamic]")
{
    using names = std::vector<std::string>;
    options_fixture principals(
        dict{{"authenticator", "com.a"}, {"authenticator-realm", "inner"}, {"default-role", "user"}});
    auto of_principals = principals.options();
    const auth::dynamic_principals source(of_principals);
    CHECK(principals.names == names{"authenticator-realm: realm inner", "default-role: role user"});

    options_fixture rights(dict{{"procedure", "com.b"}, {"realm", "inner"}});
    auto of_rights = rights.options();
    const auth::dynamic_authorizer authorizer(of_rights);
    CHECK(rights.names == names{"realm: realm inner"});
}
