// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/load_module.hpp>

#include <cstdlib>
#include <fstream>

#include <junctor/auth/module_abi.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace fs = std::filesystem;

namespace {

/// A shared object that was built for these tests.
fs::path module_file(const std::string& name)
{
    return fs::path(TEST_MODULES) / (name + ".so");
}

/// A folder that is removed in the end.
struct temporary_folder {
    temporary_folder()
    {
        auto name = (fs::temp_directory_path() / "junctor-modules-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    temporary_folder(const temporary_folder&) = delete;
    temporary_folder& operator=(const temporary_folder&) = delete;
    ~temporary_folder() { fs::remove_all(path); }

    fs::path path;
};

/// What is said when `file` cannot be loaded into `registry`.
std::string refusal(const fs::path& file, module_registry& registry)
{
    try {
        load_module(file, registry);
    } catch (const module_error& error) {
        return error.what();
    }
    return "it was loaded";
}

std::string refusal(const fs::path& file)
{
    module_registry registry;
    auto text = refusal(file, registry);
    CHECK(registry.authmethods().empty());
    return text;
}

/// `text` with FILE for `file`.
std::string without_path(std::string text, const fs::path& file)
{
    const auto at = text.find(file.string());
    return at == std::string::npos ? text : text.replace(at, file.string().size(), "FILE");
}

scripted_exchange peer_that_answers(std::string signature)
{
    scripted_exchange peer("realm1", "joe");
    peer.answer = [signature = std::move(signature)](const dict&) { return proof{signature, {}}; };
    return peer;
}

} // namespace

TEST_CASE("modules: what a shared object has is added under its names", "[auth][modules]")
{
    module_registry registry;
    const auto loaded = load_module(module_file("greeting"), registry);
    CHECK(loaded.file == module_file("greeting"));
    CHECK(loaded.authmethods == std::vector<std::string>{"greeting"});
    CHECK(loaded.principal_sources == std::vector<std::string>{"guest list"});
    CHECK(registry.authmethods() == loaded.authmethods);
    CHECK(registry.principal_sources() == loaded.principal_sources);
}

TEST_CASE("modules: an authenticator of a shared object serves peers as any other", "[auth][modules]")
{
    module_registry registry;
    load_module(module_file("greeting"), registry);
    const auto made = options_fixture({}).make(*registry.find_authenticator("greeting"));

    auto polite = peer_that_answers("good morning");
    const auto granted = decide(*made, polite);
    REQUIRE(granted.granted());
    CHECK(granted.who().authid == "joe");
    CHECK(polite.challenges == std::vector<dict>{{{"text", "good morning"}}});
    CHECK(decide(*made, peer_that_answers("hm")).reason() == uri_of(errc::authentication_denied));
}

TEST_CASE("modules: exceptions of the contract pass between a shared object and the program", "[auth][modules]")
{
    module_registry registry;
    load_module(module_file("greeting"), registry);
    const auto& make = *registry.find_authenticator("greeting");
    options_fixture fixture({{"language", "de"}});
    auto options = fixture.options();
    CHECK_THROWS_AS(make(options), config_error);

    const auto made = options_fixture({}).make(make);
    scripted_exchange gone("realm1", "joe");
    gone.answer = [](const dict&) -> proof { throw module_error("the peer is gone"); };
    CHECK_THROWS_AS(decide(*made, gone), module_error);
}

TEST_CASE("modules: a module that is loaded twice adds nothing more", "[auth][modules]")
{
    const auto file = module_file("greeting");
    module_registry registry;
    load_module(file, registry);
    CHECK(without_path(refusal(file, registry), file) ==
          "the module 'FILE' cannot be added: authmethod registered twice: greeting");
    CHECK(registry.authmethods() == std::vector<std::string>{"greeting"});
}

TEST_CASE("modules: nothing of a module is added if one of its names is taken", "[auth][modules]")
{
    const auto file = module_file("greeting");
    module_registry registry;
    registry.add_principal_source("guest list", [](module_options&) { return nullptr; });
    CHECK(without_path(refusal(file, registry), file) ==
          "the module 'FILE' cannot be added: source of principals registered twice: guest list");
    CHECK(registry.authmethods().empty());
}

TEST_CASE("modules: a module that was built for another version is refused with both versions", "[auth][modules]")
{
    const auto file = module_file("other_abi");
    CHECK(without_path(refusal(file), file) ==
          "the module 'FILE' is built for Junctor 99.1.0 (contract 7), this is " + std::string(module_abi));
}

TEST_CASE("modules: what a module throws is reported, and nothing of it is added", "[auth][modules]")
{
    const auto throwing = module_file("throwing");
    CHECK(without_path(refusal(throwing), throwing) == "the module 'FILE' cannot be added: no licence was found");
    const auto number = module_file("throwing_a_number");
    CHECK(without_path(refusal(number), number) ==
          "the module 'FILE' cannot be added: it threw what is no std::exception");
}

TEST_CASE("modules: a file that is no module is refused", "[auth][modules]")
{
    const temporary_folder folder;
    const auto foreign = folder.path / "no_module.so";
    fs::copy_file(module_file("no_module"), foreign);
    fs::permissions(foreign, fs::perms::owner_all);
    CHECK(without_path(refusal(foreign), foreign) ==
          "'FILE' is not a module of Junctor: it has no function junctor_module_abi_v1");

    const auto text = folder.path / "text.so";
    std::ofstream(text) << "Good morning";
    fs::permissions(text, fs::perms::owner_read | fs::perms::owner_write);
    CHECK(without_path(refusal(text), text).rfind("'FILE' cannot be loaded: ", 0) == 0);
}

TEST_CASE("modules: a file must be there, and its path absolute", "[auth][modules]")
{
    const auto missing = module_file("missing");
    CHECK(without_path(refusal(missing), missing) == "there is no file 'FILE'");
    CHECK(without_path(refusal(TEST_MODULES), TEST_MODULES) == "there is no file 'FILE'");
    CHECK(refusal("greeting.so") == "the path 'greeting.so' of a module is not absolute");
    CHECK(refusal("./greeting.so") == "the path './greeting.so' of a module is not absolute");
}

TEST_CASE("modules: a file that others can write is refused", "[auth][modules]")
{
    const temporary_folder folder;
    const auto file = folder.path / "greeting.so";
    fs::copy_file(module_file("greeting"), file);
    for (const auto right : {fs::perms::group_write, fs::perms::others_write}) {
        fs::permissions(file, fs::perms::owner_all | right);
        CHECK(without_path(refusal(file), file).rfind("the file 'FILE' can be written by others than its owner", 0) ==
              0);
    }
    fs::permissions(file, fs::perms::owner_all | fs::perms::group_read | fs::perms::others_read);
    module_registry registry;
    CHECK(refusal(file, registry) == "it was loaded");
}

TEST_CASE("modules: the text of the ABI says what module and program were compiled with", "[auth][modules]")
{
    const std::string text(module_abi);
    CHECK(text.rfind("Junctor " JUNCTOR_VERSION " (contract 5, C++ ABI 1", 0) == 0);
    CHECK(text.find("_") == text.find("_ABI=")); // No macro is left that has no meaning here.
    CHECK(text.back() == ')');
}
