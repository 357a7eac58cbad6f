// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/module_options.hpp>

#include <filesystem>
#include <fstream>

#include <unistd.h>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using problems = std::vector<std::string>;

/// A file with a secret, for as long as this lives.
class secret_file {
public:
    explicit secret_file(std::string_view content)
        : path_{std::filesystem::temp_directory_path() / ("junctor-secret-" + std::to_string(getpid()))}
    {
        std::ofstream(path_) << content;
        std::filesystem::permissions(path_, std::filesystem::perms::owner_read);
    }
    secret_file(const secret_file&) = delete;
    secret_file& operator=(const secret_file&) = delete;
    ~secret_file() { std::filesystem::remove(path_); }

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    [[nodiscard]] dict option() const { return {{"file", path_.string()}}; }

private:
    std::filesystem::path path_;
};

} // namespace

TEST_CASE("module options: values of every kind", "[auth]")
{
    options_fixture fixture({{"text", "a"},
                             {"number", 7},
                             {"flag", true},
                             {"digits", "00fF"},
                             {"texts", list{"a", "b"}},
                             {"word", "second"},
                             {"dicts", dict{{"x", dict{{"role", "r"}}}}}});
    auto options = fixture.options();
    CHECK(options.text("text") == "a");
    CHECK(options.text("none", "otherwise") == "otherwise");
    CHECK(options.integer("number", 1, 10) == 7);
    CHECK(options.integer("none", 1, 10, 3) == 3);
    CHECK(options.boolean("flag", false));
    CHECK(options.boolean("none", true));
    CHECK(options.hex("digits") == binary{std::byte{0}, std::byte{255}});
    CHECK(options.hex("digits", 2).size() == 2);
    CHECK(options.texts("texts") == std::vector<std::string>{"a", "b"});
    static constexpr std::string_view words[] = {"first", "second"};
    CHECK(options.choice("word", words, 0) == 1);
    CHECK(options.choice("none", words, 0) == 0);
    auto sections = options.sections("dicts");
    REQUIRE(sections.size() == 1);
    CHECK(sections[0].first == "x");
    CHECK(sections[0].second.text("role") == "r");
    sections[0].second.finish();
    options.finish();
    CHECK(fixture.problems.empty());
}

TEST_CASE("module options: everything that is wrong is reported, with the way to it", "[auth]")
{
    options_fixture fixture({{"text", 1},
                             {"empty", ""},
                             {"number", 11},
                             {"real", 1.5},
                             {"flag", "yes"},
                             {"digits", "0g"},
                             {"few", "00"},
                             {"texts", list{}},
                             {"word", "third"},
                             {"dicts", dict{{"x", 5}, {"y", dict{{"z", 1}}}}},
                             {"stray", nullptr}});
    auto options = fixture.options();
    static constexpr std::string_view words[] = {"first", "second"};
    static_cast<void>(options.text("missing"));
    static_cast<void>(options.text("text"));
    static_cast<void>(options.text("empty"));
    static_cast<void>(options.integer("number", 1, 10));
    static_cast<void>(options.integer("real", 1, 10));
    static_cast<void>(options.boolean("flag", false));
    static_cast<void>(options.hex("digits"));
    CHECK(options.hex("few", 2).size() == 2);
    static_cast<void>(options.texts("texts"));
    static_cast<void>(options.choice("word", words, 0));
    for (auto& [name, section] : options.sections("dicts"))
        section.finish();
    options.finish();
    CHECK(fixture.problems ==
          problems{"needs the key 'missing'", "text: must be a string, not an integer", "empty: must not be empty",
                   "number: must be from 1 to 10", "real: must be an integer, not a real",
                   "flag: must be true or false, not a string", "digits: must be an even number of hexadecimal digits",
                   "few: must be 4 hexadecimal digits", "texts: must not be empty", "word: unknown value 'third'",
                   "dicts.x: must be a dict, not an integer", "dicts.y.z: unknown key", "stray: unknown key"});
}

TEST_CASE("module options: roles and realms are told to whoever knows which there are", "[auth]")
{
    options_fixture fixture({{"role", "user"}, {"realm", "shop"}, {"wrong", 5}});
    auto options = fixture.options();
    CHECK(options.realm("realm") == "shop");
    CHECK(options.role("role", "guest", "shop") == "user");
    CHECK(options.role("none", "guest") == "guest");
    CHECK(options.role("none", "").empty());
    CHECK(options.realm("none").empty());
    CHECK(options.realm("wrong").empty());
    CHECK(fixture.names ==
          std::vector<std::string>{"realm: realm shop", "role: role user in shop", "none: role guest"});
    CHECK(fixture.problems == problems{"wrong: must be a string, not an integer"});

    fixture.context_.names = nullptr;
    CHECK(options.role("role", "guest") == "user");
}

TEST_CASE("module options: secrets stand there, in the environment or in a file", "[auth]")
{
    const secret_file file("from the file\n");
    options_fixture fixture(
        {{"plain", "plain $SECRET"}, {"dollar", "$SECRET"}, {"variable", "${SECRET}"}, {"file", file.option()}});
    fixture.environment["SECRET"] = "from the environment";
    auto options = fixture.options();
    CHECK(options.secret_text("plain").view() == "plain $SECRET");
    CHECK(options.secret_text("dollar").view() == "$SECRET");
    CHECK(options.secret_text("variable").view() == "from the environment");
    CHECK(options.secret_text("file").view() == "from the file");
    CHECK(fixture.problems.empty());
}

TEST_CASE("module options: secrets that are not to be had", "[auth]")
{
    const secret_file nothing("\n");
    options_fixture fixture({{"unset", "${UNSET}"},
                             {"empty", "${EMPTY}"},
                             {"no_file", dict{{"file", "/nowhere/secret"}}},
                             {"device", dict{{"file", "/dev/zero"}}},
                             {"nothing", nothing.option()},
                             {"shape", dict{{"path", "x"}}}});
    fixture.environment["EMPTY"] = "";
    auto options = fixture.options();
    for (const auto* const key : {"unset", "empty", "no_file", "device", "nothing", "shape", "missing"})
        CHECK(options.secret_text(key).empty());
    CHECK(fixture.problems == problems{"unset: the environment variable 'UNSET' is not set",
                                       "empty: the environment variable 'EMPTY' is empty",
                                       "no_file: there is no file '/nowhere/secret'",
                                       "device: there is no file '/dev/zero'",
                                       "nothing: the file '" + nothing.path().string() + "' is empty or cannot be read",
                                       "shape: must be a string, or name a file", "needs the key 'missing'"});
}

TEST_CASE("module options: a file that everybody can read is no place for a secret", "[auth]")
{
    const secret_file file("secret");
    std::filesystem::permissions(file.path(), std::filesystem::perms::others_read, std::filesystem::perm_options::add);
    options_fixture fixture({{"file", file.option()}});
    CHECK(fixture.options().secret_text("file").view() == "secret");
    CHECK(fixture.problems == problems{"file: warning: everybody can read the file '" + file.path().string() + "'"});
}
