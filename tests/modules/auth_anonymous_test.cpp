// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/anonymous.hpp>

#include <exception>
#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

/// A peer that has said HELLO and must not be challenged.
class greeting final : public auth_exchange {
public:
    explicit greeting(std::string realm, std::string authid = {})
    {
        hello_.realm = std::move(realm);
        hello_.authid = std::move(authid);
    }

    [[nodiscard]] const auth_hello& hello() const noexcept override { return hello_; }
    [[nodiscard]] const transport_facts& transport() const noexcept override { return facts_; }
    [[nodiscard]] std::uint64_t session_number() const noexcept override { return 1; }
    [[nodiscard]] awaitable<proof> challenge(dict) override { throw std::logic_error("a challenge was sent"); }

private:
    auth_hello hello_;
    transport_facts facts_;
};

awaitable<void> keep_verdict(authenticator& decides, greeting& peer, std::optional<verdict>& outcome)
{
    auto given = co_await decides.authenticate(peer);
    outcome = std::move(given);
}

verdict decide(authenticator& decides, greeting peer)
{
    boost::asio::io_context io;
    std::optional<verdict> outcome;
    boost::asio::co_spawn(io.get_executor(), keep_verdict(decides, peer, outcome),
                          [](const std::exception_ptr& failure) {
                              if (failure)
                                  std::rethrow_exception(failure);
                          });
    io.run();
    return outcome.value();
}

std::unique_ptr<authenticator> configured(const dict& options)
{
    module_registry registry;
    auth::register_anonymous(registry);
    return (*registry.find_authenticator("anonymous"))(options);
}

std::string bad_key(const dict& options)
{
    try {
        const auto made = configured(options);
    } catch (const config_error& error) {
        return error.key();
    }
    return "none";
}

} // namespace

TEST_CASE("anonymous: everybody joins with the role, under an authid drawn at random", "[auth-anonymous]")
{
    auth::anonymous guests("guest");
    const auto first = decide(guests, greeting("realm1", "admin"));
    const auto second = decide(guests, greeting("realm2"));
    REQUIRE(first.granted());
    REQUIRE(second.granted());
    CHECK(first.who().authrole == "guest");
    CHECK(first.who().authid.size() == 24);
    CHECK(first.who().authid != "admin");
    CHECK(first.who().authid != second.who().authid);
}

TEST_CASE("anonymous: a fixed authid and a single realm", "[auth-anonymous]")
{
    auth::anonymous guests("guest", "visitor", "realm1");
    CHECK(decide(guests, greeting("realm1", "admin")).who().authid == "visitor");
    const auto elsewhere = decide(guests, greeting("realm2"));
    CHECK_FALSE(elsewhere.granted());
    CHECK(elsewhere.reason() == errc::no_such_realm);
}

TEST_CASE("anonymous: from configuration", "[auth-anonymous]")
{
    CHECK(decide(*configured({}), greeting("realm1")).who().authrole == "anonymous");
    CHECK(decide(*configured({{"type", "static"}, {"role", "public"}}), greeting("realm1")).who().authrole == "public");
    CHECK(decide(*configured({{"authid", "me"}}), greeting("realm1")).who().authid == "me");
    CHECK_FALSE(decide(*configured({{"realm", "realm1"}}), greeting("realm2")).granted());
}

TEST_CASE("anonymous: options that make no sense are named", "[auth-anonymous]")
{
    CHECK(bad_key({{"type", "dynamic"}}) == "type");
    CHECK(bad_key({{"role", 5}}) == "role");
    CHECK(bad_key({{"role", ""}}) == "role");
    CHECK(bad_key({{"secret", "x"}}) == "secret");
    CHECK(bad_key({{"role", "public"}}) == "none");
}
