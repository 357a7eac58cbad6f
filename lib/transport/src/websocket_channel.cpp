// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/websocket_channel.hpp>

#include <algorithm>
#include <utility>

#include <boost/endian/conversion.hpp>

#include <junctor/base/limits.hpp>
#include <junctor/framing/websocket_parser.hpp>

#include "framed_channel.hpp"
#include "websocket_upgrade.hpp"

namespace junctor {

namespace {

using boost::system::error_code;

websocket_bounds bounds_of(const listening_transport& settings) noexcept
{
    websocket_bounds bounds;
    bounds.message_bytes_max = settings.common().max_message_size;
    if (settings.websocket()->max_frame_size != 0)
        bounds.frame_bytes_max = settings.websocket()->max_frame_size;
    return bounds;
}

/// The listening end of a WebSocket connection.
class websocket_channel final : public framed_channel {
public:
    websocket_channel(connection peer, const listening_transport& settings, shard_services& services)
        : framed_channel{std::move(peer), "websocket", settings.common(), frames_, services},
          settings_{settings},
          frames_{bounds_of(settings), services}
    {
    }

    awaitable<void> close(clock::time_point until) override;

private:
    awaitable<error_code> shake_hands() override;
    bool explains_failure() const noexcept override { return true; }
    void on_peer_close(byte_view payload) noexcept override;

    awaitable<error_code> read_request(http_head_reader& request);
    error_code agree(const upgrade_answer& answer);
    upgrade_terms terms() const noexcept { return {*settings_.websocket(), settings_.serializers(), !within_limit()}; }

    const listening_transport& settings_;
    bool open_{false}; ///< And no Close frame has been sent.
    websocket_close_code peer_close_code_{websocket_close_code::normal};
    frame_input<websocket_parser> frames_;
};

awaitable<error_code> websocket_channel::shake_hands()
{
    http_head_reader request;
    const auto unread = co_await read_request(request);
    if (unread == websocket_error::request_too_long)
        co_return agree(refuse_upgrade(websocket_error::request_too_long, terms()));
    if (unread)
        co_return unread;
    co_return agree(answer_upgrade(request.head(), terms()));
}

/// The head of the peer's request.
awaitable<error_code> websocket_channel::read_request(http_head_reader& request)
{
    for (;;) {
        auto input = next_input();
        const auto status = request.read(input);
        if (status == http_head_reader::status::not_http)
            co_return websocket_error::not_http;
        if (status == http_head_reader::status::too_long)
            co_return websocket_error::request_too_long;
        if (status == http_head_reader::status::complete) {
            leave_unparsed(input);
            co_return error_code();
        }
        if (over())
            co_return failure();
        read_on();
        co_await turn();
    }
}

error_code websocket_channel::agree(const upgrade_answer& answer)
{
    say(as_bytes(answer.reply));
    if (answer.error)
        return answer.error;
    if (!alive())
        return failure();
    const bool text = answer.format == serializer::json;
    agree_on(answer.format, text ? frame_form::websocket_text : frame_form::websocket_binary);
    frames_.parser().expect(data_opcode(answer.format));
    output().set_peer_message_bytes_max(limits::rawsocket_message_bytes_max);
    open_ = true;
    return {};
}

void websocket_channel::on_peer_close(byte_view payload) noexcept
{
    if (payload.size() >= 2)
        peer_close_code_ = static_cast<websocket_close_code>(
            boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(payload.data())));
}

/// Says goodbye by a Close frame, unless that has been said.
awaitable<void> websocket_channel::close(clock::time_point until)
{
    if (std::exchange(open_, false) && alive())
        output().push_close(input().error() ? close_code_of(input().error()) : peer_close_code_);
    if (const auto bound = settings_.websocket()->close_handshake_timeout; bound.count() != 0)
        until = std::min(until, clock::now() + bound);
    return framed_channel::close(until);
}

} // namespace

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_websocket_channel(connection peer, const listening_transport& settings, shard_services& services)
{
    const auto now = channel::clock::now();
    const auto join_by = now + settings.per_session().join_timeout;
    auto open_by = join_by;
    if (const auto bound = settings.websocket()->open_handshake_timeout; bound.count() != 0)
        open_by = std::min(join_by, now + bound);
    auto opened = std::make_unique<websocket_channel>(std::move(peer), settings, services);
    const auto error = co_await opened->open(open_by);
    if (error)
        co_return error;
    opened->set_deadline(join_by, close_reason::join_timeout);
    co_return std::unique_ptr<channel>(std::move(opened));
}

} // namespace junctor
