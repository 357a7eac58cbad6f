// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A realm with a role, and with `more`.
std::string realm_with(std::string_view more)
{
    return R"({"name": "realm1", "roles": [{"name": "guest"}], )" + std::string(more) + "}";
}

/// A realm with one role that has `keys`.
std::string role_with(std::string_view keys)
{
    return R"({"name": "realm1", "roles": [{)" + std::string(keys) + "}]}";
}

} // namespace

TEST_CASE("config: a realm has a name, an id and roles", "[config][realm]")
{
    const config_loader loader;
    const auto result =
        loader.load_realm(R"({"name": "com.example.shop", "roles": [{"name": "guest"}, {"name": "staff"}]})");
    const auto& realm = only_realm(result);
    CHECK(realm.name == "com.example.shop");
    CHECK(realm.id == "realm001");
    REQUIRE(realm.roles.size() == 2);
    CHECK(realm.roles[0].name == "guest");
    CHECK(realm.roles[0].permissions.empty());
    CHECK_FALSE(realm.roles[0].allow_by_default);
    CHECK(realm.roles[1].name == "staff");

    const auto named = loader.load_realm(realm_with(R"("id": "shop")"));
    CHECK(only_realm(named).id == "shop");
}

TEST_CASE("config: mistakes in a realm", "[config][realm]")
{
    const config_loader loader;
    const wrong cases[] = {
        {R"({"roles": [{"name": "guest"}]})", "workers[0].realms[0]", "the key 'name' is missing"},
        {R"({"name": 1, "roles": [{"name": "guest"}]})", "workers[0].realms[0].name",
         "must be a string, not an integer"},
        {R"({"name": "a..b", "roles": [{"name": "guest"}]})", "workers[0].realms[0].name", "empty component"},
        {R"({"name": "", "roles": [{"name": "guest"}]})", "workers[0].realms[0].name", "empty"},
        {R"({"name": "a b", "roles": [{"name": "guest"}]})", "workers[0].realms[0].name", "forbidden character"},
        {R"({"name": "a", "roles": {}})", "workers[0].realms[0].roles", "must be a list, not a dict"},
        {R"({"name": "a", "rolls": [], "roles": [{"name": "guest"}]})", "workers[0].realms[0].rolls", "unknown key",
         "did you mean 'roles'?"},
        {R"({"name": "a", "roles": [{"name": "guest"}], "name": "b"})", "workers[0].realms[0].name",
         "the key is given twice"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_realm(expected.text), expected);

    check_warned(loader.load_realm(R"({"name": "a"})"), {"", "workers[0].realms[0]", "has no roles: nobody can join"});
    check_warned(loader.load_realm(realm_with(R"("stats": {})")),
                 {"", "workers[0].realms[0].stats", "has no meaning here and is ignored"});
}

TEST_CASE("config: what Crossbar.io's realms have and this version has not is said so", "[config][realm]")
{
    const config_loader loader;
    const wrong cases[] = {
        {R"("rlinks": [])", "workers[0].realms[0].rlinks",
         "links between routers are not supported yet by this version"},
        {R"("inventory": {})", "workers[0].realms[0].inventory",
         "inventories of payload types are not supported yet by this version"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_realm(realm_with(expected.text)), expected);
}

TEST_CASE("config: the event history of a realm", "[config][realm]")
{
    const config_loader loader;
    const auto rules = [&](std::string_view store) {
        return only_realm(loader.load_realm(realm_with("\"store\": " + std::string(store)))).options.event_history;
    };
    CHECK(rules(R"({"type": "memory"})").empty());
    const auto two = rules(R"({"type": "memory", "limit": 7, "event-history": [
        {"uri": "com.shop.*"}, {"uri": "com..sold", "match": "wildcard", "limit": 3, "bytes_max": 65536}]})");
    REQUIRE(two.size() == 2);
    CHECK(two[0].topics.uri == "com.shop.");
    CHECK(two[0].topics.match == match_policy::prefix);
    CHECK(two[0].events_max == 7);
    CHECK(two[0].bytes_max == history_rule().bytes_max);
    CHECK(two[1].topics.match == match_policy::wildcard);
    CHECK(two[1].events_max == 3);
    CHECK(two[1].bytes_max == 65536);
    CHECK(two[1].age_max.count() == 0);
    const auto bounded = rules(R"({"type": "memory", "bytes_max": 70000, "age_max": 60, "event-history": [
        {"uri": "a"}, {"uri": "b", "age_max": 0}]})");
    REQUIRE(bounded.size() == 2);
    CHECK(bounded[0].bytes_max == 70000);
    CHECK(bounded[0].age_max == std::chrono::minutes(1));
    CHECK(bounded[1].age_max.count() == 0);

    const wrong cases[] = {
        {R"("store": {"event-history": []})", "workers[0].realms[0].store", "the key 'type' is missing"},
        {R"("store": {"type": "cfxdb"})", "workers[0].realms[0].store.type",
         "Crossbar.io's database 'cfxdb' is not supported",
         "the type \"sqlite\" keeps events on disk, in the file that 'path' names"},
        {R"("store": {"type": "sqlite", "path": "a"})", "workers[0].realms[0].store.type",
         "this build has no store of the type 'sqlite'",
         "build Junctor with JUNCTOR_WITH_SQLITE, or load the module store-sqlite"},
        {R"("store": {"type": "memori"})", "workers[0].realms[0].store.type", "unknown type of store 'memori'",
         "did you mean 'memory'?"},
        {R"("store": {"type": "memory", "age_max": -1})", "workers[0].realms[0].store.age_max",
         "must be from 0 to 315360000"},
        {R"("store": {"type": "memory", "limit": 0})", "workers[0].realms[0].store.limit",
         "must be from 1 to 10000000"},
        {R"("store": {"type": "memory", "event-history": [{}]})", "workers[0].realms[0].store.event-history[0]",
         "the key 'uri' is missing"},
        {R"("store": {"type": "memory", "event-history": [{"uri": "com..x"}]})",
         "workers[0].realms[0].store.event-history[0].uri", "empty component",
         "set 'match' to \"wildcard\" if it stands for any component"},
        {R"("store": {"type": "memory", "event-history": [{"uri": "wamp.session.on_join"}]})",
         "workers[0].realms[0].store.event-history[0].uri", "events of the router itself are not kept"},
        {R"("store": {"type": "memory", "event-history": [{"uri": "a"}, {"uri": "a"}]})",
         "workers[0].realms[0].store.event-history[1]", "there is another history of the pattern 'exact a'"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_realm(realm_with(expected.text)), expected);
}

TEST_CASE("config: the call queues of a realm", "[config][realm]")
{
    const config_loader loader;
    const auto rules = [&](std::string_view store) {
        return only_realm(loader.load_realm(realm_with("\"store\": " + std::string(store)))).options.call_queues;
    };
    CHECK(rules(R"({"type": "memory"})").empty());
    const auto two = rules(R"({"type": "memory", "limit": 7, "call-queue": [
        {"uri": "com.shop.*"}, {"uri": "com..pay", "match": "wildcard", "limit": 3, "bytes_max": 65536}]})");
    REQUIRE(two.size() == 2);
    CHECK(two[0].procedures.uri == "com.shop.");
    CHECK(two[0].procedures.match == match_policy::prefix);
    CHECK(two[0].calls_max == 7);
    CHECK(two[0].bytes_max == call_queue_rule().bytes_max);
    CHECK(two[1].procedures.match == match_policy::wildcard);
    CHECK(two[1].calls_max == 3);
    CHECK(two[1].bytes_max == 65536);

    const wrong cases[] = {
        {R"("store": {"type": "memory", "call-queue": [{"uri": "a", "limit": 0}]})",
         "workers[0].realms[0].store.call-queue[0].limit", "must be from 1 to 10000000"},
        {R"("store": {"type": "memory", "call-queue": [{}]})", "workers[0].realms[0].store.call-queue[0]",
         "the key 'uri' is missing"},
        {R"("store": {"type": "memory", "call-queue": [{"uri": "wamp.session.count"}]})",
         "workers[0].realms[0].store.call-queue[0].uri", "calls to the router itself do not wait"},
        {R"("store": {"type": "memory", "call-queue": [{"uri": "a"}, {"uri": "a"}]})",
         "workers[0].realms[0].store.call-queue[1]", "there is another queue of the pattern 'exact a'"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_realm(realm_with(expected.text)), expected);
}

TEST_CASE("config: the options of a realm", "[config][realm]")
{
    const config_loader loader;
    const auto options = [&](std::string_view keys) {
        return only_realm(loader.load_realm(realm_with("\"options\": {" + std::string(keys) + "}"))).options;
    };

    const auto standard = options("");
    CHECK(standard.uris == uri_check::loose);
    CHECK(standard.request_ids == request_id_check::lenient);
    CHECK(standard.progress == progress_gate::results_announced);
    CHECK(standard.disclosure == disclosure::allowed);

    CHECK(options(R"("uri_check": "strict")").uris == uri_check::strict);
    CHECK(options(R"("uri_check": "loose")").uris == uri_check::loose);
    CHECK(options(R"("request_id_check": "strict")").request_ids == request_id_check::strict);
    CHECK(options(R"("request_id_check": "lenient")").request_ids == request_id_check::lenient);
    CHECK(options(R"("progress_gate": "strict")").progress == progress_gate::strict);
    CHECK(options(R"("progress_gate": "results_announced")").progress == progress_gate::results_announced);
    CHECK_FALSE(options(R"("compatible_with": [])").respected.autobahn_js_forgets_canceled_calls);
    CHECK(options(R"("compatible_with": ["autobahn-js"])").respected.autobahn_js_forgets_canceled_calls);
    CHECK(options(R"("call_timeout_unit": "s")").call_timeout_unit == std::chrono::seconds(1));
    CHECK(options(R"("call_timeout_unit": "ms")").call_timeout_unit == std::chrono::milliseconds(1));
    CHECK(options(R"("disclosure": "forbidden")").disclosure == disclosure::forbidden);
    CHECK(options(R"("disclosure": "allowed")").disclosure == disclosure::allowed);
    CHECK(options("").enable_meta_api);
    CHECK_FALSE(options(R"("enable_meta_api": false, "bridge_meta_api": false)").enable_meta_api);
}

TEST_CASE("config: the bounds on retained events", "[config][realm]")
{
    const config_loader loader;
    const auto retained = [&](std::string_view keys) {
        const auto text = "\"options\": {\"event_retention\": {" + std::string(keys) + "}}";
        return only_realm(loader.load_realm(realm_with(text))).options.retained;
    };
    const auto standard = retained("");
    CHECK(standard.events_max == retained_limits().events_max);
    CHECK(standard.bytes_max == retained_limits().bytes_max);
    CHECK(standard.age_max.count() == 0);
    const auto given =
        retained(R"("events_max": 0, "bytes_max": 65536, "restricted_per_topic_max": 3, "age_max": 315360000)");
    CHECK(given.events_max == 0);
    CHECK(given.bytes_max == 65536);
    CHECK(given.restricted_per_topic_max == 3);
    CHECK(given.age_max == std::chrono::hours(24 * 365 * 10));
}

TEST_CASE("config: mistakes in the options of a realm", "[config][realm]")
{
    const config_loader loader;
    const wrong cases[] = {
        {R"("options": [])", "workers[0].realms[0].options", "must be a dict, not a list"},
        {R"("options": {"uri_check": "strikt"})", "workers[0].realms[0].options.uri_check", "unknown check 'strikt'",
         "did you mean 'strict'?"},
        {R"("options": {"uri_check": true})", "workers[0].realms[0].options.uri_check",
         "must be a string, not a boolean"},
        {R"("options": {"request_id_check": "none"})", "workers[0].realms[0].options.request_id_check",
         "unknown check 'none'", "possible here: lenient, strict"},
        {R"("options": {"compatible_with": ["autobahn"]})", "workers[0].realms[0].options.compatible_with[0]",
         "unknown client 'autobahn'", "possible here: autobahn-js"},
        {R"("options": {"call_timeout_unit": "hours"})", "workers[0].realms[0].options.call_timeout_unit",
         "unknown unit 'hours'", "possible here: ms, s"},
        {R"("options": {"progress_gate": "open"})", "workers[0].realms[0].options.progress_gate", "unknown gate 'open'",
         "possible here: results_announced, strict"},
        {R"("options": {"disclosure": "allow"})", "workers[0].realms[0].options.disclosure", "unknown rule 'allow'",
         "possible here: allowed, forbidden"},
        {R"("options": {"event_retention": true})", "workers[0].realms[0].options.event_retention",
         "must be a dict, not a boolean"},
        {R"("options": {"event_retention": {"events_max": -1}})",
         "workers[0].realms[0].options.event_retention.events_max", "must be from 0 to 1000000000"},
        {R"("options": {"event_retention": {"bytes_max": 65535}})",
         "workers[0].realms[0].options.event_retention.bytes_max", "must be from 65536 to 1099511627776"},
        {R"("options": {"event_retention": {"age_max": 0.5}})", "workers[0].realms[0].options.event_retention.age_max",
         "must be an integer, not a real"},
        {R"("options": {"event_retention": {"age_mx": 1}})", "workers[0].realms[0].options.event_retention.age_mx",
         "unknown key", "did you mean 'age_max'?"},
        {R"("options": {"enable_meta_api": "no"})", "workers[0].realms[0].options.enable_meta_api",
         "must be true or false, not a string"},
        {R"("options": {"uri_chek": "strict"})", "workers[0].realms[0].options.uri_chek", "unknown key",
         "did you mean 'uri_check'?"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_realm(realm_with(expected.text)), expected);

    const wrong warnings[] = {
        {R"("options": {"event_dispatching_chunk_size": 100})",
         "workers[0].realms[0].options.event_dispatching_chunk_size", "has no meaning here and is ignored"},
        {R"("options": {"bridge_meta_api": true})", "workers[0].realms[0].options.bridge_meta_api",
         "has no effect: the bridge of the meta API is not supported yet by this version"},
    };
    for (const auto& expected : warnings)
        check_warned(loader.load_realm(realm_with(expected.text)), expected);
}

TEST_CASE("config: the keys of a role", "[config][realm]")
{
    const config_loader loader;
    const auto open = loader.load_realm(role_with(R"("name": "guest", "id": "role001", "allow-by-default": true)"));
    CHECK(only_realm(open).roles[0].allow_by_default);

    const wrong cases[] = {
        {R"("id": "role001")", "workers[0].realms[0].roles[0]", "the key 'name' is missing"},
        {R"("name": "")", "workers[0].realms[0].roles[0].name", "must not be empty"},
        {R"("name": [])", "workers[0].realms[0].roles[0].name", "must be a string, not a list"},
        {R"("name": "trusted")", "workers[0].realms[0].roles[0].name", "the role 'trusted' is reserved"},
        {R"("name": "guest", "allow-by-default": 1)", "workers[0].realms[0].roles[0].allow-by-default",
         "must be true or false, not an integer"},
        {R"("name": "guest", "permissions": {})", "workers[0].realms[0].roles[0].permissions",
         "must be a list, not a dict"},
        {R"("name": "guest", "authorizer": 5)", "workers[0].realms[0].roles[0].authorizer",
         "must be the URI of a procedure or a dict, not an integer"},
        {R"("name": "guest", "authorizer": "com.a", "permissions": [{"uri": "com.b"}])",
         "workers[0].realms[0].roles[0].authorizer", "a role has either permissions or an authorizer"},
        {R"("name": "guest", "authorizer": {})", "workers[0].realms[0].roles[0].authorizer",
         "needs the key 'procedure'"},
        {R"("name": "guest", "authorizer": {"type": "dinamic"})", "workers[0].realms[0].roles[0].authorizer.type",
         "unknown type of authorizer 'dinamic'", "did you mean 'dynamic'?"},
        {R"("name": "guest", "authorizer": {"procedure": "com.a", "procedur": "com.b"})",
         "workers[0].realms[0].roles[0].authorizer.procedur", "unknown key", "did you mean 'procedure'?"},
        {R"("name": "guest", "authorizer": {"procedure": "com.a", "decisions_max": -1})",
         "workers[0].realms[0].roles[0].authorizer.decisions_max", "must be from 0 to 1000000"},
        {R"("name": "guest", "permisions": [])", "workers[0].realms[0].roles[0].permisions", "unknown key",
         "did you mean 'permissions'?"},
        {R"("name": "guest"}, {"name": "guest")", "workers[0].realms[0].roles[1]",
         "there is another role named 'guest'"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_realm(role_with(expected.text)), expected);
}

TEST_CASE("config: the authorizer of a role", "[config][realm]")
{
    const config_loader loader;
    const auto procedure_of = [](const role_config& role) {
        return dynamic_cast<const made_authorizer&>(*role.authorizer).procedure;
    };
    const auto plain = loader.load_realm(role_with(R"("name": "guest", "authorizer": "com.example.authorize")"));
    CHECK(procedure_of(only_realm(plain).roles[0]) == "com.example.authorize");
    CHECK(only_realm(plain).roles[0].decisions.decisions_max == decision_limits().decisions_max);

    const auto full = loader.load_realm(role_with(
        R"("name": "guest", "authorizer":
           {"type": "dynamic", "procedure": "com.a", "decisions_max": 10, "decision_lifetime": 60000})"));
    const auto& role = only_realm(full).roles[0];
    CHECK(procedure_of(role) == "com.a");
    CHECK(role.decisions.decisions_max == 10);
    CHECK(role.decisions.lifetime == std::chrono::minutes(1));
}

TEST_CASE("config: where the sessions of a role may come from", "[config][realm]")
{
    const config_loader loader;
    const auto has = [&](std::string_view sources, std::string peer) {
        const auto result = loader.load_realm(role_with(R"("name": "guest", "sources": )" + std::string(sources)));
        transport_facts facts;
        facts.peer = std::move(peer);
        return only_realm(result).roles[0].sources.value().contains(facts);
    };
    CHECK(has(R"(["10.0.0.0/8"])", "tcp4:10.1.2.3:1"));
    CHECK_FALSE(has(R"(["10.0.0.0/8"])", "tcp4:11.1.2.3:1"));
    CHECK(has(R"(["127.0.0.1"])", "tcp4:127.0.0.1:1"));
    CHECK_FALSE(has(R"(["127.0.0.1"])", "tcp4:127.0.0.2:1"));
    CHECK(has(R"(["::1"])", "tcp6:[::1]:1"));
    CHECK(has(R"(["192.0.2.1", "2001:db8::/32"])", "tcp6:[2001:db8::1]:1"));
    CHECK_FALSE(has(R"(["2001:db8::/32"])", "tcp6:[2001:db9::1]:1"));
    CHECK(has(R"(["::ffff:10.0.0.0/104"])", "tcp4:10.1.2.3:1"));
    CHECK(has(R"(["unix"])", "unix:/run/a.sock"));
    CHECK_FALSE(has(R"(["0.0.0.0/0", "::/0"])", "unix:/run/a.sock"));
    CHECK_FALSE(only_realm(loader.load_realm(role_with(R"("name": "guest")"))).roles[0].sources);
}

TEST_CASE("config: mistakes in the sources of a role", "[config][realm]")
{
    constexpr std::string_view path = "workers[0].realms[0].roles[0].sources";
    constexpr std::string_view first = "workers[0].realms[0].roles[0].sources[0]";
    constexpr std::string_view none = "must be a network, an address or \"unix\"";
    const wrong cases[] = {
        {R"("unix")", path, "must be a list, not a string"},
        {"[8]", first, "must be a string, not an integer"},
        {R"(["10.1.0.0/8"])", first, "has bits beyond the 8 of its prefix", "the network is 10.0.0.0/8"},
        {R"(["2001:db8::1/32"])", first, "has bits beyond the 32 of its prefix", "the network is 2001:db8::/32"},
        {R"(["10.0.0.0/33"])", first, none, "such as \"10.0.0.0/8\" or \"::1\""},
        {R"(["10.0.0.0/4294967304"])", first, none},
        {R"(["10.0.0.0/"])", first, none},
        {R"(["10.0.0.0/255.0.0.0"])", first, none},
        {R"(["10.0.0/8"])", first, none},
        {R"(["::/129"])", first, none},
        {R"(["fe80::1%eth0"])", first, none},
        {R"(["localhost"])", first, none},
        {R"(["Unix"])", first, none},
        {R"([""])", first, none},
    };
    const config_loader loader;
    for (const auto& expected : cases) {
        const auto keys = R"("name": "guest", "sources": )" + std::string(expected.text);
        check_wrong(loader.load_realm(role_with(keys)), expected);
    }
    const auto nowhere = loader.load_realm(role_with(R"("name": "guest", "sources": [])"));
    check_warned(nowhere, {"[]", path, "names nothing: nobody can have the role", "leave the key out for everywhere"});
    CHECK_FALSE(nowhere.config.workers[0].realms[0].roles[0].sources.value().contains({}));
}
