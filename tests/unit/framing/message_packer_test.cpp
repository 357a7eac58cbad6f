// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/message_packer.hpp>

#include <string>

#include "octets.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::text;

namespace {

/// A queue as connections have one, and what a packer makes of it.
struct packing {
    explicit packing(websocket_subprotocol subprotocol) : packer{subprotocol, peer} {}

    void push(std::string_view message) { queue.push(as_bytes(message), pool); }

    /// All that goes over the wire next.
    std::string next()
    {
        packer.take(queue, pool);
        packer.pack(pool);
        std::string bytes;
        while (!packer.packed().empty()) {
            const auto piece = packer.packed().next().front();
            bytes += text(piece);
            packer.packed().written(piece.size(), pool);
        }
        return bytes;
    }

    buffer_pool pool{8, std::size_t{1} << 20};
    websocket_parser peer{{1000}, pool};
    deflate_contexts shared;
    frame_queue queue;
    message_packer packer;
};

} // namespace

TEST_CASE("packer: messages that are taken together are one batch", "[framing][packer]")
{
    packing json({serializer::json, true});
    json.push("[1]");
    json.push("[22]");
    CHECK(json.next() == octets({0x81, 9}) + "[1]\x1E[22]\x1E");
    json.push("[3]");
    CHECK(json.next() == octets({0x81, 4}) + "[3]\x1E");
    CHECK(json.next().empty());

    packing cbor({serializer::cbor, true});
    cbor.push("a");
    cbor.push("bc");
    CHECK(cbor.next() == octets({0x82, 11, 0, 0, 0, 1, 'a', 0, 0, 0, 2, 'b', 'c'}));
}

TEST_CASE("packer: a batch ends before a control frame, and when it is long", "[framing][packer]")
{
    packing json({serializer::json, true});
    json.push("[1]");
    json.queue.push_close(websocket_close_code::normal, json.pool);
    json.queue.push_urgent(frame_type::pong, as_bytes("p"), json.pool);
    CHECK(json.next() == octets({0x8A, 1, 'p', 0x81, 4}) + "[1]\x1E" + octets({0x88, 2, 0x03, 0xE8}));

    const std::string half(limits::packed_bytes_at_once / 2, 'h');
    for (int i = 0; i != 3; ++i)
        json.push(half);
    const auto frame = octets({0x81, 126, 0x80, 0x01}) + half + "\x1E";
    CHECK(json.next() == frame + frame);
    CHECK(json.next() == frame);
}

TEST_CASE("packer: messages that are not short are compressed, and runs are not copied before", "[framing][packer]")
{
    packing json({serializer::json});
    json.packer.compress({}, 8, json.shared);
    const std::string shorter(limits::compressed_message_bytes_min - 1, 's');
    const std::string longer(2000, 'l');
    auto* const made = new message_run;
    const boost::intrusive_ptr<message_run> run(made);
    run->open_message().append(longer);
    run->close_message();
    json.push(shorter);
    json.queue.push_run(*run, json.pool);
    CHECK_FALSE(run->unshared());

    const auto wire = json.next();
    CHECK(run->unshared());
    REQUIRE(wire.substr(0, 2 + shorter.size()) == octets({0x81, 63}) + shorter);
    const auto frame = wire.substr(2 + shorter.size());
    REQUIRE(frame.size() < 100);
    CHECK(frame.substr(0, 2) == octets({0xC1, static_cast<unsigned>(frame.size()) - 2}));
    message_inflater in({}, json.shared);
    byte_buffer inflated;
    CHECK_FALSE(in.inflate(as_bytes(frame).subspan(2), 2000, inflated));
    CHECK(text(inflated.view()) == longer);
}

TEST_CASE("packer: what is no frame yet goes out as it is, before everything else", "[framing][packer]")
{
    packing json({serializer::json});
    json.queue.push_urgent(as_bytes("HTTP/1.1 101"), json.pool);
    json.packer.take_as_it_is(json.queue, json.pool);
    json.push("[1]");
    CHECK(text(json.packer.packed().next().front()) == "HTTP/1.1 101");
}

TEST_CASE("packer: every frame of a client has a mask of its own", "[framing][packer]")
{
    packing json({serializer::json, true});
    unsigned made = 0;
    json.packer.mask_by([&] { return websocket_mask{std::byte{0}, std::byte{0}, std::byte{0}, std::byte(++made)}; });
    json.packer.compress({}, 8, json.shared);
    json.push("[1,22]");
    json.queue.push_close(websocket_close_code::normal, json.pool);
    const auto masked = octets({'[', '1', ',', '2' ^ 1U, '2', ']', 0x1E});
    CHECK(json.next() == octets({0x81, 0x87, 0, 0, 0, 1}) + masked + octets({0x88, 0x82, 0, 0, 0, 2, 0x03, 0xE8}));

    const std::string longer(2000, 'l');
    json.push(longer);
    const auto frame = json.next();
    REQUIRE(frame.size() < 100);
    CHECK(frame.substr(0, 6) == octets({0xC1, 0x80 | (static_cast<unsigned>(frame.size()) - 6), 0, 0, 0, 3}));
    auto payload = frame.substr(6);
    websocket_mask mask{std::byte{0}, std::byte{0}, std::byte{0}, std::byte{3}};
    apply_mask(std::as_writable_bytes(std::span(payload)), mask);
    message_inflater in({}, json.shared);
    byte_buffer inflated;
    CHECK_FALSE(in.inflate(as_bytes(payload), 3000, inflated));
    CHECK(text(inflated.view()) == longer + "\x1E");
}
