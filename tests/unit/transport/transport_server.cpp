// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "transport_server.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>

namespace junctor::test {

using namespace std::chrono_literals;

then echo(channel& peer, std::span<const byte_view> messages)
{
    for (const auto message : messages)
        if (peer.send_encoded(message) == delivery::refused)
            return then::close;
    return then::go_on;
}

session_limits patient_limits()
{
    session_limits limits;
    limits.join_timeout = 20s;
    limits.goodbye_timeout = 10s;
    return limits;
}

listening_transport on_loopback()
{
    return rawsocket(tcp("127.0.0.1", 0)).limits(patient_limits());
}

transport_server::transport_server(listening_transport settings, batch_handler handler, sharing mode)
    : settings_{std::move(settings)},
      handler_{std::move(handler)},
      services_{io_, mode},
      other_services_{other_io_, mode},
      listener_{io_, settings_.endpoint(), settings_.per_transport(),
                [this](boost::system::error_code cause) { troubles_.put(cause); }}
{
    boost::asio::co_spawn(io_.get_executor(), accept_all(), boost::asio::detached);
    thread_ = std::thread([this] { io_.run(); });
}

transport_server::~transport_server()
{
    boost::asio::post(io_, [this] {
        listener_.close();
        for (auto* const peer : channels_)
            peer->abort(close_reason::killed);
    });
    thread_.join();
}

void transport_server::with_channels(std::function<void(channel&)> action)
{
    boost::asio::post(io_, [this, action = std::move(action)] {
        for (auto* const peer : channels_)
            action(*peer);
        services_.flush();
    });
}

void transport_server::from_other_shard(const std::function<void(channel&)>& action)
{
    const shard_scope scope(other_services_);
    {
        const std::lock_guard lock(monitor_);
        for (auto* const peer : joined_)
            action(*peer);
    }
    other_services_.flush();
}

awaitable<void> transport_server::accept_all()
{
    const auto executor = io_.get_executor();
    for (;;) {
        auto accepted = co_await listener_.accept();
        if (!accepted)
            break;
        boost::asio::co_spawn(executor, serve(std::move(*accepted)), boost::asio::detached);
    }
}

awaitable<void> transport_server::serve(connection peer)
{
    ending end;
    {
        auto opened = co_await open_rawsocket_channel(std::move(peer), settings_, services_);
        if (opened)
            end = co_await converse(**opened);
        else
            end.error = opened.error();
    }
    endings_.put(end);
}

awaitable<ending> transport_server::converse(channel& peer)
{
    ending end;
    end.opened = true;
    peer.clear_deadline();
    channels_.insert(&peer);
    if (on_open)
        on_open(peer);
    {
        const std::lock_guard lock(monitor_);
        joined_.insert(&peer);
    }
    openings_.put(peer.facts());
    for (;;) {
        const auto batch = co_await peer.read_batch();
        if (!batch.open()) {
            end.reason = batch.reason();
            end.error = batch.error();
            break;
        }
        const auto next = handler_(peer, batch.messages());
        services_.flush();
        if (next == then::close)
            break;
    }
    {
        const std::lock_guard lock(monitor_);
        joined_.erase(&peer);
    }
    const auto until = channel::clock::now() + settings_.per_session().goodbye_timeout;
    co_await peer.close(until);
    if (end.reason == close_reason::none)
        end.reason = peer.reason();
    channels_.erase(&peer);
    co_return end;
}

} // namespace junctor::test
