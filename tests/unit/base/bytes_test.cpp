// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/bytes.hpp>

#include <string>
#include <utility>

#include "support/catch.hpp"

using junctor::as_bytes;
using junctor::as_text;
using junctor::byte_buffer;

TEST_CASE("byte_buffer: appends bytes, texts and single octets", "[base][bytes]")
{
    byte_buffer buffer;
    CHECK(buffer.empty());
    CHECK(buffer.capacity() == 0);

    buffer.append("ab");
    buffer.push('c');
    buffer.push(std::byte{'d'});
    buffer.append(as_bytes("ef"));
    buffer.append(junctor::byte_view());
    CHECK(as_text(buffer.view()) == "abcdef");
    CHECK(as_text(buffer.view(4)) == "ef");
    CHECK(buffer.view(6).empty());
    CHECK(buffer[1] == std::byte{'b'});
}

TEST_CASE("byte_buffer: keeps its content while it grows", "[base][bytes]")
{
    byte_buffer buffer;
    std::string expected;
    for (int i = 0; i < 10'000; ++i) {
        const auto text = std::to_string(i);
        buffer.append(text);
        expected += text;
    }
    CHECK(as_text(buffer.view()) == expected);
    CHECK(buffer.capacity() >= buffer.size());
}

TEST_CASE("byte_buffer: makes room in the middle and at both ends", "[base][bytes]")
{
    byte_buffer buffer;
    buffer.append("bd");
    *buffer.insert(1, 1) = std::byte{'c'};
    *buffer.insert(0, 1) = std::byte{'a'};
    *buffer.insert(buffer.size(), 1) = std::byte{'e'};
    CHECK(as_text(buffer.view()) == "abcde");

    const std::string many(1000, 'x');
    auto* const room = buffer.insert(2, many.size());
    std::memcpy(room, many.data(), many.size());
    CHECK(as_text(buffer.view()) == "ab" + many + "cde");
}

TEST_CASE("byte_buffer: forgets what is truncated, consumed and cleared, and keeps the capacity", "[base][bytes]")
{
    byte_buffer buffer;
    buffer.append("0123456789");
    const auto capacity = buffer.capacity();

    buffer.truncate(8);
    CHECK(as_text(buffer.view()) == "01234567");
    buffer.consume(3);
    CHECK(as_text(buffer.view()) == "34567");
    buffer.consume(5);
    CHECK(buffer.empty());
    buffer.append("again");
    buffer.clear();
    CHECK(buffer.empty());
    CHECK(buffer.capacity() == capacity);

    buffer.release();
    CHECK(buffer.capacity() == 0);
    buffer.append("and again");
    CHECK(as_text(buffer.view()) == "and again");
}

TEST_CASE("byte_buffer: moves without copying its bytes", "[base][bytes]")
{
    byte_buffer source;
    source.append("content");
    const auto* const data = source.data();

    byte_buffer constructed(std::move(source));
    CHECK(constructed.data() == data);

    byte_buffer assigned;
    assigned.append("old");
    assigned = std::move(constructed);
    CHECK(assigned.data() == data);
    CHECK(as_text(assigned.view()) == "content");
}
