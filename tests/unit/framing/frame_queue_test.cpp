// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/frame_queue.hpp>

#include <algorithm>
#include <initializer_list>
#include <random>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::text;
using junctor::test::wire_frame;

namespace {

/// A queue and the pool that it works with.
class pooled_queue {
public:
    explicit pooled_queue(std::size_t buffer_bytes_max = 4096) : pool(4, buffer_bytes_max) {}
    ~pooled_queue() { queue.clear(pool); }

    byte_buffer& open() { return queue.open(pool); }
    void drop() { queue.drop(pool); }
    void push_urgent(frame_type type, std::string_view payload) { queue.push_urgent(type, as_bytes(payload), pool); }
    void push_run(const shared_run& run) { queue.push_run(run->in_form(queue.form()), pool); }

    void push(std::string_view payload)
    {
        open().append(payload);
        queue.close();
    }

    /// Writes up to `count` bytes, as a system would that takes no more.
    std::string take(std::size_t count)
    {
        std::string all;
        for (const auto& segment : queue.next()) {
            CHECK_FALSE(segment.empty());
            all += text(segment);
        }
        all.resize(std::min(all.size(), count));
        queue.written(all.size(), pool);
        return all;
    }

    std::string take_all()
    {
        std::string all;
        while (!queue.empty())
            all += take(queue.size());
        return all;
    }

    buffer_pool pool;
    frame_queue queue;
};

/// A run of these messages.
shared_run run_of(std::initializer_list<std::string_view> messages)
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    for (const auto message : messages) {
        run->open_message().append(message);
        run->close_message();
    }
    return run;
}

/// Long enough for a run with it to be kept by reference.
const std::string bulky(3000, 'x');

} // namespace

TEST_CASE("frame_queue: messages come out as frames in order", "[framing][queue]")
{
    pooled_queue queue;
    CHECK(queue.queue.empty());
    queue.push("one");
    queue.push("");
    queue.push("three");
    CHECK(queue.queue.size() == 3 * 4 + 8);
    CHECK(queue.take_all() == wire_frame(0, "one") + wire_frame(0, "") + wire_frame(0, "three"));
    CHECK(queue.queue.empty());
}

TEST_CASE("frame_queue: a message that is dropped leaves no trace", "[framing][queue]")
{
    pooled_queue queue;
    queue.push("kept");
    queue.open().append("dropped");
    CHECK(text(queue.queue.open_payload()) == "dropped");
    queue.drop();
    CHECK(queue.take_all() == wire_frame(0, "kept"));

    queue.open().append("dropped, too");
    queue.drop();
    CHECK(queue.queue.empty());
    CHECK(queue.pool.size() == 1);
}

TEST_CASE("frame_queue: a message is closed if it is within the bounds, and stays open if not", "[framing][queue]")
{
    buffer_pool pool(4, 4096);
    frame_queue queue(20);
    queue.set_payload_bytes_max(10);
    const auto closes = [&](std::size_t bytes) {
        queue.open(pool).append(std::string(bytes, 'x'));
        if (queue.close_if_admitted())
            return true;
        CHECK(queue.open_payload().size() == bytes);
        queue.drop(pool);
        return false;
    };
    CHECK_FALSE(closes(11));
    CHECK(closes(10));
    CHECK_FALSE(closes(3));
    CHECK(closes(2));
    CHECK_FALSE(closes(0));
    CHECK(queue.size() == 20);
    CHECK_FALSE(queue.admits(0, 1));
    queue.clear(pool);
    CHECK(queue.admits(10, 20));
    CHECK_FALSE(queue.admits(11, 20));
    CHECK_FALSE(queue.admits(10, 21));
}

TEST_CASE("frame_queue: a message that is open is neither counted nor written", "[framing][queue]")
{
    pooled_queue queue;
    queue.push("whole");
    queue.open().append("open");
    CHECK(queue.queue.size() == 9);
    CHECK(queue.take_all() == wire_frame(0, "whole"));
    queue.queue.close();
    CHECK(queue.take_all() == wire_frame(0, "open"));
}

TEST_CASE("frame_queue: a PONG overtakes messages of which nothing is written", "[framing][queue]")
{
    pooled_queue queue;
    queue.push("bulk");
    queue.push_urgent(frame_type::pong, "now");
    CHECK(queue.take_all() == wire_frame(2, "now") + wire_frame(0, "bulk"));
}

TEST_CASE("frame_queue: a PONG never breaks a frame that is written in part", "[framing][queue]")
{
    for (std::size_t written = 1; written < 12; ++written) {
        pooled_queue queue;
        queue.push("first");
        queue.push("second");
        auto out = queue.take(written);
        queue.push_urgent(frame_type::pong, "now");
        queue.push("third");
        out += queue.take_all();
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
        pooled_queue queue;
        queue.push("bulk");
        queue.push_urgent(frame_type::pong, "1");
        auto out = queue.take(written);
        queue.push_urgent(frame_type::pong, "22");
        out += queue.take_all();
        CHECK(out == pongs + wire_frame(0, "bulk"));
    }
}

TEST_CASE("frame_queue: bytes of a handshake come before all frames", "[framing][queue]")
{
    pooled_queue queue;
    queue.queue.push_urgent(as_bytes("hand"), queue.pool);
    queue.push("x");
    CHECK(queue.take_all() == "hand" + wire_frame(0, "x"));
}

TEST_CASE("frame_queue: an empty queue holds no memory", "[framing][queue]")
{
    pooled_queue queue;
    queue.push("bulk");
    queue.push_urgent(frame_type::ping, "");
    CHECK(queue.pool.size() == 0);
    static_cast<void>(queue.take_all());
    CHECK(queue.pool.size() == 2);

    queue.push("forgotten");
    CHECK(queue.pool.size() == 1);
    queue.queue.clear(queue.pool);
    CHECK(queue.queue.empty());
    CHECK(queue.pool.size() == 2);
}

TEST_CASE("frame_queue: a message of 2^24 bytes has the X bit, and a PONG finds its end", "[framing][queue]")
{
    pooled_queue queue;
    queue.open().extend(std::size_t{1} << 24);
    queue.queue.close();
    CHECK(queue.take(4) == octets({8, 0, 0, 0}));
    queue.push_urgent(frame_type::pong, "");
    CHECK(queue.queue.next()[0].size() == std::size_t{1} << 24);
    CHECK(text(queue.queue.next()[1]) == wire_frame(2, ""));
}

TEST_CASE("frame_queue: runs stand between the messages before and after them", "[framing][queue]")
{
    pooled_queue queue;
    const auto small = run_of({"s1", "s2"});
    const auto large = run_of({"l1", bulky, "l2"});
    std::string expected;
    const auto push_run = [&](const shared_run& run) {
        queue.push_run(run);
        expected += text(run->bytes());
    };
    const auto push = [&](std::string_view payload) {
        queue.push(payload);
        expected += wire_frame(0, payload);
    };
    push_run(large);
    push("a");
    push_run(small);
    push_run(large);
    push_run(large);
    push("b");
    push_run(small);
    CHECK(queue.queue.size() == expected.size());
    CHECK(queue.take_all() == expected);
    CHECK(queue.queue.empty());
}

TEST_CASE("frame_queue: a large run is kept while it is being written, a small one is copied", "[framing][queue]")
{
    pooled_queue queue;
    const auto small = run_of({"s1", "s2"});
    const auto large = run_of({"l1", bulky});
    queue.push_run(small);
    queue.push_run(large);
    CHECK(small->unshared());
    CHECK_FALSE(large->unshared());
    static_cast<void>(queue.take(queue.queue.size() - 1));
    CHECK_FALSE(large->unshared());
    static_cast<void>(queue.take(1));
    CHECK(large->unshared());
    CHECK(queue.pool.size() == 1);

    queue.push_run(large);
    queue.queue.clear(queue.pool);
    CHECK(large->unshared());
    CHECK(queue.queue.empty());
}

TEST_CASE("frame_queue: more runs than there are segments come one call after the other", "[framing][queue]")
{
    pooled_queue queue;
    const auto run = run_of({bulky});
    std::string expected;
    for (int i = 0; i < 100; ++i) {
        queue.push(std::to_string(i));
        queue.push_run(run);
        expected += wire_frame(0, std::to_string(i)) + text(run->bytes());
    }
    queue.push_urgent(frame_type::pong, "now");
    const auto first = queue.queue.next();
    CHECK(first.size() > frame_queue::segments_max - 2);
    CHECK(text(first[0]) == wire_frame(2, "now"));
    CHECK(queue.take_all() == wire_frame(2, "now") + expected);
}

TEST_CASE("frame_queue: a PONG goes between the messages of a run that is written in part", "[framing][queue]")
{
    struct wire {
        frame_form form;
        std::size_t first; ///< Where the first message ends.
        std::string pong;
        std::string behind;
    };
    const wire wires[]{
        {frame_form::rawsocket, 9, wire_frame(2, "now"), wire_frame(0, "behind")},
        {frame_form::websocket_binary, 7, octets({0x8A, 3}) + "now", octets({0x82, 6}) + "behind"},
    };
    const auto run = run_of({"first", bulky, "last"});
    for (const auto& wire : wires) {
        const auto bytes = text(run->in_form(wire.form).bytes());
        const auto second = wire.first + 4 + bulky.size();
        const std::size_t ends[]{wire.first, second, bytes.size()};
        for (const std::size_t written :
             {std::size_t{1}, wire.first - 1, wire.first, wire.first + 1, second - 1000, second, second + 1}) {
            pooled_queue queue;
            queue.queue.set_form(wire.form);
            queue.push_run(run);
            queue.push("behind");
            auto out = queue.take(written);
            queue.push_urgent(frame_type::pong, "now");
            out += queue.take_all();
            const auto at = *std::lower_bound(std::begin(ends), std::end(ends), written);
            INFO("written " << written << " of form " << static_cast<int>(wire.form));
            CHECK(out == bytes.substr(0, at) + wire.pong + bytes.substr(at) + wire.behind);
        }
    }
}

TEST_CASE("frame_queue: a message that is open while runs are written keeps its place", "[framing][queue]")
{
    pooled_queue queue;
    const auto run = run_of({bulky});
    queue.push("before");
    queue.push_run(run);
    queue.open().append("open");
    CHECK(queue.take_all() == wire_frame(0, "before") + text(run->bytes()));
    queue.queue.close();
    CHECK(queue.take_all() == wire_frame(0, "open"));
}

TEST_CASE("frame_queue: messages come out as frames of WebSocket, whose headers are as short as they can be",
          "[framing][queue][websocket]")
{
    struct row {
        std::size_t payload_bytes;
        std::string header;
    };
    const row rows[] = {{0, octets({0x81, 0})},
                        {1, octets({0x81, 1})},
                        {125, octets({0x81, 125})},
                        {126, octets({0x81, 126, 0, 126})},
                        {65535, octets({0x81, 126, 0xFF, 0xFF})},
                        {65536, octets({0x81, 127, 0, 0, 0, 0, 0, 1, 0, 0})}};
    pooled_queue queue;
    queue.queue.set_form(frame_form::websocket_text);
    std::string all;
    for (const auto& [size, header] : rows) {
        const std::string payload(size, 'a');
        queue.push(payload);
        queue.queue.push(as_bytes(payload), queue.pool);
        all += header + payload + header + payload;
        CHECK(queue.queue.frame_bytes(size) == header.size() + size);
    }
    CHECK(queue.queue.size() == all.size());
    CHECK(queue.take_all() == all);
}

TEST_CASE("frame_queue: a PONG goes between messages of WebSocket, and a Close frame behind",
          "[framing][queue][websocket]")
{
    pooled_queue queue;
    queue.queue.set_form(frame_form::websocket_binary);
    queue.push("one");
    queue.push("two");
    queue.push("three");
    CHECK(queue.take(1) == octets({0x82}));
    queue.push_urgent(frame_type::pong, "x");
    queue.queue.push_close(websocket_close_code::protocol_error, queue.pool);
    CHECK(queue.take_all() == octets({3}) + "one" + octets({0x8A, 1}) + "x" + octets({0x82, 3}) + "two" +
                                  octets({0x82, 5}) + "three" + octets({0x88, 2, 0x03, 0xEA}));
}

TEST_CASE("frame_queue: however little is written at a time, frames stay whole and in order", "[framing][queue]")
{
    const auto seed = std::random_device()();
    INFO("seed " << seed);
    std::mt19937 random(seed);
    pooled_queue queue(1 << 20);
    std::string messages;
    std::string pongs;
    std::string out;
    for (int i = 0; i < 4000; ++i) {
        const auto payload = std::string(random() % 300, static_cast<char>('a' + i % 26));
        if (random() % 40 == 0) {
            const auto runs = random() % 20;
            for (std::size_t run = 0; run < runs; ++run) {
                const auto both = run_of({payload, random() % 2 == 0 ? bulky : "small", payload});
                queue.push_run(both);
                messages += text(both->bytes());
            }
        }
        queue.push(payload);
        messages += wire_frame(0, payload);
        if (random() % 50 == 0) {
            queue.push_urgent(frame_type::pong, std::to_string(i));
            pongs += wire_frame(2, std::to_string(i));
        }
        out += queue.take(random() % 320);
    }
    while (!queue.queue.empty())
        out += queue.take(1 + random() % 5000);

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
