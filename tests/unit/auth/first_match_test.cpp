// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/first_match.hpp>

#include <stdexcept>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// Knows one authid, and lets everybody in with its own role.
class knows_one final : public authenticator {
public:
    knows_one(std::string authid, std::string authrole) : authid_{std::move(authid)}, authrole_{std::move(authrole)} {}

    awaitable<verdict> authenticate(auth_exchange& exchange) override
    {
        auto outcome = verdict::grant(exchange.hello().authid, authrole_);
        co_return outcome;
    }

    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override
    {
        return exchange.hello().authid == authid_;
    }

private:
    std::string authid_;
    std::string authrole_;
};

} // namespace

TEST_CASE("first match: the first that recognises the peer decides, or the last one", "[auth]")
{
    std::vector<std::unique_ptr<authenticator>> all;
    all.push_back(std::make_unique<knows_one>("ann", "first"));
    all.push_back(std::make_unique<knows_one>("bob", "second"));
    all.push_back(std::make_unique<knows_one>("ann", "third"));
    first_match any(std::move(all));
    CHECK(decide(any, scripted_exchange("realm1", "ann")).who().authrole == "first");
    CHECK(decide(any, scripted_exchange("realm1", "bob")).who().authrole == "second");
    CHECK(decide(any, scripted_exchange("realm1", "carol")).who().authrole == "third");
    CHECK(any.recognises(scripted_exchange("realm1", "bob")));
    CHECK_FALSE(any.recognises(scripted_exchange("realm1", "carol")));
    CHECK_THROWS_AS(first_match({}), std::invalid_argument);
}
