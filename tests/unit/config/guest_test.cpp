// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// A guest that executes a program that every system has, with `more`.
std::string guest_with(std::string_view more)
{
    return R"({"type": "guest", "executable": "/bin/sh")" + (more.empty() ? "" : ", " + std::string(more)) + "}";
}

std::string guest_options(std::string_view options)
{
    return guest_with("\"options\": {" + std::string(options) + "}");
}

const guest_config& only_guest(const config_result& result)
{
    const auto& node = require_clean(result);
    REQUIRE(node.guests.size() == 1);
    return node.guests[0];
}

void make_executable(const temporary_directory& directory, std::string_view name)
{
    directory.write(name, "#!/bin/sh\n");
    std::filesystem::permissions(directory.path() / name, std::filesystem::perms::owner_all);
}

} // namespace

TEST_CASE("config: a guest needs no more than an executable", "[config][guest]")
{
    const config_loader loader;
    const auto result = loader.load_worker(guest_with(""));
    const auto& guest = only_guest(result);
    CHECK(result.config.workers.empty());
    CHECK(guest.id == "worker001");
    CHECK(guest.executable == "/bin/sh");
    CHECK(guest.arguments.empty());
    CHECK(guest.work_directory == "/etc/junctor");
    CHECK_FALSE(guest.environment.inherited);
    CHECK(guest.environment.variables.empty());
    CHECK_FALSE(guest.input);
    CHECK(guest.standard_output == output_use::log);
    CHECK(guest.standard_error == output_use::log);
    CHECK(guest.restart == restart_policy::never);
}

TEST_CASE("config: the keys of a guest", "[config][guest]")
{
    config_loader loader;
    loader.environment = {{"TICKET", "s3cret"}, {"ROOT", "/"}};
    const auto result = loader.load_worker(guest_with(R"("id": "shop", "arguments": ["-c", "$TICKET", "a$TICKET"],
        "options": {
            "workdir": "${ROOT}",
            "env": {"inherit": ["HOME", "LANG"], "vars": {"TICKET": "${TICKET}", "A": "b"}},
            "stdin": {"type": "json", "value": {"a": [1, "ä"]}, "close": false},
            "stdout": "drop", "stderr": "close",
            "restart": "restart-on-failed", "restart_delay": 10, "restart_delay_max": 20, "stop_timeout": 0})"));
    const auto& guest = only_guest(result);
    CHECK(guest.id == "shop");
    CHECK(guest.arguments == std::vector<std::string>{"-c", "s3cret", "a$TICKET"});
    CHECK(guest.work_directory == "/");
    CHECK(guest.environment.inherited == std::vector<std::string>{"HOME", "LANG"});
    CHECK(guest.environment.variables ==
          std::vector<std::pair<std::string, std::string>>{{"TICKET", "s3cret"}, {"A", "b"}});
    REQUIRE(guest.input);
    CHECK(guest.input->text == R"({"a":[1,"ä"]})");
    CHECK_FALSE(guest.input->closes);
    CHECK(guest.standard_output == output_use::drop);
    CHECK(guest.standard_error == output_use::close);
    CHECK(guest.restart == restart_policy::on_failed);
    CHECK(guest.restart_delay == std::chrono::milliseconds(10));
    CHECK(guest.restart_delay_max == std::chrono::milliseconds(20));
    CHECK(guest.stop_timeout == std::chrono::milliseconds(0));
}

TEST_CASE("config: what a guest inherits, reads and does again", "[config][guest]")
{
    const config_loader loader;
    const auto guest = [&](std::string_view options) { return only_guest(loader.load_worker(guest_options(options))); };
    CHECK_FALSE(guest(R"("env": {"inherit": true})").environment.inherited);
    CHECK(guest(R"("env": {"inherit": false})").environment.inherited == std::vector<std::string>());
    CHECK_FALSE(guest(R"("stdin": "close")").input);
    CHECK(guest(R"("stdin": {"type": "json", "value": null})").input->text == "null");
    CHECK(guest(R"("stdin": {"type": "json", "value": null})").input->closes);
    CHECK(guest(R"("restart": "restart-always")").restart == restart_policy::always);
    CHECK(guest(R"("restart": "restart-never")").restart == restart_policy::never);
}

TEST_CASE("config: what is wrong with a guest", "[config][guest]")
{
    const config_loader loader;
    const wrong errors[] = {
        {R"("arguments": "x")", "workers[0].arguments", "must be a list, not a string"},
        {R"("arguments": [1])", "workers[0].arguments[0]", "must be a string, not an integer"},
        {R"("arguments": ["a\u0000b"])", "workers[0].arguments[0]", "must not have a NUL character in it"},
        {R"("realms": [])", "workers[0].realms", "unknown key",
         "possible here: id, type, executable, arguments, options"},
        {R"("options": [])", "workers[0].options", "must be a dict, not a list"},
        {R"("options": {"wordkir": "/"})", "workers[0].options.wordkir", "unknown key", "did you mean 'workdir'?"},
        {R"("options": {"workdir": "/no/such"})", "workers[0].options.workdir", "there is no directory '/no/such'"},
        {R"("options": {"env": {"inherit": "HOME"}})", "workers[0].options.env.inherit",
         "must be true, false or a list of names, not a string"},
        {R"("options": {"env": {"vars": {"A=B": ""}}})", "workers[0].options.env.vars['A=B']",
         "is no name of an environment variable"},
        {R"("options": {"env": {"vars": {"A": 1}}})", "workers[0].options.env.vars.A",
         "must be a string, not an integer"},
        {R"("options": {"stdin": "open"})", "workers[0].options.stdin", "unknown use of stdin 'open'"},
        {R"("options": {"stdin": {"type": "msgpack", "value": 1}})", "workers[0].options.stdin.type",
         "unknown type of stdin 'msgpack'"},
        {R"("options": {"stdin": {"type": "json"}})", "workers[0].options.stdin", "the key 'value' is missing"},
        {R"("options": {"stdin": {"type": "json", "value": {"a": 1, "a": 2}}})", "workers[0].options.stdin.value.a",
         "the key is given twice"},
        {R"("options": {"stdout": "lgo"})", "workers[0].options.stdout", "unknown use of stdout 'lgo'",
         "did you mean 'log'?"},
        {R"("options": {"restart": "always"})", "workers[0].options.restart", "unknown restart policy 'always'"},
        {R"("options": {"restart_delay": 0})", "workers[0].options.restart_delay", "must be from 1 to 3600000"},
        {R"("options": {"restart_delay": 2000, "restart_delay_max": 1000})", "workers[0].options",
         "restart_delay must not be longer than restart_delay_max"},
        {R"("options": {"stop_timeout": -1})", "workers[0].options.stop_timeout", "must be from 0 to 3600000"},
    };
    for (const auto& expected : errors)
        check_wrong(loader.load_worker(guest_with(expected.text)), expected);
    check_wrong(loader.load_worker(R"({"type": "guest"})"), {"", "workers[0]", "the key 'executable' is missing"});
}

TEST_CASE("config: what is doubtful about a guest", "[config][guest]")
{
    const config_loader loader;
    const wrong warnings[] = {
        {R"("arguments": ["${TICKET}"])", "workers[0].arguments[0]",
         "the environment variable 'TICKET' is not set: the text is taken as it is"},
        {R"("options": {"watch": {"directories": ["."], "action": "restart"}})", "workers[0].options.watch",
         "is not supported yet: changes of files do not restart the guest"},
    };
    for (const auto& expected : warnings)
        check_warned(loader.load_worker(guest_with(expected.text)), expected);
}

TEST_CASE("config: a guest's program is in its working directory or in the PATH", "[config][guest]")
{
    const temporary_directory here;
    const temporary_directory path;
    make_executable(here, "both");
    make_executable(path, "both");
    make_executable(path, "tool");
    here.write("text", "no program");

    config_loader loader;
    loader.base_directory = here.path();
    loader.environment = {{"PATH", "/no/such::" + path.path().string()}};
    const auto load = [&](const std::string& executable) {
        return loader.load_worker(R"({"type": "guest", "executable": ")" + executable + "\"}");
    };
    CHECK(only_guest(load("both")).executable == (here.path() / "both").string());
    CHECK(only_guest(load("./both")).executable == (here.path() / "both").string());
    CHECK(only_guest(load("tool")).executable == (path.path() / "tool").string());

    const auto directory = here.path().string();
    const auto wrong_executable = [&](const std::string& executable, const std::string& problem) {
        check_wrong(load(executable), {executable, "workers[0].executable", problem});
    };
    wrong_executable("./tool", "there is no file '" + directory + "/tool'");
    wrong_executable("toool", "there is no program 'toool' in '" + directory + "' nor in the PATH");
    wrong_executable("text", "'" + directory + "/text' cannot be executed");
    wrong_executable("", "must not be empty");
}

TEST_CASE("config: guests and routers are workers of one node", "[config][guest]")
{
    config_loader loader;
    loader.environment = {{"OFF", "yes"}};
    check_wrong(loader.load_worker(guest_with(R"("id": "one")") + "," + guest_with(R"("id": "one")")),
                {"", "workers[1]", "there is another worker with the id 'one'"});
    CHECK(require_clean(loader.load_worker(guest_with("") + "," + guest_with(""))).guests[1].id == "worker002");
    CHECK(require_clean(loader.load_worker(guest_options(R"("disabled": "${OFF}")"))).guests.empty());
}
