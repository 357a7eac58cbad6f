// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include <junctor/auth/first_match.hpp>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

config_result load_auth(std::string_view auth)
{
    return config_loader().load_transport(R"({"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}, "auth": )" +
                                          std::string(auth) + "}");
}

const dict& options_of(const listening_transport::method& method)
{
    return dynamic_cast<const made_authenticator&>(*method.second).options;
}

} // namespace

TEST_CASE("config: without auth a transport is for anonymous clients", "[config][auth]")
{
    const auto result = config_loader().load_endpoint(R"({"type": "tcp", "port": 0})");
    const auto methods = only_transport(result).methods();
    REQUIRE(methods.size() == 1);
    CHECK(methods[0].first == "anonymous");
    CHECK(options_of(methods[0]).empty());
}

TEST_CASE("config: authmethods get their options, in the order of the text", "[config][auth]")
{
    const auto result = load_auth(R"({"ticket": {"secret": "s", "users": [1, {"a": null}]},
                                      "anonymous": {"type": "static", "role": "guest"}})");
    const auto methods = only_transport(result).methods();
    REQUIRE(methods.size() == 2);
    CHECK(methods[0].first == "ticket");
    CHECK(options_of(methods[0]) == dict{{"secret", "s"}, {"users", list{1, dict{{"a", nullptr}}}}});
    CHECK(methods[1].first == "anonymous");
    CHECK(options_of(methods[1]) == dict{{"type", "static"}, {"role", "guest"}});
}

TEST_CASE("config: mistakes in auth", "[config][auth]")
{
    const wrong cases[] = {
        {"[]", "workers[0].transports[0].auth", "must be a dict, not a list"},
        {"{}", "workers[0].transports[0].auth", "names no authmethod", "leave the key out for anonymous clients"},
        {R"({"cryptosign": {}})", "workers[0].transports[0].auth.cryptosign", "unknown authmethod 'cryptosign'",
         "possible here: anonymous, ticket, tls"},
        {R"({"anonymus": {}})", "workers[0].transports[0].auth.anonymus", "unknown authmethod 'anonymus'",
         "did you mean 'anonymous'?"},
        {R"({"anonymous": true})", "workers[0].transports[0].auth.anonymous", "must be a dict, not a boolean"},
        {R"({"ticket": {}})", "workers[0].transports[0].auth.ticket", "needs the key 'secret'"},
        {R"({"ticket": {"secret": 1}})", "workers[0].transports[0].auth.ticket.secret",
         "must be a string, not an integer"},
        {R"({"ticket": {"secret": "s", "throws": 1}})", "workers[0].transports[0].auth.ticket.throws", "says no"},
        {R"({"ticket": {"secret": "s", "usres": []}})", "workers[0].transports[0].auth.ticket.usres", "unknown key",
         "did you mean 'users'?"},
        {R"({"ticket": {"secret": "s", "users": [{"a": 1, "a": 2}]}})",
         "workers[0].transports[0].auth.ticket.users[0].a", "the key is given twice"},
        {R"({"ticket": {"secret": "${NOT_SET}"}})", "workers[0].transports[0].auth.ticket.secret",
         "the environment variable 'NOT_SET' is not set"},
        {R"({"ticket": []})", "workers[0].transports[0].auth.ticket", "must name one provider at least"},
        {R"({"ticket": [{"secret": "s"}, {}]})", "workers[0].transports[0].auth.ticket[1]", "needs the key 'secret'"},
        {R"({"anonymous": {}, "anonymous": {}})", "workers[0].transports[0].auth.anonymous", "the key is given twice"},
    };
    for (const auto& expected : cases)
        check_wrong(load_auth(expected.text), expected);
}

TEST_CASE("config: several providers of one authmethod", "[config][auth]")
{
    const auto result = load_auth(R"({"ticket": [{"secret": "a"}, {"secret": "b"}]})");
    const auto methods = only_transport(result).methods();
    REQUIRE(methods.size() == 1);
    CHECK(methods[0].first == "ticket");
    CHECK(dynamic_cast<const first_match*>(methods[0].second.get()) != nullptr);
}

TEST_CASE("config: authmethods are told what their connections can have", "[config][auth]")
{
    const auto load_at = [](std::string_view endpoint, std::string_view auth) {
        return config_loader().load_transport(
            fmt::format(R"({{"type": "rawsocket", "endpoint": {}, "auth": {}}})", endpoint, auth));
    };
    check_warned(load_at(R"({"type": "tcp", "port": 0})", R"({"tls": {}})"),
                 {R"({"tls": {}})", "workers[0].transports[0].auth.tls",
                  "credentials: false, tls: false, peer certificate: false"});
    check_warned(load_at(R"({"type": "unix", "path": "a.sock"})", R"({"tls": [{}]})"),
                 {R"({"tls": [{}]})", "workers[0].transports[0].auth.tls[0]",
                  "credentials: true, tls: false, peer certificate: false"});
}

namespace {

constexpr std::string_view some_realms = R"([
    {"name": "shop", "roles": [{"name": "user"}, {"name": "guest"}]},
    {"name": "house", "roles": [{"name": "resident"}, {"name": "guest"}]}])";

config_result load_principal(std::string_view principal, std::string_view realms = some_realms)
{
    return config_loader().load_worker(fmt::format(
        R"({{"type": "router", "realms": {}, "transports": [{{"type": "rawsocket",
            "endpoint": {{"type": "tcp", "port": 0}},
            "auth": {{"ticket": {{"secret": "s", "principals": {{"joe": {}}}}}}}}}]}})",
        realms, principal));
}

} // namespace

TEST_CASE("config: roles that no session can join with", "[config][auth]")
{
    constexpr std::string_view joe = "workers[0].transports[0].auth.ticket.principals.joe";
    constexpr std::string_view role = "workers[0].transports[0].auth.ticket.principals.joe.role";
    const wrong cases[] = {
        {R"({"role": "usr"})", role, "no realm of this worker has a role 'usr'", "did you mean 'user'?"},
        {R"({"role": "administrator"})", role, "no realm of this worker has a role 'administrator'",
         "possible here: user, guest, resident"},
        {R"({"role": "resident", "realm": "shop"})", role, "realm 'shop' has no role 'resident'",
         "possible here: user, guest"},
    };
    for (const auto& expected : cases)
        check_warned(load_principal(expected.text), expected);
    for (const auto* const right : {R"({})", R"({"role": "user"})", R"({"role": "resident"})",
                                    R"({"role": "resident", "realm": "house"})", R"({"realm": "house"})"})
        require_clean(load_principal(right));

    const wrong by_default{"{}", joe, "no realm of this worker has a role 'guest'", "possible here: user"};
    check_warned(load_principal("{}", R"([{"name": "shop", "roles": [{"name": "user"}]}])"), by_default);
}

TEST_CASE("config: realms that principals cannot join", "[config][auth]")
{
    constexpr std::string_view realm = "workers[0].transports[0].auth.ticket.principals.joe.realm";
    const wrong cases[] = {
        {R"({"role": "user", "realm": "shpo"})", realm, "this worker has no realm 'shpo'", "did you mean 'shop'?"},
        {R"({"role": "nobody", "realm": "elsewhere"})", realm, "this worker has no realm 'elsewhere'",
         "possible here: shop, house"},
    };
    for (const auto& expected : cases)
        check_warned(load_principal(expected.text), expected);
}

TEST_CASE("config: where nobody can join, roles and realms are not compared", "[config][auth]")
{
    check_warned(load_principal(R"({"role": "user", "realm": "shop"})", "[]"),
                 {"no realms", "workers[0]", "has no realms: nobody can join"});
    check_warned(load_principal(R"({"role": "user"})", R"([{"name": "shop"}])"),
                 {"no roles", "workers[0].realms[0]", "has no roles: nobody can join"});
}

TEST_CASE("config: the realms of one worker are not those of another", "[config][auth]")
{
    const auto worker = [](std::string_view realm, std::string_view wanted) {
        return fmt::format(R"({{"type": "router", "realms": [{{"name": "{}", "roles": [{{"name": "guest"}}]}}],
            "transports": [{{"type": "rawsocket", "endpoint": {{"type": "tcp", "port": 0}},
                "auth": {{"ticket": {{"secret": "s", "principals": {{"joe": {{"realm": "{}"}}}}}}}}}}]}})",
                           realm, wanted);
    };
    const config_loader loader;
    require_clean(loader.load_worker(worker("shop", "shop") + "," + worker("house", "house")));
    check_warned(loader.load_worker(worker("shop", "shop") + "," + worker("house", "shop")),
                 {"another's", "workers[1].transports[0].auth.ticket.principals.joe.realm",
                  "this worker has no realm 'shop'", "possible here: house"});
}

TEST_CASE("config: an authorizer may name a realm that follows", "[config][auth]")
{
    const auto load_named = [](std::string_view realm) {
        return config_loader().load_realm(fmt::format(
            R"({{"name": "shop", "roles": [{{"name": "user", "authorizer": {{"procedure": "a.b", "realm": "{}"}}}}]}},
               {{"name": "house", "roles": [{{"name": "guest"}}]}})",
            realm));
    };
    require_clean(load_named("house"));
    check_warned(load_named("hose"), {"hose", "workers[0].realms[0].roles[0].authorizer.realm",
                                      "this worker has no realm 'hose'", "did you mean 'house'?"});
}

TEST_CASE("config: what is wrong with the endpoint is not held against the authmethods", "[config][auth]")
{
    const wrong endpoint{R"({"type": "rawsocket", "endpoint": {"type": "tpc"}, "auth": {"tls": {}}})",
                         "workers[0].transports[0].endpoint.type", "unknown endpoint type 'tpc'"};
    check_wrong(config_loader().load_transport(endpoint.text), endpoint);
}
