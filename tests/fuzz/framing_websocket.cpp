// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Fuzzes the parser of WebSocket frames. The first two octets of the input choose the sender, the type of messages,
// whether they come in batches, what compression is agreed upon, and how the rest is cut; the rest is what a peer
// sends. However it is cut, the same must come out as in one piece.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <junctor/framing/websocket_parser.hpp>

#include "framing_outcome.hpp"

using namespace junctor;

namespace {

constexpr std::size_t message_bytes_max = 300;
constexpr std::size_t frame_bytes_max = 200;

/// So many cannot stand for so much that a parser rests.
constexpr std::size_t input_bytes_max = 16 * 1024;

websocket_batching batching_of(std::uint8_t kind)
{
    if ((kind & 4) == 0)
        return websocket_batching::none;
    return (kind & 2) != 0 ? websocket_batching::prefixed : websocket_batching::separated;
}

/// The input is copied, since it is changed in place.
outcome parse(std::vector<std::byte> input, std::uint8_t kind, std::size_t piece)
{
    buffer_pool pool(2, 4096);
    const auto sender = (kind & 1) != 0 ? websocket_sender::router : websocket_sender::client;
    deflate_contexts shared;
    websocket_parser parser({message_bytes_max, frame_bytes_max, sender}, pool);
    parser.expect((kind & 2) != 0 ? websocket_opcode::binary : websocket_opcode::text, batching_of(kind));
    if ((kind & 8) != 0)
        parser.expect_compressed({deflate_window_bits_max, (kind & 16) != 0}, shared);
    outcome seen;
    std::span rest(input);
    while (!rest.empty() && !seen.error) {
        const auto size = std::min(piece, rest.size());
        add_frames(parser, rest.first(size), seen);
        rest = rest.subspan(size);
    }
    for (const auto& each : seen.frames)
        require(each.payload.size() <= message_bytes_max);
    return seen;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2 || size > input_bytes_max)
        return 0;
    const auto kind = data[0];
    const std::size_t piece = 1 + data[1];
    const auto* const first = reinterpret_cast<const std::byte*>(data + 2);
    const std::vector<std::byte> input(first, first + size - 2);
    require(parse(input, kind, piece) == parse(input, kind, input.size() + 1));
    return 0;
}
