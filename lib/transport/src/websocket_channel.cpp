// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/websocket_channel.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include <boost/endian/conversion.hpp>
#include <fmt/format.h>

#include <junctor/base/limits.hpp>
#include <junctor/framing/websocket_parser.hpp>
#include <junctor/transport/websocket_connector.hpp>

#include "begun_connection.hpp"
#include "forwarded_client.hpp"
#include "framed_channel.hpp"
#include "http_request_reader.hpp"
#include "mask_source.hpp"
#include "outgoing_socket.hpp"
#include "websocket_upgrade.hpp"

namespace junctor {

namespace {

using boost::system::error_code;

/// What the peer may send, which is the end `sender`.
websocket_bounds bounds_of(const channel_settings& common, const websocket_connection_settings& settings,
                           websocket_sender sender) noexcept
{
    websocket_bounds bounds;
    bounds.message_bytes_max = common.max_message_size;
    if (settings.max_frame_size != 0)
        bounds.frame_bytes_max = settings.max_frame_size;
    bounds.sender = sender;
    return bounds;
}

/// By when the opening handshake of a connection must be done that has until `by` for everything.
channel::clock::time_point open_by(const websocket_connection_settings& settings, channel::clock::time_point by)
{
    const auto bound = settings.open_handshake_timeout;
    return bound.count() != 0 ? std::min(by, channel::clock::now() + bound) : by;
}

/// One end of a WebSocket connection.
class websocket_channel : public framed_channel {
public:
    awaitable<void> close(clock::time_point until) override;

protected:
    /// `sender` is the end that the peer is.
    websocket_channel(connection peer, const channel_settings& common, const websocket_connection_settings& settings,
                      websocket_sender sender, shard_services& services)
        : framed_channel{std::move(peer), "websocket", common, frames_, services},
          services_{services},
          settings_{settings},
          masks_{sender == websocket_sender::router},
          frames_{bounds_of(common, settings, sender), services}
    {
    }

    /// The head of what the peer says first.
    awaitable<error_code> read_head(http_head_reader& reader);

    /// The handshake is done, and has come to this.
    error_code begin(const upgrade_agreement& agreed);

private:
    void on_peer_close(byte_view payload) noexcept override;
    [[nodiscard]] websocket_close_code close_code() const noexcept;
    std::unique_ptr<message_packer> packer_for(const upgrade_agreement& agreed);

    shard_services& services_;
    const websocket_connection_settings& settings_;
    bool masks_;       ///< This end connects, and so masks its frames.
    bool open_{false}; ///< And no Close frame has been sent.
    std::optional<websocket_close_code> peer_close_code_;
    frame_input<websocket_parser> frames_;
};

awaitable<error_code> websocket_channel::read_head(http_head_reader& reader)
{
    for (;;) {
        auto input = next_input();
        const auto status = reader.read(input);
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

error_code websocket_channel::begin(const upgrade_agreement& agreed)
{
    if (!alive())
        return failure();
    const auto& [subprotocol, deflate] = agreed;
    const auto format = subprotocol.format;
    if (subprotocol.batched || deflate) {
        agree_on(format, packer_for(agreed));
    } else {
        if (masks_)
            output().mask_frames();
        agree_on(format, format == serializer::json ? frame_form::websocket_text : frame_form::websocket_binary);
    }
    auto& parser = frames_.parser();
    parser.expect(data_opcode(format), subprotocol.batching());
    if (deflate)
        parser.expect_compressed(deflate->peer, services_.deflate());
    output().set_peer_message_bytes_max(limits::rawsocket_message_bytes_max);
    open_ = true;
    return {};
}

std::unique_ptr<message_packer> websocket_channel::packer_for(const upgrade_agreement& agreed)
{
    auto packer = std::make_unique<message_packer>(agreed.subprotocol, frames_.parser());
    if (agreed.deflate)
        packer->compress(agreed.deflate->own, agreed.deflate->memory_level, services_.deflate());
    if (masks_)
        packer->mask_by([masks = mask_source()]() mutable { return masks.next(); });
    return packer;
}

void websocket_channel::on_peer_close(byte_view payload) noexcept
{
    if (payload.size() >= 2)
        peer_close_code_ = static_cast<websocket_close_code>(
            boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(payload.data())));
}

/// What this end says about why the connection ends.
websocket_close_code websocket_channel::close_code() const noexcept
{
    if (input().error())
        return close_code_of(input().error());
    // When a router shuts down it gives its peers so much time to answer GOODBYE.
    const bool shutdown = deadline_reason() == close_reason::system_shutdown;
    return peer_close_code_.value_or(shutdown ? websocket_close_code::going_away : websocket_close_code::normal);
}

/// Says goodbye by a Close frame, unless that has been said.
awaitable<void> websocket_channel::close(clock::time_point until)
{
    if (const auto bound = settings_.close_handshake_timeout; bound.count() != 0)
        until = std::min(until, clock::now() + bound);
    if (std::exchange(open_, false) && alive())
        output().push_close(close_code());
    return framed_channel::close(until);
}

/// The end that listens.
class listening_websocket final : public websocket_channel {
public:
    listening_websocket(connection peer, const listening_transport& settings, shard_services& services)
        : websocket_channel{std::move(peer), settings.common(), *settings.websocket(), websocket_sender::client,
                            services},
          settings_{settings}
    {
    }

private:
    awaitable<error_code> shake_hands() override;
    bool explains_failure() const noexcept override { return true; }
    error_code agree(const upgrade_answer& answer);
    upgrade_terms terms() const noexcept
    {
        const auto by = stream().tls() != nullptr ? protection::tls : protection::none;
        return {*settings_.websocket(), settings_.serializers(), !within_limit(), by};
    }

    const listening_transport& settings_;
};

awaitable<error_code> listening_websocket::shake_hands()
{
    http_head_reader request;
    const auto unread = co_await read_head(request);
    if (unread == websocket_error::request_too_long)
        co_return agree(refuse_upgrade(websocket_error::request_too_long, terms()));
    if (unread)
        co_return unread;
    const auto& trusted = proxies_of(settings_.endpoint()).trusted;
    if (trusted.contains(facts()))
        identify_forwarded(known(), http_request_reader(request.head()).request().list("X-Forwarded-For"), trusted);
    co_return agree(answer_upgrade(request.head(), terms()));
}

error_code listening_websocket::agree(const upgrade_answer& answer)
{
    say(as_bytes(answer.reply));
    known().cookie = answer.cookie;
    return answer.error ? answer.error : begin(answer.agreed);
}

/// What a request says whom it asks.
std::string host_of(const remote_endpoint& where)
{
    const auto* const tcp = std::get_if<remote_tcp>(&where);
    if (tcp == nullptr)
        return "localhost";
    const bool bare_ipv6 = tcp->host.find(':') != std::string::npos;
    auto host = bare_ipv6 ? fmt::format("[{}]", tcp->host) : tcp->host;
    const std::uint16_t usual_port = tcp->tls ? 443 : 80;
    return tcp->port == usual_port ? host : fmt::format("{}:{}", host, tcp->port);
}

/// The end that connects.
class connecting_websocket final : public websocket_channel {
public:
    connecting_websocket(connection peer, const websocket_connector& to, shard_services& services)
        : websocket_channel{std::move(peer), to.common(), to.websocket(), websocket_sender::router, services}, to_{to}
    {
    }

private:
    awaitable<error_code> shake_hands() override;
    bool explains_failure() const noexcept override { return false; }

    const websocket_connector& to_;
};

awaitable<error_code> connecting_websocket::shake_hands()
{
    const auto insecure = co_await secure();
    if (insecure)
        co_return insecure;
    std::array<std::byte, 16> key{};
    fill_randomly(key);
    const upgrade_offer offer{to_.subprotocols(), to_.websocket().deflate};
    const upgrade_request request(host_of(to_.endpoint()), to_.path(), offer, key);
    say(as_bytes(request.text()));
    http_head_reader answer;
    const auto unread = co_await read_head(answer);
    if (unread)
        co_return unread;
    const auto agreed = request.read_answer(answer.head());
    co_return agreed ? begin(*agreed) : agreed.error();
}

} // namespace

awaitable<boost::system::result<std::unique_ptr<channel>>>
open_websocket_channel(connection peer, const listening_transport& settings, shard_services& services)
{
    const auto join_by = channel::clock::now() + settings.per_session().join_timeout;
    auto unread = take_unread(peer);
    auto opened = std::make_unique<listening_websocket>(std::move(peer), settings, services);
    const auto error = co_await opened->open(open_by(*settings.websocket(), join_by), std::move(unread));
    if (error)
        co_return error;
    opened->set_deadline(join_by, close_reason::join_timeout);
    co_return std::unique_ptr<channel>(std::move(opened));
}

awaitable<boost::system::result<std::unique_ptr<channel>>> connect_websocket_channel(const websocket_connector& to,
                                                                                     shard_services& services)
{
    const auto give_up = channel::clock::now() + connect_timeout(to.endpoint());
    auto connected = co_await connect_securely(to.endpoint(), give_up, services);
    if (!connected)
        co_return connected.error();
    auto opened = std::make_unique<connecting_websocket>(std::move(*connected), to, services);
    const auto error = co_await opened->open(open_by(to.websocket(), give_up), byte_buffer());
    if (error)
        co_return error;
    opened->clear_deadline();
    co_return std::unique_ptr<channel>(std::move(opened));
}

} // namespace junctor
