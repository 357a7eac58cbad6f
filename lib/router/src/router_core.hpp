// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the parts of one router share.

#include <chrono>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <junctor/base/log.hpp>
#include <junctor/router/realm_host.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/listener.hpp>
#include <junctor/transport/rawsocket_transport.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

/// A transport that listens.
struct listening {
    listening(boost::asio::io_context& io, rawsocket_transport described, accept_trouble on_trouble)
        : settings{std::move(described)},
          socket{io, settings.endpoint(), settings.per_transport(), std::move(on_trouble)}
    {
        for (const auto& method : settings.methods())
            authmethods.push_back(method.first);
    }

    rawsocket_transport settings;
    std::vector<std::string> authmethods;
    listener socket;
};

/// A connection that is being served, as the router's `close()` sees it.
struct live_connection : boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
    explicit live_connection(const session_limits& bounds) : goodbye_timeout{bounds.goodbye_timeout} {}

    std::chrono::milliseconds goodbye_timeout;
    boost::asio::cancellation_signal cancel_joining;
    channel* link{nullptr};          ///< Null until the transport's handshake is done, and once it is over.
    const realm_host* host{nullptr}; ///< Where its session has joined; null if there is none.
};

/// The state of a router. Shared by the router and every coroutine that it has spawned, so that none outlives it.
struct router_core {
    router_core(boost::asio::io_context& context, log_sink& sink) : io{context}, log{sink}, services{context} {}

    boost::asio::io_context& io;
    log_sink& log;
    shard_services services;
    std::random_device random;
    std::map<std::string, std::unique_ptr<realm_host>, std::less<>> realms;
    std::vector<std::shared_ptr<listening>> transports;
    boost::intrusive::list<live_connection, boost::intrusive::constant_time_size<false>> connections;
    bool closing{false};

    /// 64 random bits.
    [[nodiscard]] std::uint64_t seed() { return (std::uint64_t{random()} << 32) | random(); }
};

} // namespace junctor
