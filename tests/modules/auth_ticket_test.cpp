// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/ticket.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using problems = std::vector<std::string>;

/// A peer that says it is `authid` and shows `shown`.
scripted_exchange peer(std::string authid, std::string shown, std::string realm = "realm1")
{
    scripted_exchange exchange(std::move(realm), std::move(authid));
    exchange.answer = [shown = std::move(shown)](const dict&) { return proof{shown, {}}; };
    return exchange;
}

bool admits(authenticator& tickets, scripted_exchange exchange)
{
    return decide(tickets, exchange).granted();
}

dict options_of(dict principals)
{
    return {{"type", "static"}, {"principals", std::move(principals)}};
}

/// Knows Ann by her ticket, Bob in one realm only, Carol without any, and looks at Dora's ticket itself.
class directory final : public principal_source {
public:
    awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict evidence) override
    {
        std::optional<principal_record> one;
        const auto& authid = exchange.hello().authid;
        const bool verified = authid == "Dora" && *evidence.find("ticket") == "seen";
        if (authid != "Ann" && authid != "Bob" && authid != "Carol" && !verified)
            co_return one;
        one.emplace();
        one->authid = authid;
        one->authrole = "staff";
        one->authextra.set("floor", 3);
        if (authid == "Bob")
            one->realm = "realm2";
        one->verified = verified;
        if (authid == "Ann" || authid == "Bob")
            one->credentials.set("ticket", "${TICKET}");
        co_return one;
    }
};

std::unique_ptr<authenticator> with_directory()
{
    options_fixture fixture({{"type", "directory"}});
    fixture.modules.add_principal_source("directory", [](module_options&) { return std::make_unique<directory>(); });
    auth::register_ticket(fixture.modules);
    auto made = fixture.make(*fixture.modules.find_authenticator("ticket"));
    REQUIRE(fixture.problems == problems());
    return made;
}

} // namespace

TEST_CASE("ticket: whoever shows the ticket of an authid joins as it", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "ticket of joe", "user");
    tickets.add("ann", "ticket of ann", "staff");
    auto joe = peer("joe", "ticket of joe");
    const auto granted = decide(tickets, joe);
    REQUIRE(granted.granted());
    CHECK(granted.who().authid == "joe");
    CHECK(granted.who().authrole == "user");
    CHECK(granted.who().authprovider == "static");
    CHECK(joe.challenges == std::vector<dict>{dict()});
    CHECK(decide(tickets, peer("ann", "ticket of ann")).who().authrole == "staff");
}

TEST_CASE("ticket: only the whole ticket counts", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "secret", "user");
    tickets.add("ann", "ticket of ann", "user");
    tickets.add("long", std::string(10'000, 'x'), "user");
    tickets.add("nul", std::string_view("be\0fore", 7), "user");
    CHECK_FALSE(admits(tickets, peer("joe", "")));
    CHECK_FALSE(admits(tickets, peer("joe", "secre")));
    CHECK_FALSE(admits(tickets, peer("joe", "secrets")));
    CHECK_FALSE(admits(tickets, peer("joe", "Secret")));
    CHECK_FALSE(admits(tickets, peer("joe", "ticket of ann")));
    CHECK_FALSE(admits(tickets, peer("joe", std::string("secret\0", 7))));
    CHECK_FALSE(admits(tickets, peer("joe", std::string(10'000, 's'))));
    CHECK(admits(tickets, peer("long", std::string(10'000, 'x'))));
    CHECK_FALSE(admits(tickets, peer("long", std::string(9'999, 'x') + 'y')));
    CHECK(admits(tickets, peer("nul", std::string("be\0fore", 7))));
    CHECK_FALSE(admits(tickets, peer("nul", "be")));
    CHECK_FALSE(admits(tickets, peer("nul", std::string("be\0hind", 7))));
}

TEST_CASE("ticket: a wrong ticket is refused as an unknown authid is", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "secret", "user");
    auto joe = peer("joe", "guessed");
    auto stranger = peer("stranger", "guessed");
    auto nobody = peer("", "");
    const auto wrong = decide(tickets, joe);
    REQUIRE_FALSE(wrong.granted());
    CHECK(wrong.reason() == uri_of(errc::authentication_denied));
    CHECK(wrong.detail() == "wrong ticket");
    for (auto* const unknown : {&stranger, &nobody}) {
        const auto refused = decide(tickets, *unknown);
        REQUIRE_FALSE(refused.granted());
        CHECK(refused.reason() == wrong.reason());
        CHECK(refused.message() == wrong.message());
        CHECK(refused.detail() == "no such principal");
        CHECK(unknown->challenges == joe.challenges);
    }
}

TEST_CASE("ticket: a principal that is bound to a realm is unknown in others", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "secret", "user", "realm1");
    CHECK(admits(tickets, peer("joe", "secret", "realm1")));
    auto elsewhere = peer("joe", "secret", "realm2");
    const auto refused = decide(tickets, elsewhere);
    REQUIRE_FALSE(refused.granted());
    CHECK(refused.reason() == uri_of(errc::authentication_denied));
    CHECK(elsewhere.challenges.size() == 1);
}

TEST_CASE("ticket: a program cannot add what would let everybody in", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "secret", "user");
    CHECK_THROWS_AS(tickets.add("ann", "", "user"), std::invalid_argument);
    CHECK_THROWS_AS(tickets.add("joe", "other", "admin"), std::invalid_argument);
    CHECK(decide(tickets, peer("joe", "secret")).who().authrole == "user");
    CHECK_FALSE(admits(tickets, peer("ann", "")));
}

TEST_CASE("ticket: recognises the authids that it has", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "secret", "user");
    CHECK(tickets.recognises(scripted_exchange("realm1", "joe")));
    CHECK_FALSE(tickets.recognises(scripted_exchange("realm1", "ann")));
    CHECK(with_directory()->recognises(scripted_exchange("realm1", "whoever")));
}

TEST_CASE("ticket: from configuration, with tickets from the environment and from files", "[auth-ticket]")
{
    const auto file = std::filesystem::path("auth_ticket_test.ticket");
    std::ofstream(file) << "ticket in a file\n";
    std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    options_fixture fixture(options_of({{"joe", dict{{"ticket", "plain"}, {"role", "user"}, {"realm", "realm1"}}},
                                        {"ann", dict{{"ticket", "${TICKET}"}}},
                                        {"bob", dict{{"ticket", dict{{"file", file.string()}}}}}}));
    fixture.environment["TICKET"] = "ticket in a variable";
    auth::register_ticket(fixture.modules);
    const auto tickets = fixture.make(*fixture.modules.find_authenticator("ticket"));
    std::filesystem::remove(file);
    REQUIRE(fixture.problems == problems());
    CHECK(decide(*tickets, peer("joe", "plain")).who().authrole == "user");
    CHECK_FALSE(admits(*tickets, peer("joe", "plain", "realm2")));
    CHECK(decide(*tickets, peer("ann", "ticket in a variable")).who().authrole == "anonymous");
    CHECK_FALSE(admits(*tickets, peer("ann", "${TICKET}")));
    CHECK(admits(*tickets, peer("bob", "ticket in a file")));
}

TEST_CASE("ticket: principals of a source", "[auth-ticket]")
{
    const auto tickets = with_directory();
    const auto granted = decide(*tickets, peer("Ann", "${TICKET}"));
    REQUIRE(granted.granted());
    CHECK(granted.who().authid == "Ann");
    CHECK(granted.who().authrole == "staff");
    CHECK(granted.who().authprovider == "directory");
    CHECK(granted.who().authextra == dict{{"floor", 3}});

    const auto wrong = decide(*tickets, peer("Ann", "guessed"));
    auto stranger = peer("Dave", "guessed");
    const auto unknown = decide(*tickets, stranger);
    REQUIRE_FALSE(wrong.granted());
    REQUIRE_FALSE(unknown.granted());
    CHECK(unknown.reason() == wrong.reason());
    CHECK(unknown.message() == wrong.message());
    CHECK(stranger.challenges.size() == 1);

    CHECK(admits(*tickets, peer("Bob", "${TICKET}", "realm2")));
    CHECK_FALSE(admits(*tickets, peer("Bob", "${TICKET}", "realm1")));
    CHECK_THROWS_WITH(decide(*tickets, peer("Carol", "")), "unusable credentials of Carol: needs the key 'ticket'");
}

TEST_CASE("ticket: options that make no sense are named", "[auth-ticket]")
{
    const auto problem = [](const dict& options) { return problems_of(auth::register_ticket, "ticket", options); };
    const auto with_joe = [&](dict joe) { return problem(options_of({{"joe", std::move(joe)}})); };
    CHECK(problem({}) == problems{"needs the key 'principals'"});
    CHECK(problem({{"type", "ldap"}}) == problems{"type: unknown type 'ldap'"});
    CHECK(problem(options_of({})) == problems{"principals: must not be empty"});
    CHECK(problem({{"principals", dict{{"joe", "secret"}}}}) ==
          problems{"principals.joe: must be a dict, not a string"});
    CHECK(problem({{"users", dict{}}, {"principals", dict{{"joe", dict{{"ticket", "x"}}}}}}) ==
          problems{"users: unknown key"});
    CHECK(with_joe({{"role", "user"}}) == problems{"principals.joe: needs the key 'ticket'"});
    CHECK(with_joe({{"ticket", ""}}) == problems{"principals.joe.ticket: must not be empty"});
    CHECK(with_joe({{"ticket", 5}}) == problems{"principals.joe.ticket: must be a string, not an integer"});
    CHECK(with_joe({{"ticket", "${NO}"}}) ==
          problems{"principals.joe.ticket: the environment variable 'NO' is not set"});
    CHECK(with_joe({{"ticket", "x"}, {"secret", "y"}}) == problems{"principals.joe.secret: unknown key"});
    CHECK(with_joe({{"ticket", "x"}, {"role", "user"}, {"realm", "realm1"}}) == problems());
}

TEST_CASE("ticket: serves peers on several threads", "[auth-ticket]")
{
    auth::ticket tickets;
    tickets.add("joe", "secret", "user");
    std::vector<int> granted(4);
    {
        std::vector<std::jthread> threads;
        for (auto& count : granted) {
            threads.emplace_back([&] {
                for (int round = 0; round < 50; ++round) {
                    count += admits(tickets, peer("joe", "secret")) ? 1 : 0;
                    count += admits(tickets, peer("joe", "guessed")) ? 1000 : 0;
                    count += admits(tickets, peer("stranger", "secret")) ? 1000 : 0;
                }
            });
        }
    }
    CHECK(granted == std::vector<int>(4, 50));
}

TEST_CASE("ticket: a source may check the ticket itself", "[auth-ticket]")
{
    const auto tickets = with_directory();
    CHECK(decide(*tickets, peer("Dora", "seen")).who().authid == "Dora");
    const auto refused = decide(*tickets, peer("Dora", "unseen"));
    REQUIRE_FALSE(refused.granted());
    CHECK(refused.reason() == uri_of(errc::authentication_denied));
}
