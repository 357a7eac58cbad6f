// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/principals.hpp>

#include <stdexcept>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

struct pin {
    std::int64_t number{0};

    static pin read(module_options& options) { return {options.integer("pin", 0, 9999)}; }
};

using pins = principals<pin>;
using found = std::shared_ptr<const pins::entry>;
using problems = std::vector<std::string>;

awaitable<void> keep(const pins& all, auth_exchange& peer, found& one)
{
    auto looked_up = co_await all.find(peer);
    one = std::move(looked_up);
}

found look_up(const pins& all, scripted_exchange peer)
{
    found one;
    run(keep(all, peer, one));
    return one;
}

/// Knows everybody whose name begins with a capital, by the pin that it was made with.
class directory final : public principal_source {
public:
    explicit directory(module_options& options) { record_.credentials.set("pin", *options.find("pins")); }

    awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict) override
    {
        std::optional<principal_record> one;
        if (exchange.hello().authid.starts_with('A')) {
            one = record_;
            one->authid = exchange.hello().authid;
            one->authrole = "staff";
            one->authextra.set("floor", 3);
        }
        co_return one;
    }

private:
    principal_record record_;
};

} // namespace

TEST_CASE("principals: from the configuration, by their authids", "[auth]")
{
    options_fixture fixture({{"principals", dict{{"ann", dict{{"pin", 1}, {"role", "staff"}}},
                                                 {"bob", dict{{"pin", 2}, {"realm", "realm2"}}}}}});
    auto options = fixture.options();
    const pins all(options, "principals");
    options.finish();
    REQUIRE(fixture.problems.empty());

    const auto ann = look_up(all, scripted_exchange("realm1", "ann"));
    REQUIRE(ann != nullptr);
    CHECK(ann->authid == "ann");
    CHECK(ann->authrole == "staff");
    CHECK(ann->credentials.number == 1);
    CHECK(all.grant(*ann, scripted_exchange("realm1", "ann")).who().authprovider == "static");
    CHECK(look_up(all, scripted_exchange("realm2", "bob"))->authrole == "anonymous");
    const auto bob = look_up(all, scripted_exchange("realm1", "bob"));
    REQUIRE(bob != nullptr);
    CHECK(all.grant(*bob, scripted_exchange("realm2", "bob")).granted());
    const auto elsewhere = all.grant(*bob, scripted_exchange("realm1", "bob"));
    REQUIRE_FALSE(elsewhere.granted());
    CHECK(elsewhere.reason() == uri_of(errc::authentication_denied));
    CHECK(elsewhere.detail() == "the principal belongs to another realm");
    CHECK(look_up(all, scripted_exchange("realm1", "carol")) == nullptr);
    CHECK(all.may_know("ann"));
    CHECK_FALSE(all.may_know("carol"));
}

TEST_CASE("principals: mistakes in the configuration", "[auth]")
{
    const auto problems_with = [](dict content) {
        options_fixture fixture(std::move(content));
        fixture.modules.add_principal_source("dynamic", [](module_options&) { return nullptr; });
        auto options = fixture.options();
        const pins all(options, "principals");
        options.finish();
        return fixture.problems;
    };
    CHECK(problems_with({}) == problems{"needs the key 'principals'"});
    CHECK(problems_with({{"principals", dict{}}}) == problems{"principals: must not be empty"});
    CHECK(problems_with({{"type", "sql"}}) == problems{"type: unknown type 'sql'"});
    CHECK(problems_with({{"type", "statik"}, {"principals", dict{{"ann", dict{{"pin", 1}}}}}}) ==
          problems{"type: unknown type 'statik'"});
    CHECK(problems_with({{"type", "dynamic"}, {"principals", dict{{"ann", dict{{"pin", 1}}}}}}) ==
          problems{"principals: unknown key"});
    CHECK(problems_with({{"principals", dict{{"ann", dict{{"pin", 10'000}, {"rolle", "x"}}}}}}) ==
          problems{"principals.ann.pin: must be from 0 to 9999", "principals.ann.rolle: unknown key"});
}

TEST_CASE("principals: from a source", "[auth]")
{
    const auto make = [](dict content) {
        options_fixture fixture(std::move(content));
        fixture.modules.add_principal_source(
            "directory", [](module_options& options) { return std::make_unique<directory>(options); });
        auto options = fixture.options();
        pins all(options, "principals");
        options.finish();
        REQUIRE(fixture.problems.empty());
        return all;
    };
    const auto all = make({{"type", "directory"}, {"pins", 7}});
    CHECK(all.may_know("whoever"));
    CHECK(look_up(all, scripted_exchange("realm1", "ann")) == nullptr);
    const auto ann = look_up(all, scripted_exchange("realm1", "Ann"));
    REQUIRE(ann != nullptr);
    CHECK(ann->credentials.number == 7);
    const auto granted = all.grant(*ann, scripted_exchange("realm1", "Ann"));
    CHECK(granted.who().authid == "Ann");
    CHECK(granted.who().authrole == "staff");
    CHECK(granted.who().authprovider == "directory");
    CHECK(granted.who().authextra == dict{{"floor", 3}});

    const auto broken = make({{"type", "directory"}, {"pins", "seven"}});
    CHECK_THROWS_WITH(look_up(broken, scripted_exchange("realm1", "Ann")),
                      "unusable credentials of Ann: pin: must be an integer, not a string");
}

TEST_CASE("principals: those that a program adds itself", "[auth]")
{
    pins all;
    all.add({"ann", "staff", {}, {}, pin{1}, false});
    CHECK(look_up(all, scripted_exchange("realm1", "ann"))->credentials.number == 1);
    CHECK_THROWS_AS(all.add({"ann", "guest", {}, {}, pin{2}, false}), std::invalid_argument);
}

TEST_CASE("principals: the one that fits best, of those that the peer may be", "[auth]")
{
    pins all;
    all.add({"ann", "staff", {}, {}, pin{1}, false});
    all.add({"bob", "staff", "realm2", {}, pin{3}, false});
    all.add({"cid", "staff", {}, {}, pin{2}, false});
    all.add({"dan", "staff", {}, {}, pin{2}, false});
    const auto best_for = [&](std::string realm, std::string authid, std::int64_t taken) {
        const scripted_exchange peer(std::move(realm), std::move(authid));
        const auto* const one = all.best_fit(
            peer, [&](const pin& content, const std::string&) { return static_cast<int>(content.number - taken); });
        return one != nullptr ? one->authid : "";
    };
    CHECK(best_for("realm1", "", 0) == "cid");
    CHECK(best_for("realm2", "", 0) == "bob");
    CHECK(best_for("realm1", "ann", 0) == "ann");
    CHECK(best_for("realm1", "bob", 0).empty());
    CHECK(best_for("realm1", "", 2).empty());
}
