// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A server on the transport layer alone, in a thread of its own, for tests that talk to it over real sockets.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stdexcept>
#include <string>
#include <thread>

#include <boost/asio/io_context.hpp>

#include <junctor/transport/channel.hpp>
#include <junctor/transport/listener.hpp>
#include <junctor/transport/rawsocket_channel.hpp>

#include "socket_client.hpp"

namespace junctor::test {

/// A queue between threads. Taking from it throws `std::runtime_error` if nothing comes within ten seconds.
template <class T>
class arrivals {
public:
    void put(T one)
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(std::move(one));
        more_.notify_one();
    }

    [[nodiscard]] T take()
    {
        std::unique_lock lock(mutex_);
        if (!more_.wait_for(lock, std::chrono::seconds(10), [&] { return !waiting_.empty(); }))
            throw std::runtime_error("nothing came within ten seconds");
        auto one = std::move(waiting_.front());
        waiting_.pop_front();
        return one;
    }

private:
    std::mutex mutex_;
    std::condition_variable more_;
    std::deque<T> waiting_;
};

/// How a connection ended. It is gone when this is known.
struct ending {
    bool opened{false};              ///< Whether it got through the handshake.
    close_reason reason{};           ///< Why its channel ended.
    boost::system::error_code error; ///< The error of the handshake, or the details to the reason.
};

/// What a handler wants next.
enum class then { go_on, close };

/// What is done with each batch, on the server's thread.
using batch_handler = std::function<then(channel& peer, std::span<const byte_view> messages)>;

/// Sends every message back.
[[nodiscard]] then echo(channel& peer, std::span<const byte_view> messages);

/// Session limits that keep tests from waiting long at the end of connections.
[[nodiscard]] session_limits patient_limits();

/// A RawSocket transport on a free port of 127.0.0.1, with these limits.
[[nodiscard]] listening_transport on_loopback();

class transport_server {
public:
    /// Listens as `settings` say. With `sharing::several_threads`, `from_other_shard` may be used.
    explicit transport_server(listening_transport settings, batch_handler handler = echo,
                              sharing mode = sharing::one_thread);
    transport_server(const transport_server&) = delete;
    transport_server& operator=(const transport_server&) = delete;
    ~transport_server();

    [[nodiscard]] const std::string& address() const { return listener_.local_address(); }
    [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

    /// A client that is connected to this server.
    [[nodiscard]] socket_client connect() const { return socket_client::to(address()); }

    /// Waits for the next channel to open and returns its facts.
    [[nodiscard]] transport_facts wait_for_opening() { return openings_.take(); }

    /// Waits for the next connection to end.
    [[nodiscard]] ending wait_for_end() { return endings_.take(); }

    /// Waits for the next trouble with accepting.
    [[nodiscard]] boost::system::error_code wait_for_trouble() { return troubles_.take(); }

    /// Does something with each open channel, on the server's thread, and flushes.
    void with_channels(std::function<void(channel&)> action);

    /// Does something with each open channel, on this thread, as another shard would that has entered the realm of all
    /// sessions; then flushes.
    void from_other_shard(const std::function<void(channel&)>& action);

    /// What the other shard has of its own.
    [[nodiscard]] shard_services& other_shard() noexcept { return other_services_; }

    /// Done with each channel as it opens, on the server's thread. To be set before any client connects.
    std::function<void(channel&)> on_open;

private:
    awaitable<void> accept_all();
    awaitable<void> serve(connection peer);
    awaitable<ending> converse(channel& peer);

    listening_transport settings_;
    batch_handler handler_;
    boost::asio::io_context io_{1};
    shard_services services_;
    boost::asio::io_context other_io_{1}; ///< Never runs: this is only about what the other shard does by itself.
    shard_services other_services_;
    arrivals<transport_facts> openings_;
    arrivals<ending> endings_;
    arrivals<boost::system::error_code> troubles_;
    listener listener_;
    std::set<channel*> channels_;
    std::mutex monitor_;
    std::set<channel*> joined_; ///< Those that the other shard may use: to whoever has locked the monitor.
    std::thread thread_;
};

} // namespace junctor::test
