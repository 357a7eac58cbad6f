// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/procedure.hpp>

#include <optional>
#include <string>
#include <vector>

#include "running_router.hpp"
#include "support/catch.hpp"
#include "support/json_client.hpp"

using namespace junctor;

namespace {

int multiply(int a, int b)
{
    return a * b;
}

std::string error_uri(const procedure_handler& handler, const arguments& call)
{
    try {
        handler(call);
    } catch (const application_error& failure) {
        return failure.uri();
    }
    return "none";
}

} // namespace

TEST_CASE("procedure: parameters and result are converted", "[router]")
{
    const auto add = make_procedure([](int a, double b) { return a + b; });
    CHECK(add({{1, 2.5}, {}}).args == list{3.5});
    CHECK(make_procedure(&multiply)({{6, 7}, {}}).args == list{42});
    CHECK(make_procedure([](const std::string& s, bool twice) { return twice ? s + s : s; })({{"ab", true}, {}}).args ==
          list{"abab"});
    CHECK(make_procedure([](std::vector<int> all) { return all.size(); })({{value(list{1, 2, 3})}, {}}).args ==
          list{3});
    CHECK(make_procedure([](std::optional<int> n) { return n.value_or(-1); })({{value()}, {}}).args == list{-1});
}

TEST_CASE("procedure: nothing comes of void", "[router]")
{
    int calls = 0;
    CHECK(make_procedure([&calls] { ++calls; })({}).args.empty());
    CHECK(calls == 1);
}

TEST_CASE("procedure: the general form gets and gives everything", "[router]")
{
    const auto echo = make_procedure([](const arguments& call) { return call; });
    const auto answer = echo({{1, "two"}, {{"three", 3}}});
    CHECK(answer.args == list{1, "two"});
    CHECK(answer.kwargs == dict{{"three", 3}});
}

TEST_CASE("procedure: arguments that do not fit are refused", "[router]")
{
    const auto handler = make_procedure([](int n, std::uint8_t small) { return n + small; });
    CHECK(error_uri(handler, {{1}, {}}) == "wamp.error.invalid_argument");
    CHECK(error_uri(handler, {{1, 2, 3}, {}}) == "wamp.error.invalid_argument");
    CHECK(error_uri(handler, {{"one", 2}, {}}) == "wamp.error.invalid_argument");
    CHECK(error_uri(handler, {{1, 256}, {}}) == "wamp.error.invalid_argument");
    CHECK(error_uri(handler, {{1, 2.0}, {}}) == "none");
}

TEST_CASE("procedure: a client calls what the program offers", "[router]")
{
    auth::anonymous guests("guest");
    running_router running;
    auto& realm = running.router.open_realm("realm1");
    realm.role("guest").allow(action::call, prefix(""));
    realm.procedure("com.add", [](int a, int b) { return a + b; });
    realm.procedure("com.fail", []() -> int { throw application_error("com.error.odd", {1}, {{"k", true}}); });
    realm.procedure("com.break", []() -> int { throw std::runtime_error("secret detail"); });
    CHECK_THROWS_AS(realm.procedure("com.add", [] {}), std::invalid_argument);
    CHECK_THROWS_AS(realm.procedure("not a uri", [] {}), std::invalid_argument);
    CHECK_THROWS_AS(realm.procedure("wamp.session.count", [] {}), std::invalid_argument);
    const auto url = running.router.listen(guest_transport(guests));
    running.start();

    json_client client(url);
    client.hello("realm1");
    CHECK(client.ask(R"([48,1,{},"com.add",[1,2]])") == "[50,1,{},[3]]");
    CHECK(client.ask(R"([48,2,{},"com.add",["1",2]])") ==
          R"([8,48,2,{},"wamp.error.invalid_argument",["argument 1 cannot be a string"]])");
    CHECK(client.ask(R"([48,3,{},"com.fail"])") == R"([8,48,3,{},"com.error.odd",[1],{"k":true}])");
    CHECK(client.ask(R"([48,4,{},"com.break"])") == R"([8,48,4,{},"wamp.error.internal_error"])");
    CHECK(running.log.lines_with("secret detail").size() == 1);
}
