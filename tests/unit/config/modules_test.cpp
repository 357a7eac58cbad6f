// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/load_module.hpp>

#include <fmt/format.h>

#include "config_test_support.hpp"

using namespace junctor;
using namespace junctor::test;

namespace fs = std::filesystem;

namespace {

constexpr std::string_view worker = R"({"type": "router", "realms": [{"name": "realm1", "roles": [{"name": "guest"}]}],
    "transports": [{"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0}}]})";

std::string node_with(std::string_view modules)
{
    return fmt::format(R"({{"workers": [{}], "modules": {}}})", worker, modules);
}

/// A folder with the modules auth-pin and auth-card, of which nothing but the names is there, and a loader that notes
/// what it is to load.
struct modules_fixture {
    modules_fixture()
    {
        fs::create_directory(folder.path() / "modules");
        for (const auto* const name : {"modules/auth-pin.so", "modules/auth-card.so", "modules/README"})
            folder.write(name, "");
        loader.base_directory = folder.path();
        loader.load_module = [this](const fs::path& file) {
            if (!refusal.empty())
                throw module_error(refusal);
            loaded.push_back(fs::relative(file, folder.path()).string());
        };
    }

    [[nodiscard]] config_result load(std::string_view modules) const { return loader.load(node_with(modules)); }

    temporary_directory folder;
    config_loader loader;
    std::vector<std::string> loaded;
    std::string refusal;
};

using files = std::vector<std::string>;

} // namespace

TEST_CASE("config: modules are looked for in the directory that is named", "[config][modules]")
{
    modules_fixture fixture;
    require_clean(fixture.load(R"({"directory": "modules", "load": ["auth-pin", "auth-card.so"]})"));
    CHECK(fixture.loaded == files{"modules/auth-pin.so", "modules/auth-card.so"});
}

TEST_CASE("config: modules are looked for where they are installed if no directory is named", "[config][modules]")
{
    modules_fixture fixture;
    fixture.loader.modules_directory = fixture.folder.path() / "modules";
    require_clean(fixture.load(R"({"load": ["auth-pin"]})"));
    CHECK(fixture.loaded == files{"modules/auth-pin.so"});
}

TEST_CASE("config: a module with an absolute path needs no directory", "[config][modules]")
{
    modules_fixture fixture;
    const auto elsewhere = (fixture.folder.path() / "elsewhere" / "own").string();
    require_clean(fixture.load(fmt::format(R"({{"load": ["{}"]}})", elsewhere)));
    CHECK(fixture.loaded == files{"elsewhere/own"});
}

TEST_CASE("config: modules are loaded before workers are read", "[config][modules]")
{
    modules_fixture fixture;
    module_registry registry;
    const auto text = R"({
        "workers": [{"type": "router", "realms": [{"name": "realm1", "roles": [{"name": "guest"}]}],
                     "transports": [{"type": "rawsocket", "endpoint": {"type": "tcp", "port": 0},
                                     "auth": {"pin": {}}}]}],
        "modules": {"directory": "modules", "load": ["auth-pin"]}})";
    const auto load = [&](const fs::path&) {
        registry.add_authenticator(
            "pin", [](module_options& options) { return std::make_unique<made_authenticator>(options.all()); });
    };
    const config_context context{
        "config.json", fixture.folder.path(), [](const std::string&) { return std::nullopt; }, &registry, load, {}};
    const auto result = load_node_config(text, context);
    CHECK(only_transport(result).methods().front().first == "pin");
}

TEST_CASE("config: mistakes in modules", "[config][modules]")
{
    modules_fixture fixture;
    const auto in_folder = "in '" + (fixture.folder.path() / "modules").string() + "'";
    const auto no_pni = "there is no module 'auth-pni' " + in_folder;
    const auto no_web = "there is no module 'web' " + in_folder;
    const auto no_directory = "there is no directory '" + (fixture.folder.path() / "plugins").string() + "'";
    const std::string_view not_a_name = "must be the name of a module or an absolute path";
    const std::string_view hint = "the key 'directory' says where named modules are";
    const wrong cases[] = {
        {"[]", "modules", "must be a dict, not a list"},
        {R"({"load": "auth-pin"})", "modules.load", "must be a list, not a string"},
        {R"({"load": [7]})", "modules.load[0]", "must be a string, not an integer"},
        {R"({"load": [""]})", "modules.load[0]", not_a_name, hint},
        {R"({"load": ["modules/auth-pin.so"]})", "modules.load[0]", not_a_name, hint},
        {R"({"load": ["./auth-pin"]})", "modules.load[0]", not_a_name, hint},
        {R"({"load": ["auth-pin"]})", "modules.load[0]", "it is not said where the module 'auth-pin' is",
         "give the key 'directory' or an absolute path"},
        {R"({"directory": "modules", "load": ["auth-pni"]})", "modules.load[0]", no_pni, "did you mean 'auth-pin'?"},
        {R"({"directory": "modules", "load": ["web"]})", "modules.load[0]", no_web,
         "possible here: auth-card, auth-pin"},
        {R"({"directory": "plugins", "load": ["auth-pin"]})", "modules.directory", no_directory},
        {R"({"directory": 1, "load": ["auth-pin"]})", "modules.directory", "must be a string, not an integer"},
        {R"({"directory": "modules", "load": ["auth-pin", "auth-pin.so"]})", "modules.load[1]", "is loaded already"},
        {R"({"directory": "modules", "load": ["auth-pin"], "laod": []})", "modules.laod", "unknown key",
         "did you mean 'load'?"},
    };
    for (const auto& expected : cases)
        check_wrong(fixture.load(expected.text), expected);
    check_warned(fixture.load(R"({"directory": "modules"})"), {"{}", "modules", "loads no module"});
}

TEST_CASE("config: a module that cannot be loaded is an error at its place", "[config][modules]")
{
    modules_fixture fixture;
    fixture.refusal = "there is no file '/none.so'";
    check_wrong(fixture.load(R"({"load": ["/none.so"]})"),
                {"/none.so", "modules.load[0]", "there is no file '/none.so'"});
}

TEST_CASE("config: modules are refused where nothing can load them", "[config][modules]")
{
    const config_loader loader;
    check_wrong(loader.load(node_with(R"({"load": ["/auth-pin.so"]})")),
                {"modules", "modules", "modules cannot be loaded here"});
}
