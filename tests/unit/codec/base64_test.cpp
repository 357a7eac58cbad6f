// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/base64.hpp>

#include "codec_support.hpp"

using junctor::read_base64;
using junctor::test::hex;

namespace {

std::string written(junctor::byte_view bytes)
{
    junctor::byte_buffer out;
    junctor::write_base64(bytes, out);
    return std::string(junctor::as_text(out.view()));
}

} // namespace

TEST_CASE("base64: the vectors of RFC 4648", "[codec][base64]")
{
    struct row {
        std::string_view plain;
        std::string_view text;
    };
    const row rows[] = {{"", ""},
                        {"f", "Zg=="},
                        {"fo", "Zm8="},
                        {"foo", "Zm9v"},
                        {"foob", "Zm9vYg=="},
                        {"fooba", "Zm9vYmE="},
                        {"foobar", "Zm9vYmFy"}};
    for (const auto& [plain, text] : rows) {
        const auto bytes = junctor::as_bytes(plain);
        CHECK(written(bytes) == text);
        CHECK(read_base64(text) == junctor::binary(bytes.begin(), bytes.end()));
    }
    CHECK(written(hex("fb ff fe")) == "+//+");
    CHECK(read_base64("+//+") == hex("fbfffe"));
}

TEST_CASE("base64: all lengths and octets come back", "[codec][base64]")
{
    junctor::binary bytes;
    for (int octet = 0; octet < 256; ++octet) {
        bytes.push_back(static_cast<std::byte>(octet));
        REQUIRE(read_base64(written(bytes)) == bytes);
    }
}

TEST_CASE("base64: what the encoder never writes is refused", "[codec][base64]")
{
    for (const std::string_view text :
         {"Z", "Zg", "Zg=", "Zm9", "Zg==Zg==", "Z===", "====", "=g==", "Zm9v=", "Zm9v====", "Zm 9", "Zm9\n", "Zm-_",
          "Zm9.", "Zh==", "Zm9=", "Zg=a", "\xC3\xA9zz"})
        CHECK_FALSE(read_base64(text).has_value());
    CHECK_FALSE(read_base64(std::string_view("Zg\0=", 4)).has_value());
}
