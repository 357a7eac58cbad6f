// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Fuzzes the RawSocket handshake and the frame parser. The first two octets of the input choose the limit and how the
// rest is cut; the rest is what a client sends. However it is cut, the same frames must come out as in one piece.

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include <junctor/framing/frame_parser.hpp>
#include <junctor/framing/rawsocket.hpp>

#include "framing_outcome.hpp"

using namespace junctor;

namespace {

/// Reads in place what is missing of a frame, as far as there is some.
byte_view fill(frame_parser& parser, byte_view input, outcome& seen)
{
    const auto room = parser.room();
    require(!room.empty() && room.size() <= parser.missing());
    const auto count = std::min(room.size(), input.size());
    std::copy_n(input.begin(), count, room.begin());
    parser.filled(count);
    add_frames(parser, byte_view(), seen);
    return input.subspan(count);
}

outcome parse(byte_view input, std::size_t limit, std::size_t piece)
{
    buffer_pool pool(2, 4096);
    frame_parser parser(limit, pool);
    outcome seen;
    while (!input.empty() && !seen.error) {
        if (piece % 2 == 0 && parser.missing() > piece) {
            input = fill(parser, input, seen);
            continue;
        }
        const auto size = std::min(piece, input.size());
        add_frames(parser, input.first(size), seen);
        input = input.subspan(size);
    }
    return seen;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size < 2)
        return 0;
    const auto limit = message_bytes_of_nibble(data[0] & 0x0F);
    const std::size_t piece = 1 + data[1];
    byte_view input(reinterpret_cast<const std::byte*>(data + 2), size - 2);

    handshake_reader reader;
    auto rest = input;
    if (reader.read(rest) == handshake_reader::status::complete) {
        const auto answer = answer_handshake(decode_handshake_request(reader.octets()), {});
        require(answer.error.failed() || answer.peer_message_bytes_max >= limits::rawsocket_message_bytes_min);
        input = rest;
    }
    require(parse(input, limit, piece) == parse(input, limit, input.size() + 1));
    return 0;
}
