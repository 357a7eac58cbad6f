// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/joining.hpp>

#include <string>
#include <vector>

#include <boost/system/system_error.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

hello hello_with(std::string_view details)
{
    hello m;
    m.realm = "realm1";
    m.details = {{serializer::json, as_bytes(details)}};
    return m;
}

hello_details wanting(std::vector<std::string> methods)
{
    hello_details details;
    details.authmethods = std::move(methods);
    return details;
}

} // namespace

TEST_CASE("joining: the first method wanted that is offered is picked", "[session][joining]")
{
    const std::vector<std::string> offered{"anonymous", "ticket", "wampcra"};
    CHECK(*pick_authmethod(wanting({"wampcra", "ticket"}), offered) == "wampcra");
    CHECK(*pick_authmethod(wanting({"scram", "ticket", "wampcra"}), offered) == "ticket");
    CHECK(*pick_authmethod(wanting({}), offered) == "anonymous");
}

TEST_CASE("joining: no common method is refused with both lists", "[session][joining]")
{
    const std::vector<std::string> offered{"ticket", "wampcra"};
    const auto picked = pick_authmethod(wanting({}), offered);
    REQUIRE(picked.has_error());
    CHECK(picked.error().code == errc::no_matching_auth_method);
    CHECK(picked.error().text.find("anonymous") != std::string::npos);
    CHECK(picked.error().text.find("ticket, wampcra") != std::string::npos);
    CHECK_THROWS_AS(picked.value(), boost::system::system_error);
    CHECK(pick_authmethod(wanting({"ticket"}), {}).has_error());
}

TEST_CASE("joining: HELLO must announce a role", "[session][joining]")
{
    for (const auto* const details : {"{}", R"({"roles": {}})", R"({"roles": {"juggler": {}}})"}) {
        CAPTURE(details);
        const auto checked = check_hello(hello_with(details));
        REQUIRE(checked.has_error());
        CHECK(checked.error().code == errc::no_such_role);
    }
    const auto checked = check_hello(hello_with(R"({"roles": {"caller": {}}})"));
    REQUIRE(checked.has_value());
    CHECK(checked->roles.has(session_role::caller));
}

TEST_CASE("joining: details of the wrong type break the protocol", "[session][joining]")
{
    const auto checked = check_hello(hello_with(R"({"roles": 5})"));
    REQUIRE(checked.has_error());
    CHECK(checked.error().code == errc::protocol_violation);
    CHECK(checked.error().text.find("roles") != std::string::npos);
}
