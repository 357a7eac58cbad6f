// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/frame_queue.hpp>

#include <random>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::text;
using junctor::test::wire_frame;

namespace {

void push(frame_queue& queue, std::string_view payload)
{
    queue.open().append(payload);
    queue.close();
}

/// Writes up to `count` bytes, as a system would that takes no more.
std::string take(frame_queue& queue, std::size_t count)
{
    std::string all;
    for (const auto& segment : queue.next())
        all += text(segment);
    all.resize(std::min(all.size(), count));
    queue.written(all.size());
    return all;
}

std::string take_all(frame_queue& queue)
{
    return take(queue, queue.size());
}

} // namespace

TEST_CASE("frame_queue: messages come out as frames in order", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    CHECK(queue.empty());
    push(queue, "one");
    push(queue, "");
    push(queue, "three");
    CHECK(queue.size() == 3 * 4 + 8);
    CHECK(take_all(queue) == wire_frame(0, "one") + wire_frame(0, "") + wire_frame(0, "three"));
    CHECK(queue.empty());
}

TEST_CASE("frame_queue: a message that is dropped leaves no trace", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    push(queue, "kept");
    queue.open().append("dropped");
    CHECK(text(queue.open_payload()) == "dropped");
    queue.drop();
    CHECK(take_all(queue) == wire_frame(0, "kept"));

    queue.open().append("dropped, too");
    queue.drop();
    CHECK(queue.empty());
    CHECK(pool.size() == 1);
}

TEST_CASE("frame_queue: a message that is open is neither counted nor written", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    push(queue, "whole");
    queue.open().append("open");
    CHECK(queue.size() == 9);
    CHECK(take_all(queue) == wire_frame(0, "whole"));
    queue.close();
    CHECK(take_all(queue) == wire_frame(0, "open"));
}

TEST_CASE("frame_queue: a PONG overtakes messages of which nothing is written", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    push(queue, "bulk");
    queue.push_urgent(frame_type::pong, as_bytes("now"));
    CHECK(take_all(queue) == wire_frame(2, "now") + wire_frame(0, "bulk"));
}

TEST_CASE("frame_queue: a PONG never breaks a frame that is written in part", "[framing][queue]")
{
    for (std::size_t written = 1; written < 12; ++written) {
        buffer_pool pool(4, 4096);
        frame_queue queue(pool);
        push(queue, "first");
        push(queue, "second");
        auto out = take(queue, written);
        queue.push_urgent(frame_type::pong, as_bytes("now"));
        push(queue, "third");
        out += take_all(queue);
        if (written <= 9)
            CHECK(out ==
                  wire_frame(0, "first") + wire_frame(2, "now") + wire_frame(0, "second") + wire_frame(0, "third"));
        else
            CHECK(out ==
                  wire_frame(0, "first") + wire_frame(0, "second") + wire_frame(2, "now") + wire_frame(0, "third"));
    }
}

TEST_CASE("frame_queue: a second PONG follows the first, wherever writing stopped", "[framing][queue]")
{
    const auto pongs = wire_frame(2, "1") + wire_frame(2, "22");
    for (std::size_t written = 0; written < 5; ++written) {
        buffer_pool pool(4, 4096);
        frame_queue queue(pool);
        push(queue, "bulk");
        queue.push_urgent(frame_type::pong, as_bytes("1"));
        auto out = take(queue, written);
        queue.push_urgent(frame_type::pong, as_bytes("22"));
        out += take_all(queue);
        CHECK(out == pongs + wire_frame(0, "bulk"));
    }
}

TEST_CASE("frame_queue: bytes of a handshake come before all frames", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    queue.push_urgent(as_bytes("hand"));
    push(queue, "x");
    CHECK(take_all(queue) == "hand" + wire_frame(0, "x"));
}

TEST_CASE("frame_queue: an empty queue holds no memory", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    push(queue, "bulk");
    queue.push_urgent(frame_type::ping, {});
    CHECK(pool.size() == 0);
    static_cast<void>(take_all(queue));
    CHECK(pool.size() == 2);

    push(queue, "forgotten");
    CHECK(pool.size() == 1);
    queue.clear();
    CHECK(queue.empty());
    CHECK(pool.size() == 2);
}

TEST_CASE("frame_queue: a message of 2^24 bytes has the X bit, and a PONG finds its end", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(pool);
    queue.open().extend(std::size_t{1} << 24);
    queue.close();
    CHECK(take(queue, 4) == octets({8, 0, 0, 0}));
    queue.push_urgent(frame_type::pong, {});
    CHECK(queue.next()[0].size() == std::size_t{1} << 24);
    CHECK(text(queue.next()[1]) == wire_frame(2, ""));
}

TEST_CASE("frame_queue: however little is written at a time, frames stay whole and in order", "[framing][queue]")
{
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    buffer_pool pool(4, 1 << 20);
    frame_queue queue(pool);
    std::string messages;
    std::string pongs;
    std::string out;
    for (int i = 0; i < 4000; ++i) {
        const auto payload = std::string(random() % 300, static_cast<char>('a' + i % 26));
        push(queue, payload);
        messages += wire_frame(0, payload);
        if (random() % 50 == 0) {
            queue.push_urgent(frame_type::pong, as_bytes(std::to_string(i)));
            pongs += wire_frame(2, std::to_string(i));
        }
        out += take(queue, random() % 320);
    }
    while (!queue.empty())
        out += take(queue, 1 + random() % 5000);

    std::string messages_out;
    std::string pongs_out;
    for (std::size_t at = 0; at < out.size();) {
        const auto size = 4 + (static_cast<std::size_t>(static_cast<unsigned char>(out[at + 2])) << 8) +
                          static_cast<unsigned char>(out[at + 3]);
        (out[at] == 2 ? pongs_out : messages_out) += out.substr(at, size);
        at += size;
    }
    CHECK(messages_out == messages);
    CHECK(pongs_out == pongs);
}
