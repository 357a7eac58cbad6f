// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench/messages.hpp"

#include <string>

#include <junctor/client/credentials.hpp>

#include "bench/failure.hpp"
#include "bench/message_template.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::bench;

TEST_CASE("messages: what is written is read, with every serializer", "[bench]")
{
    for (const auto format : all_serializers) {
        byte_buffer out;
        write_call(format, out, 300, "com.example.procedure", "argument");
        message_reader reader(format);
        const auto message = reader.read(out.view());
        CHECK(message.type == call);
        CHECK(message.numbers[0] == 300);
        CHECK(message.text == "com.example.procedure");
        CHECK(message.argument == "argument");
    }
}

TEST_CASE("messages: what is none is refused", "[bench]")
{
    for (const auto format : all_serializers) {
        byte_buffer out;
        write_call(format, out, 300, "com.example.procedure", "argument");
        message_reader reader(format);
        CHECK_THROWS_AS(reader.read(out.view().first(out.size() - 1)), failure);
        CHECK_THROWS_AS(reader.read({}), failure);
    }
}

TEST_CASE("messages: what a challenge says is read, and nothing else is one", "[bench]")
{
    for (const auto format : all_serializers) {
        byte_buffer out;
        write_value(list{4, "wampcra", dict{{"challenge", "text"}, {"iterations", 1000}}}, format, out);
        const auto read = read_challenge(format, out.view());
        CHECK(read.method == "wampcra");
        CHECK(read.extra == dict{{"challenge", "text"}, {"iterations", 1000}});
        CHECK_THROWS_AS(read_challenge(format, out.view().first(out.size() - 1)), failure);
        out.clear();
        write_value(list{4, "wampcra", "text"}, format, out);
        CHECK_THROWS_AS(read_challenge(format, out.view()), failure);
        out.clear();
        write_value(list{4, 7, dict()}, format, out);
        CHECK_THROWS_AS(read_challenge(format, out.view()), failure);
    }
}

TEST_CASE("messages: HELLO and AUTHENTICATE have what is given", "[bench]")
{
    for (const auto format : all_serializers) {
        byte_buffer out;
        write_hello(format, out, "realm1", {{"authid", "joe"}});
        const dict roles{{"caller", dict()}, {"callee", dict()}, {"publisher", dict()}, {"subscriber", dict()}};
        CHECK(read_value({format, out.view()}).value() ==
              value(list{1, "realm1", dict{{"roles", roles}, {"authid", "joe"}}}));
        out.clear();
        write_authenticate(format, out, "signature", {{"nonce", "text"}});
        CHECK(read_value({format, out.view()}).value() == value(list{5, "signature", dict{{"nonce", "text"}}}));
    }
}

TEST_CASE("message_template: writes what the encoder would write", "[bench]")
{
    const numbered_argument argument(100);
    for (const auto format : all_serializers) {
        const auto encode = [&](byte_buffer& out, std::uint64_t request, std::string_view text) {
            write_publish(format, out, request, "com.example.topic1", text, acknowledgement::yes);
        };
        const message_template made(format, argument, encode);
        for (const std::uint64_t request : {1ull, 99ull, 100'000ull, 1ull << 40}) {
            std::string text(argument.text());
            numbered_argument::write(std::as_writable_bytes(std::span{text}).first<numbered_argument::digits>(),
                                     {5, request});
            byte_buffer expected;
            encode(expected, request, text);
            byte_buffer out;
            made.append(out, request, {5, request});
            CHECK(as_text(out.view()) == as_text(expected.view()));
        }
    }
}
