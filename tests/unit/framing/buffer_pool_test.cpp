// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/buffer_pool.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("buffer_pool: a buffer comes back empty and with its memory", "[framing][pool]")
{
    buffer_pool pool(2, 4096);
    auto buffer = pool.take();
    CHECK(buffer.capacity() == 0);
    buffer.append("something");
    const auto* const memory = buffer.data();
    pool.give(buffer);
    CHECK(buffer.capacity() == 0);
    CHECK(pool.size() == 1);

    const auto again = pool.take();
    CHECK(again.empty());
    CHECK(again.data() == memory);
    CHECK(pool.size() == 0);
}

TEST_CASE("buffer_pool: keeps neither too many buffers nor large ones", "[framing][pool]")
{
    buffer_pool pool(2, 4096);
    for (int i = 0; i < 3; ++i) {
        byte_buffer buffer;
        buffer.extend(100);
        pool.give(buffer);
    }
    CHECK(pool.size() == 2);

    buffer_pool empty(2, 4096);
    byte_buffer large;
    large.extend(4097);
    empty.give(large);
    CHECK(large.capacity() == 0);
    CHECK(empty.size() == 0);
}

TEST_CASE("buffer_pool: keeps no more bytes than it may, however they are spread", "[framing][pool]")
{
    buffer_pool pool(8, 4096, 5000);
    for (int i = 0; i < 3; ++i) {
        byte_buffer buffer;
        buffer.extend(2000);
        pool.give(buffer);
    }
    CHECK(pool.size() == 2);
    static_cast<void>(pool.take());
    byte_buffer small;
    small.extend(3000);
    pool.give(small);
    CHECK(pool.size() == 2);
}

TEST_CASE("buffer_pool: buffers without memory are not worth keeping", "[framing][pool]")
{
    buffer_pool pool(2, 4096);
    byte_buffer nothing;
    pool.give(nothing);
    CHECK(pool.size() == 0);
}
