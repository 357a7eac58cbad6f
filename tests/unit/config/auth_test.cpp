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

const dict& options_of(const rawsocket_transport::method& method)
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
         "possible here: anonymous, peer-credentials, ticket, tls"},
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
    CHECK(dynamic_cast<const first_match*>(methods[0].second) != nullptr);
}

TEST_CASE("config: authmethods that the endpoint gives nothing to go by", "[config][auth]")
{
    const auto load_at = [](std::string_view endpoint, std::string_view auth) {
        return config_loader().load_transport(
            fmt::format(R"({{"type": "rawsocket", "endpoint": {}, "auth": {}}})", endpoint, auth));
    };
    constexpr std::string_view tcp = R"({"type": "tcp", "port": 0})";
    constexpr std::string_view local = R"({"type": "unix", "path": "a.sock"})";

    const wrong certificates{R"({"anonymous": {}, "tls": {}})", "workers[0].transports[0].auth.tls",
                             "lets nobody in here: no client can have a certificate",
                             "name authorities under 'tls.ca_certificates' of the endpoint"};
    check_warned(load_at(tcp, certificates.text), certificates);
    check_warned(load_at(local, certificates.text), certificates);

    const wrong processes{R"({"peer-credentials": [{}, {}]})", "workers[0].transports[0].auth.peer-credentials",
                          "lets nobody in here: only Unix domain sockets tell whose process a client is",
                          "use an endpoint of the type 'unix'"};
    check_warned(load_at(tcp, processes.text), processes);
    require_clean(load_at(local, processes.text));
}

TEST_CASE("config: what is wrong with the endpoint is not held against the authmethods", "[config][auth]")
{
    const wrong endpoint{R"({"type": "rawsocket", "endpoint": {"type": "tpc"}, "auth": {"tls": {}}})",
                         "workers[0].transports[0].endpoint.type", "unknown endpoint type 'tpc'"};
    check_wrong(config_loader().load_transport(endpoint.text), endpoint);
}
