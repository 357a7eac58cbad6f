// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "rawsocket_opening.hpp"

#include <utility>

#include <junctor/framing/frame_parser.hpp>

#include "begun_connection.hpp"
#include "framed_channel.hpp"

namespace junctor {

namespace {

using boost::system::error_code;

/// One end of a RawSocket connection.
class rawsocket_channel final : public framed_channel {
public:
    /// `part` must outlive the handshake.
    rawsocket_channel(connection peer, const channel_settings& settings, const handshake_part& part,
                      shard_services& services)
        : framed_channel{std::move(peer), "rawsocket", settings, frames_, services},
          part_{part},
          frames_{settings.announced_message_size(), services}
    {
    }

private:
    awaitable<error_code> shake_hands() override;
    bool explains_failure() const noexcept override { return std::holds_alternative<handshake_terms>(part_); }

    awaitable<error_code> read_handshake(handshake_reader& reader);
    error_code agree(const handshake_answer& answer);

    const handshake_part& part_;
    frame_input<frame_parser> frames_;
};

awaitable<error_code> rawsocket_channel::shake_hands()
{
    if (const auto* const wish = std::get_if<handshake_wish>(&part_)) {
        const auto insecure = co_await secure();
        if (insecure)
            co_return insecure;
        say(encode_handshake_request(wish->length_nibble, wish->format));
    }
    handshake_reader reader;
    const auto unread = co_await read_handshake(reader);
    if (unread)
        co_return unread;
    co_return agree(conclude_handshake(part_, reader.octets()));
}

/// The four octets of the peer.
awaitable<error_code> rawsocket_channel::read_handshake(handshake_reader& reader)
{
    for (;;) {
        const auto input = next_input();
        byte_view rest = input;
        const auto status = reader.read(rest);
        if (status == handshake_reader::status::not_rawsocket)
            co_return framing_error::not_rawsocket;
        if (status == handshake_reader::status::complete) {
            leave_unparsed(input.last(rest.size()));
            co_return error_code();
        }
        if (over())
            co_return failure();
        read_on();
        co_await turn();
    }
}

error_code rawsocket_channel::agree(const handshake_answer& answer)
{
    if (answer.reply)
        say(*answer.reply);
    if (answer.error)
        return answer.error;
    agree_on(answer.format, frame_form::rawsocket);
    output().set_peer_message_bytes_max(answer.peer_message_bytes_max);
    return alive() ? error_code() : failure();
}

} // namespace

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_channel(connection peer, const channel_settings& settings, const handshake_part& part,
             channel::clock::time_point give_up, shard_services& services)
{
    auto unread = take_unread(peer);
    auto opened = std::make_unique<rawsocket_channel>(std::move(peer), settings, part, services);
    const auto error = co_await opened->open(give_up, std::move(unread));
    if (error)
        co_return error;
    co_return std::unique_ptr<channel>(std::move(opened));
}

} // namespace junctor
