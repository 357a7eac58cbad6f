// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The connecting end of a transport in a thread of its own, and routers that a test plays itself.

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/transport/rawsocket_connector.hpp>

#include "socket_client.hpp"
#include "transport_server.hpp"

namespace junctor::test {

/// A port on 127.0.0.1, or an abstract Unix domain socket, where connections are accepted by the test.
class scripted_router {
public:
    /// `backlog` connections may wait to be accepted.
    explicit scripted_router(int backlog = 5);

    /// Listens on "@name".
    scripted_router(const std::string& name, int backlog);
    scripted_router(const scripted_router&) = delete;
    scripted_router& operator=(const scripted_router&) = delete;
    ~scripted_router();

    [[nodiscard]] std::uint16_t port() const noexcept { return port_; }

    /// The next connection. Throws `std::runtime_error` if there is none within ten seconds.
    [[nodiscard]] socket_client accept() const;

private:
    int descriptor_;
    std::uint16_t port_{0};
};

/// What came of an attempt to connect.
struct connect_outcome {
    bool opened{false};
    boost::system::error_code error;
    transport_facts facts;
    std::string text; ///< As `describe_failure` has it.
};

/// Connects, and keeps the channel open until it is closed or destroyed.
class transport_client {
public:
    explicit transport_client(rawsocket_connector to);
    transport_client(const transport_client&) = delete;
    transport_client& operator=(const transport_client&) = delete;
    ~transport_client();

    /// Waits for what comes of the attempt.
    [[nodiscard]] connect_outcome wait() { return outcomes_.take(); }

    /// Cancels the attempt, as whoever awaits it does.
    void cancel();

    /// Sends a message through the open channel.
    void send(std::string message);

    /// Waits for the next message; throws `std::runtime_error` if none comes within ten seconds.
    [[nodiscard]] std::string receive() { return messages_.take(); }

    /// Waits for the end of an open channel.
    [[nodiscard]] close_reason wait_for_end() { return ends_.take(); }

    /// What becomes of a message of so many octets.
    [[nodiscard]] delivery try_to_send(std::size_t octets);

    /// Closes the channel in good order.
    void close();

private:
    awaitable<void> run();
    awaitable<void> converse(channel& open);

    rawsocket_connector to_;
    boost::asio::io_context io_{1};
    shard_services services_{io_};
    boost::asio::cancellation_signal cancellation_;
    arrivals<connect_outcome> outcomes_;
    arrivals<std::string> messages_;
    arrivals<close_reason> ends_;
    arrivals<delivery> deliveries_;
    channel* open_{nullptr};
    bool closing_{false};
    std::thread thread_;
};

} // namespace junctor::test
