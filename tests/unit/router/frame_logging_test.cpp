// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "running_router.hpp"
#include "support/catch.hpp"
#include "support/json_client.hpp"

using namespace junctor;

namespace {

class ticket final : public authenticator {
public:
    awaitable<verdict> authenticate(auth_exchange& exchange) override
    {
        const auto answer = co_await exchange.challenge();
        if (answer.signature != "open-sesame")
            co_return verdict::deny(errc::authentication_denied);
        co_return verdict::grant("ann", "staff");
    }
};

} // namespace

TEST_CASE("frame log: debug shows messages, and never what may be secret", "[router]")
{
    ticket tickets;
    running_router running;
    running.router.open_realm("realm1").role("staff").allow(action::any, prefix(""));
    const auto url = running.router.listen(rawsocket(tcp("127.0.0.1", 0)).debug(true).authenticate("ticket", tickets));
    running.start();
    {
        json_client client(url);
        client.hello("realm1", R"("authmethods":["ticket"],"authextra":{"key":"hidden-key"})");
        CHECK(client.ask(R"([5,"open-sesame",{}])").starts_with("[2,"));
        client.ask(R"([32,1,{},"com.topic"])");
    }
    running.stop();
    CHECK(running.log.lines_with("open-sesame").empty());
    CHECK(running.log.lines_with("hidden-key").empty());
    CHECK(running.log.lines_with("message=AUTHENTICATE content=hidden").size() == 1);
    CHECK(running.log.lines_with(R"(message=SUBSCRIBE content=[32,1,{},"com.topic"])").size() == 1);
    CHECK(running.log.lines_with("frame sent").size() >= 3);
}

TEST_CASE("frame log: nothing is shown unless debug is on", "[router]")
{
    auth::anonymous guests("guest");
    running_router running;
    running.router.open_realm("realm1").role("guest");
    const auto url = running.router.listen(guest_transport(guests));
    running.start();
    {
        json_client client(url);
        client.hello("realm1");
    }
    running.stop();
    CHECK(running.log.lines_with("frame received").empty());
}
