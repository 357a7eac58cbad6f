// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <stdexcept>

#include <junctor/auth/ticket.hpp>

#include "login_script.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

awaitable<secret> ask(int& times)
{
    ++times;
    co_return secret("rGi4Wpbl72nQ");
}

awaitable<secret> nobody_is_there()
{
    throw client::login_failed("nobody is there to be asked");
    co_return secret();
}

} // namespace

TEST_CASE("ticket: the ticket of the authid lets in, and another one does not", "[client]")
{
    auth::ticket router;
    router.add("joe", "rGi4Wpbl72nQ", "user");
    const auto joined = log_in(client::ticket("joe", secret("rGi4Wpbl72nQ")), router);
    CHECK(joined.who().authid == "joe");
    CHECK_FALSE(log_in(client::ticket("joe", secret("rGi4Wpbl72n")), router).granted());
    CHECK_FALSE(log_in(client::ticket("ann", secret("rGi4Wpbl72nQ")), router).granted());
}

TEST_CASE("ticket: it is asked for at each challenge, and not before", "[client]")
{
    auth::ticket router;
    router.add("joe", "rGi4Wpbl72nQ", "user");
    int times = 0;
    const auto who = client::ticket("joe", [&times] { return ask(times); });
    CHECK(who->begin({})->claims().authmethods == std::vector<std::string>{"ticket"});
    CHECK(times == 0);
    CHECK(log_in(who, router).granted());
    CHECK(log_in(who, router).granted());
    CHECK(times == 2);
}

TEST_CASE("ticket: that none is to be had ends the login", "[client]")
{
    const auto who = client::ticket("joe", nobody_is_there);
    const auto login = who->begin({});
    CHECK(refusal_of(*login, "ticket", {}) == "nobody is there to be asked");
    CHECK_THROWS_AS(client::ticket("joe", std::function<awaitable<secret>()>()), std::invalid_argument);
}

TEST_CASE("ticket: a router that challenges by another authmethod does not get it", "[client]")
{
    int times = 0;
    const auto who = client::ticket("joe", [&times] { return ask(times); });
    const auto login = who->begin({});
    CHECK(refusal_of(*login, "wampcra", {{"challenge", "{}"}}) ==
          "the router challenges by the authmethod 'wampcra', which was not claimed");
    CHECK(times == 0);
}
