// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/private_key_file.hpp>

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>

#include <stdlib.h>

#include <junctor/auth/ed25519.hpp>
#include <junctor/base/hex.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

const std::string digits = "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510";

/// A folder that is removed in the end.
struct folder {
    folder()
    {
        std::string name = (std::filesystem::temp_directory_path() / "junctor-key-XXXXXX").string();
        REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path); }

    std::filesystem::path file_with(const std::string& content) const
    {
        const auto file = path / "given";
        std::ofstream(file) << content;
        return file;
    }

    std::filesystem::path path;
};

} // namespace

TEST_CASE("private key: 64 hexadecimal digits of either case, and nothing else", "[auth]")
{
    CHECK(to_hex(auth::private_key_from_hex(digits).bytes()) == digits);
    CHECK(auth::private_key_from_hex(std::string(64, 'F')).view() == std::string(32, '\xff'));
    for (const auto& wrong : {std::string(), digits.substr(2), digits + "00", std::string(64, 'g'), digits + "\n"})
        CHECK(auth::private_key_from_hex(wrong).empty());
}

TEST_CASE("private key file: what was written is read, and only its owner can", "[auth]")
{
    const folder at;
    const auto seed = auth::make_ed25519_key_pair().seed;
    auth::write_private_key(at.path / "key", seed);
    CHECK(auth::read_private_key(at.path / "key").view() == seed.view());
    using std::filesystem::perms;
    CHECK(std::filesystem::status(at.path / "key").permissions() == (perms::owner_read | perms::owner_write));
    CHECK_THROWS_AS(auth::write_private_key(at.path / "key", seed), std::runtime_error);
}

TEST_CASE("private key file: the end of its line may be of any kind, or missing", "[auth]")
{
    const folder at;
    for (const auto* const end : {"", "\n", "\r\n"})
        CHECK(auth::hex_of_seed(auth::read_private_key(at.file_with(digits + end))).view() == digits);
}

TEST_CASE("private key file: what holds no key is refused", "[auth]")
{
    const folder at;
    CHECK_THROWS_AS(auth::read_private_key(at.path / "missing"), std::runtime_error);
    CHECK_THROWS_AS(auth::read_private_key(at.path), std::runtime_error);
    for (const auto& content : {std::string(), digits.substr(1), digits + "\n\n", digits + digits})
        CHECK_THROWS_AS(auth::read_private_key(at.file_with(content)), std::runtime_error);
}
