// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "connection.hpp"

#include <bit>
#include <utility>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

/// What the handshake announces: messages of any length are taken.
constexpr std::uint8_t length_nibble_max = 15;

std::variant<frame_parser, websocket_parser> make_parser(const address& to, buffer_pool& buffers)
{
    const auto message_bytes_max = message_bytes_of_nibble(length_nibble_max);
    if (!to.websocket)
        return std::variant<frame_parser, websocket_parser>(std::in_place_index<0>, message_bytes_max, buffers);
    websocket_bounds bounds;
    bounds.message_bytes_max = message_bytes_max;
    bounds.sender = websocket_sender::router;
    return std::variant<frame_parser, websocket_parser>(std::in_place_index<1>, bounds, buffers);
}

} // namespace

void traffic::on_end(connection&)
{
    throw failure("the router has closed a connection");
}

connection::connection(std::size_t number, byte_stream stream, const address& to, serializer format,
                       buffer_pool& buffers, deflate_contexts* inflaters)
    : number_{number},
      format_{format},
      buffers_{buffers},
      inflaters_{inflaters},
      stream_{std::move(stream)},
      parser_(make_parser(to, buffers)),
      latest_mask_{static_cast<std::uint32_t>(number) + 1}
{
    ask(to);
}

void connection::ask(const address& to)
{
    auto* const frames = std::get_if<websocket_parser>(&parser_);
    if (frames == nullptr) {
        queue_.push_urgent(encode_handshake_request(length_nibble_max, format_), buffers_);
        return;
    }
    frames->expect(data_opcode(format_));
    const auto offer = inflaters_ != nullptr ? extension_offer::deflate : extension_offer::none;
    queue_.push_urgent(as_bytes(upgrade_request(to, format_, offer)), buffers_);
    queue_.set_form(format_ == serializer::json ? frame_form::websocket_text : frame_form::websocket_binary);
}

/// Masks are to be such that nobody can foretell them, so that nobody makes a client send what looks like a request of
/// HTTP. Here it is enough that they differ and cost the client nothing.
void connection::renew_mask() noexcept
{
    if (!is_websocket())
        return;
    latest_mask_ ^= latest_mask_ << 13; // This is xorshift32.
    latest_mask_ ^= latest_mask_ >> 17;
    latest_mask_ ^= latest_mask_ << 5;
    queue_.set_mask(std::bit_cast<websocket_mask>(latest_mask_));
}

void connection::flush()
{
    while (!queue_.empty()) {
        const auto parts = queue_.next();
        const auto count = stream_.write({parts.data(), parts.size()});
        if (count == byte_stream::would_block)
            return;
        queue_.written(static_cast<std::size_t>(count), buffers_);
        if (std::exchange(pong_is_late_, false))
            push_pong(late_pong_.view());
    }
}

bool connection::read(traffic& what, std::span<std::byte> block)
{
    do {
        const auto count = stream_.read(block);
        if (count == byte_stream::would_block)
            return true;
        if (count == 0)
            return false;
        take(what, block.first(static_cast<std::size_t>(count)));
    } while (stream_.reads_ahead());
    return true;
}

void connection::take(traffic& what, std::span<std::byte> input)
{
    if (!agreed_)
        take_handshake(what, input);
    if (agreed_)
        std::visit([&](auto& parser) { take_frames(parser, what, input); }, parser_);
}

template <class Parser>
void connection::take_frames(Parser& parser, traffic& what, typename Parser::input_view input)
{
    for (;;) {
        const auto step = parser.next(input);
        if (step.status == frame_status::failed)
            throw failure("what came is no frame: " + parser.error().message());
        if (step.status == frame_status::need_more) {
            parser.recycle();
            if (input.empty())
                break;
            continue; // The parser rested, because much had been compressed.
        }
        if (step.type == frame_type::message)
            what.on_message(*this, step.payload);
        else if (step.type == frame_type::ping)
            answer_ping(step.payload);
    }
}

void connection::answer_ping(byte_view payload)
{
    if (!stream_.must_repeat())
        return push_pong(payload);
    late_pong_.clear();
    late_pong_.append(payload);
    pong_is_late_ = true;
}

void connection::push_pong(byte_view payload)
{
    renew_mask();
    queue_.push_urgent(frame_type::pong, payload, buffers_);
}

void connection::take_handshake(traffic& what, std::span<std::byte>& input)
{
    const bool complete = is_websocket() ? take_upgrade(input) : take_reply(input);
    if (!complete)
        return;
    agreed_ = true;
    what.on_open(*this);
}

bool connection::take_reply(std::span<std::byte>& input)
{
    byte_view rest = input;
    const auto status = handshake_.read(rest);
    input = input.last(rest.size());
    if (status == handshake_reader::status::need_more)
        return false;
    const auto reply = decode_handshake_reply(handshake_.octets(), format_);
    if (!reply)
        throw failure("the router refused the handshake: " + reply.error().message());
    return true;
}

bool connection::take_upgrade(std::span<std::byte>& input)
{
    if (!upgrade_.read(input))
        return false;
    upgrade_.check(format_);
    if (inflaters_ != nullptr)
        std::get<websocket_parser>(parser_).expect_compressed(upgrade_.compression(), *inflaters_);
    return true;
}

} // namespace junctor::bench
