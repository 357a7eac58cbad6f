// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

constexpr std::string_view plain_worker = R"("realms": [{"name": "realm1", "roles": [{"name": "guest"}]}],
    "transports": [{"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}}])";

/// A worker of type router with `more` besides realms and transports.
std::string worker_with(std::string_view more)
{
    return "{\"type\": \"router\", " + std::string(more) + ", " + std::string(plain_worker) + "}";
}

} // namespace

TEST_CASE("config: the keys of the node", "[config][node]")
{
    const config_loader loader;
    const auto node = [&](std::string_view keys) {
        return loader.load("{" + std::string(keys) + ", \"workers\": [" + worker_with(R"("id": "one")") + "]}");
    };

    require_clean(node(R"("version": 2)"));
    require_clean(node(R"("$schema": 7)"));
    require_clean(node(R"("controller": {"id": "node1"})"));

    const wrong errors[] = {
        {R"("version": 3)", "version", "must be from 1 to 2"},
        {R"("version": "2")", "version", "must be an integer, not a string"},
        {R"("version": true)", "version", "must be an integer, not a boolean"},
        {R"("controller": [])", "controller", "must be a dict, not a list"},
        {R"("controller": {"id": "N"})", "controller.id",
         "must be of 3 to 64 characters: a lower-case letter, then lower-case letters, digits and '_'"},
        {R"("controller": {"optoins": {}})", "controller.optoins", "unknown key", "possible here: id"},
        {R"("verzion": 2)", "verzion", "unknown key", "did you mean 'version'?"},
        {R"("worker": [])", "worker", "unknown key", "did you mean 'workers'?"},
    };
    for (const auto& expected : errors)
        check_wrong(node(expected.text), expected);

    const wrong warnings[] = {
        {R"("version": 1)", "version", "is read as version 2"},
        {R"("controller": {"options": {"title": "x"}})", "controller.options", "has no meaning here and is ignored"},
        {R"("controller": {"manhole": {}})", "controller.manhole", "has no meaning here and is ignored"},
    };
    for (const auto& expected : warnings)
        check_warned(node(expected.text), expected);
}

TEST_CASE("config: a node needs workers to be of use", "[config][node]")
{
    const config_loader loader;
    check_warned(loader.load("{}"), {"{}", "", "has no workers: there is nothing to do"});
    check_warned(loader.load(R"({"workers": []})"), {"[]", "", "has no workers: there is nothing to do"});
    check_wrong(loader.load(R"({"workers": {}})"), {"{}", "workers", "must be a list, not a dict"});
    check_wrong(loader.load("[]"), {"[]", "", "must be a dict, not a list"});
    check_wrong(loader.load("null"), {"null", "", "must be a dict, not a null"});
}

TEST_CASE("config: the keys of a worker", "[config][node]")
{
    const config_loader loader;
    const auto plain = loader.load_worker(worker_with(R"("components": [])"));
    const auto& node = require_clean(plain);
    REQUIRE(node.workers.size() == 1);
    CHECK(node.workers[0].id == "worker001");
    CHECK(node.workers[0].shards == 1);
    CHECK(node.workers[0].realms.size() == 1);
    CHECK(node.workers[0].transports.size() == 1);
    CHECK(require_clean(loader.load_worker(worker_with(R"("id": "main_worker")"))).workers[0].id == "main_worker");
    CHECK(require_clean(loader.load_worker(worker_with(R"("options": {"shards": 64})"))).workers[0].shards == 64);

    const wrong errors[] = {
        {R"("id": "x")", "workers[0].id",
         "must be of 3 to 64 characters: a lower-case letter, then lower-case letters, digits and '_'"},
        {R"("id": 1)", "workers[0].id", "must be a string, not an integer"},
        {R"("components": [{}])", "workers[0].components[0]", "the key 'type' is missing"},
        {R"("components": {})", "workers[0].components", "must be a list, not a dict"},
        {R"("options": 1)", "workers[0].options", "must be a dict, not an integer"},
        {R"("options": {"pythonpaht": []})", "workers[0].options.pythonpaht", "unknown key",
         "possible here: shards, disabled"},
        {R"("options": {"disabled": 1})", "workers[0].options.disabled", "must be true or false, not an integer"},
        {R"("options": {"disabled": "maybe"})", "workers[0].options.disabled",
         "must be true, false or a variable such as \"${NAME}\""},
        {R"("options": {"shards": 0})", "workers[0].options.shards", "must be from 1 to 64"},
        {R"("options": {"shards": 65})", "workers[0].options.shards", "must be from 1 to 64"},
        {R"("options": {"shards": "2"})", "workers[0].options.shards", "must be an integer, not a string"},
        {R"("realmz": [])", "workers[0].realmz", "unknown key", "did you mean 'realms'?"},
    };
    for (const auto& expected : errors)
        check_wrong(loader.load_worker(worker_with(expected.text)), expected);

    const wrong warnings[] = {
        {R"("manhole": {})", "workers[0].manhole", "has no meaning here and is ignored"},
        {R"("options": {"cpu_affinity": [0]})", "workers[0].options.cpu_affinity",
         "has no meaning here and is ignored"},
    };
    for (const auto& expected : warnings)
        check_warned(loader.load_worker(worker_with(expected.text)), expected);
}

TEST_CASE("config: only workers of the types router, container and guest exist", "[config][node]")
{
    const config_loader loader;
    const wrong cases[] = {
        {R"({"type": "proxy"})", "workers[0].type", "worker type 'proxy' is not supported yet by this version",
         "supported: router, container, guest"},
        {R"({"type": "ruter"})", "workers[0].type", "unknown worker type 'ruter'", "did you mean 'router'?"},
        {R"({"type": "a\nb"})", "workers[0].type", "unknown worker type 'a?b'",
         "possible here: router, container, guest"},
        {R"({"type": 1})", "workers[0].type", "must be a string, not an integer"},
        {R"({})", "workers[0]", "the key 'type' is missing"},
        {R"(7)", "workers[0]", "must be a dict, not an integer"},
    };
    for (const auto& expected : cases)
        check_wrong(loader.load_worker(expected.text), expected);
}

TEST_CASE("config: a worker without realms or transports is doubtful", "[config][node]")
{
    const auto result = config_loader().load_worker(R"({"type": "router"})");
    REQUIRE(result.problems.size() == 2);
    CHECK(result.problems[0].text == "has no realms: nobody can join");
    CHECK(result.problems[1].text == "has no transports: nobody can connect");
    CHECK(result.usable());
}

TEST_CASE("config: identifiers of workers, realms and transports are unique", "[config][node]")
{
    const config_loader loader;
    const auto worker = worker_with(R"("id": "one")");
    check_wrong(loader.load_worker(worker + "," + worker),
                {worker, "workers[1]", "there is another worker with the id 'one'"});

    check_wrong(loader.load_realm(R"({"id": "one", "name": "a", "roles": [{"name": "guest"}]},
                                     {"id": "one", "name": "b", "roles": [{"name": "guest"}]})"),
                {"", "workers[0].realms[1]", "there is another realm with the id 'one'"});
    check_wrong(loader.load_realm(R"({"name": "a", "roles": [{"name": "guest"}]},
                                     {"name": "a", "roles": [{"name": "guest"}]})"),
                {"", "workers[0].realms[1]", "there is another realm named 'a'"});

    constexpr auto transport = R"({"id": "one", "type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}})";
    check_wrong(loader.load_transport(std::string(transport) + "," + transport),
                {transport, "workers[0].transports[1]", "there is another transport with the id 'one'"});
}

TEST_CASE("config: a disabled worker is left out", "[config][node]")
{
    config_loader loader;
    loader.environment = {{"ON", "yes"}, {"OFF", "0"}, {"EMPTY", ""}, {"ODD", "perhaps"}};
    const auto workers = [&](std::string_view disabled) {
        return require_clean(
                   loader.load_worker(worker_with("\"options\": {\"disabled\": " + std::string(disabled) + "}")))
            .workers.size();
    };
    CHECK(workers("true") == 0);
    CHECK(workers("false") == 1);
    CHECK(workers("\"${ON}\"") == 0);
    CHECK(workers("\"$ON\"") == 0);
    CHECK(workers("\"${OFF}\"") == 1);
    CHECK(workers("\"${EMPTY}\"") == 1);

    check_warned(loader.load_worker(worker_with(R"("options": {"disabled": "${NOWHERE}"})")),
                 {"NOWHERE", "workers[0].options.disabled",
                  "the environment variable 'NOWHERE' is not set: the worker is enabled"});
    check_wrong(loader.load_worker(worker_with(R"("options": {"disabled": "${ODD}"})")),
                {"ODD", "workers[0].options.disabled", "the environment variable 'ODD' is neither true nor false"});
}
