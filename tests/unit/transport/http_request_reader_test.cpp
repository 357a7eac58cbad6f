// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "http_request_reader.hpp"

#include "support/catch.hpp"

#include <string>
#include <string_view>

using junctor::decode_path;
using junctor::http_request_reader;

TEST_CASE("http_request_reader: paths that are safe to look up are decoded", "[transport][web]")
{
    CHECK(decode_path("/") == "/");
    CHECK(decode_path("/a/b?c=/../d") == "/a/b");
    CHECK(decode_path("/%41%c3%A4") == "/A\xC3\xA4");
    CHECK(decode_path("/a//b/") == "/a//b/");
    CHECK(decode_path("/..a/.b/...") == "/..a/.b/...");
}

TEST_CASE("http_request_reader: other paths are none", "[transport][web]")
{
    const auto* const target =
        GENERATE("", "a", "*", "/..", "/../a", "/a/..", "/a/./b", "/%2e%2E/a", "/a%2Fb", "/%00", "/%", "/%4", "/%zz");
    CAPTURE(target);
    CHECK(decode_path(target) == std::nullopt);
}

TEST_CASE("http_request_reader: a request without body is whole with its head", "[transport][web]")
{
    http_request_reader reader("GET /a%20b?c=d HTTP/1.1\r\nHost: x\r\nX-Many: 1\r\nx-many: 2\r\n\r\n");
    CHECK(reader.fault() == 0);
    CHECK(reader.keeps_alive());
    CHECK(reader.request().method == "GET");
    CHECK(reader.request().target == "/a%20b?c=d");
    CHECK(reader.request().path == "/a b");
    CHECK(reader.request().query == "c=d");
    CHECK(reader.request().field("x-MANY") == "1");
    CHECK(reader.request().field("Other").empty());
}

TEST_CASE("http_request_reader: a body is taken as it comes, and what follows is left", "[transport][web]")
{
    using row = std::pair<std::string_view, std::string_view>;
    const auto [field, octets] = GENERATE(row{"Content-Length: 5", "helloGET"},
                                          row{"Transfer-Encoding: chunked", "2\r\nhe\r\n3\r\nllo\r\n0\r\n\r\nGET"});
    CAPTURE(field);
    http_request_reader reader("POST / HTTP/1.1\r\nHost: x\r\n" + std::string(field) + "\r\n\r\n");
    reader.limit_body(5);
    junctor::byte_buffer input;
    bool whole = false;
    for (const char octet : octets) {
        input.push(octet);
        whole = whole || reader.read_body(input);
    }
    CHECK(whole);
    CHECK(reader.fault() == 0);
    CHECK(reader.request().body == "hello");
    CHECK(junctor::as_text(input.view()) == "GET");
}

TEST_CASE("http_request_reader: a body beyond its bound is refused", "[transport][web]")
{
    http_request_reader announced("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\n");
    announced.limit_body(5);
    CHECK(announced.fault() == 413);

    http_request_reader in_chunks("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
    in_chunks.limit_body(5);
    junctor::byte_buffer input;
    input.append(std::string_view("3\r\nabc\r\n3\r\ndef\r\n0\r\n\r\n"));
    CHECK(in_chunks.read_body(input));
    CHECK(in_chunks.fault() == 413);
    CHECK_FALSE(in_chunks.keeps_alive());
}

TEST_CASE("http_request_reader: a client may wait for leave to send its body", "[transport][web]")
{
    http_request_reader waiting("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: 100-continue\r\n\r\n");
    CHECK(waiting.awaits_continue());
    http_request_reader without_body("GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n");
    CHECK_FALSE(without_body.awaits_continue());
}
