// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/peer_credentials.hpp>

#include <memory>
#include <stdexcept>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using problems = std::vector<std::string>;

scripted_exchange process(uid_t uid, gid_t gid, std::string authid = {}, std::string realm = "realm1")
{
    scripted_exchange peer(std::move(realm), std::move(authid));
    peer.facts.peer = "unix:/run/junctor.sock";
    peer.facts.credentials = peer_credentials{uid, gid, 4242};
    return peer;
}

std::unique_ptr<authenticator> daemons(const dict& principals)
{
    return configured(auth::register_peer_credentials, "peer-credentials",
                      {{"type", "static"}, {"principals", principals}});
}

/// The authid that a process joins with; empty if it may not.
std::string joins_as(authenticator& all, scripted_exchange peer)
{
    const auto outcome = decide(all, peer);
    return outcome.granted() ? outcome.who().authid : std::string();
}

} // namespace

TEST_CASE("peer-credentials: by user, by group, and by both", "[auth-peer-credentials]")
{
    const auto by_user = daemons({{"backup", dict{{"uid", 1000}, {"role", "daemon"}}}});
    const auto joined = decide(*by_user, process(1000, 7));
    REQUIRE(joined.granted());
    CHECK(joined.who().authid == "backup");
    CHECK(joined.who().authrole == "daemon");
    CHECK(joined.who().authprovider == "static");
    CHECK(joins_as(*by_user, process(1001, 1000)).empty());

    const auto by_group = daemons({{"backup", dict{{"gid", 50}}}});
    CHECK(joins_as(*by_group, process(1001, 50)) == "backup");
    CHECK(joins_as(*by_group, process(50, 51)).empty());

    const auto by_both = daemons({{"backup", dict{{"uid", 1000}, {"gid", 50}}}});
    CHECK(joins_as(*by_both, process(1000, 50)) == "backup");
    CHECK(joins_as(*by_both, process(1000, 51)).empty());
    CHECK(joins_as(*by_both, process(1001, 50)).empty());
}

TEST_CASE("peer-credentials: root is a user like any other", "[auth-peer-credentials]")
{
    CHECK(joins_as(*daemons({{"backup", dict{{"uid", 1000}}}}), process(0, 0)).empty());
    CHECK(joins_as(*daemons({{"admin", dict{{"uid", 0}}}}), process(0, 0)) == "admin");
}

TEST_CASE("peer-credentials: users and groups by name", "[auth-peer-credentials]")
{
    const auto all = daemons({{"admin", dict{{"uid", "root"}, {"gid", "root"}}}});
    CHECK(joins_as(*all, process(0, 0)) == "admin");
    CHECK(joins_as(*all, process(0, 1)).empty());
    CHECK(joins_as(*all, process(1, 0)).empty());
}

TEST_CASE("peer-credentials: of several principals that fit, the most specific one", "[auth-peer-credentials]")
{
    const dict by_group{{"gid", 50}};
    const dict by_user{{"uid", 1000}};
    const dict by_both{{"uid", 1000}, {"gid", 50}};
    CHECK(joins_as(*daemons({{"a", by_group}, {"b", by_user}, {"c", by_both}}), process(1000, 50)) == "c");
    CHECK(joins_as(*daemons({{"a", by_group}, {"b", by_user}}), process(1000, 50)) == "b");
    CHECK(joins_as(*daemons({{"a", by_group}, {"b", by_user}}), process(1001, 50)) == "a");
    CHECK(joins_as(*daemons({{"b", by_user}, {"a", by_user}}), process(1000, 50)) == "a");
    CHECK(joins_as(*daemons({{"a", by_group}, {"b", by_user}, {"c", by_both}}), process(1000, 50, "a")) == "a");
}

TEST_CASE("peer-credentials: an unknown authid is refused as a foreign process is", "[auth-peer-credentials]")
{
    const auto all = daemons({{"backup", dict{{"uid", 1000}}}, {"other", dict{{"uid", 1001}, {"realm", "realm2"}}}});
    const auto foreign = decide(*all, process(9, 8));
    REQUIRE_FALSE(foreign.granted());
    CHECK(foreign.reason() == uri_of(errc::authentication_denied));
    CHECK(foreign.detail() == "no principal for uid 9, gid 8, pid 4242");
    for (const auto& peer : {process(1000, 8, "nobody"), process(1000, 8, "other", "realm2"), process(9, 8, "backup"),
                             process(1001, 8, "", "realm1")}) {
        auto copy = peer;
        const auto refused = decide(*all, copy);
        REQUIRE_FALSE(refused.granted());
        CHECK(refused.reason() == foreign.reason());
        CHECK(refused.message() == foreign.message());
    }
    CHECK(joins_as(*all, process(1001, 8, "", "realm2")) == "other");
}

TEST_CASE("peer-credentials: only Unix domain sockets have them", "[auth-peer-credentials]")
{
    const auto all = daemons({{"admin", dict{{"uid", 0}}}});
    const auto refused = decide(*all, scripted_exchange("realm1", "admin"));
    REQUIRE_FALSE(refused.granted());
    CHECK(refused.reason() == uri_of(errc::authentication_denied));
    CHECK(refused.message() == "a Unix domain socket is needed");
}

TEST_CASE("peer-credentials: recognises the processes that it knows", "[auth-peer-credentials]")
{
    const auto all = daemons({{"backup", dict{{"uid", 1000}}}});
    CHECK(all->recognises(process(1000, 1)));
    CHECK_FALSE(all->recognises(process(1001, 1)));
    CHECK_FALSE(all->recognises(process(1000, 1, "other")));
    CHECK_FALSE(all->recognises(scripted_exchange("realm1", "backup")));
}

TEST_CASE("peer-credentials: principals that a program adds", "[auth-peer-credentials]")
{
    auth::peer_credentials all;
    all.add({"backup", "daemon", "", {}, {1000, {}}});
    CHECK(joins_as(all, process(1000, 1)) == "backup");
    CHECK_THROWS_AS(all.add({"backup", "daemon", "", {}, {1001, {}}}), std::invalid_argument);
    CHECK_THROWS_AS(all.add({"anybody", "daemon", "", {}, {}}), std::invalid_argument);
    CHECK(joins_as(all, process(1001, 1)).empty());
}

namespace {

/// Knows everybody by the authid that they give themselves, as processes of the same owner.
class trusting final : public principal_source {
public:
    explicit trusting(dict owner) : owner_{std::move(owner)} {}

    awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict) override
    {
        principal_record record;
        record.authid = exchange.hello().authid;
        record.authrole = "staff";
        record.credentials = owner_;
        co_return record;
    }

private:
    dict owner_;
};

} // namespace

TEST_CASE("peer-credentials: principals of a source must own the process, by number", "[auth-peer-credentials]")
{
    const auto with = [](const dict& owner) {
        options_fixture fixture({{"type", "directory"}});
        auth::register_peer_credentials(fixture.modules);
        fixture.modules.add_principal_source("directory",
                                             [&](module_options&) { return std::make_unique<trusting>(owner); });
        auto made = fixture.make(*fixture.modules.find_authenticator("peer-credentials"));
        REQUIRE(fixture.problems.empty());
        return made;
    };
    CHECK(decide(*with({{"uid", 1000}}), process(1000, 1, "ann")).who().authprovider == "directory");
    CHECK(joins_as(*with({{"uid", 1000}}), process(1001, 1, "ann")).empty());
    CHECK(with({{"uid", 1000}})->recognises(process(1001, 1)));
    CHECK_THROWS_WITH(decide(*with({}), process(1000, 1, "ann")),
                      "unusable credentials of ann: needs the key 'uid' or 'gid'");
    CHECK_THROWS_WITH(decide(*with({{"uid", "root"}}), process(0, 0, "ann")),
                      "unusable credentials of ann: uid: must be an integer, not a string");
}

TEST_CASE("peer-credentials: options that make no sense are named", "[auth-peer-credentials]")
{
    const auto problem = [](const dict& options) {
        return problems_of(auth::register_peer_credentials, "peer-credentials", options);
    };
    const auto principal_with = [&](const dict& content) { return problem({{"principals", dict{{"ann", content}}}}); };
    CHECK(problem({}) == problems{"needs the key 'principals'"});
    CHECK(principal_with({}) == problems{"principals.ann: needs the key 'uid' or 'gid'"});
    CHECK(principal_with({{"uid", 4294967294}}).empty());
    CHECK(principal_with({{"uid", 4294967295}}) == problems{"principals.ann.uid: must be from 0 to 4294967294"});
    CHECK(principal_with({{"gid", -1}}) == problems{"principals.ann.gid: must be from 0 to 4294967294"});
    CHECK(principal_with({{"uid", true}}) == problems{"principals.ann.uid: must be an integer, not a boolean"});
    CHECK(principal_with({{"uid", ""}}) == problems{"principals.ann.uid: must not be empty"});
    CHECK(principal_with({{"uid", "no such user"}}) ==
          problems{"principals.ann.uid: this system does not know 'no such user'"});
    CHECK(principal_with({{"gid", "no such group"}}) ==
          problems{"principals.ann.gid: this system does not know 'no such group'"});
    CHECK(principal_with({{"uid", 1}, {"pid", 1}}) == problems{"principals.ann.pid: unknown key"});
}

TEST_CASE("peer-credentials: warns of connections that do not tell whose process a peer is", "[auth-peer-credentials]")
{
    const dict options{{"principals", dict{{"ann", dict{{"uid", 1}}}}}};
    CHECK(problems_of(auth::register_peer_credentials, "peer-credentials", options, possible_facts{}) ==
          problems{"warning: lets nobody in here: only Unix domain sockets tell whose process a client is"});
    CHECK(problems_of(auth::register_peer_credentials, "peer-credentials", options, possible_facts{true, false, false})
              .empty());
}
