// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Listening on an endpoint and accepting connections.

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/endpoint.hpp>

namespace junctor {

/// Called when connections cannot be accepted for now, such as for want of file descriptors; the listener goes on by
/// itself.
using accept_trouble = std::function<void(boost::system::error_code cause)>;

/// A socket that listens. A Unix domain socket file appears only when it can be connected to, with its mode and owner;
/// a stale one (nobody listens on it) is replaced, and the file is removed on close. Used on the thread of its
/// io_context.
///
/// Cancellation: `close()` completes a pending `accept()`. The listener must outlive every pending `accept()`.
class listener {
public:
    /// Binds and listens. Throws `endpoint_error`: the port or the socket is in use, the path is not a socket, a file
    /// of TLS is unusable, and so on.
    listener(boost::asio::io_context& io, const endpoint& where, const transport_limits& limits = {},
             accept_trouble on_trouble = {});
    listener(const listener&) = delete;
    listener& operator=(const listener&) = delete;
    ~listener();

    /// Completes with the next connection; with an error (`boost::asio::error::operation_aborted`) once the listener is
    /// closed. Trouble that passes, such as a lack of file descriptors, is reported, waited for, and never ends it.
    [[nodiscard]] awaitable<boost::system::result<connection>> accept();

    /// Where it listens, with the actual port: "tcp4:127.0.0.1:43211", "tcp6:[::1]:5312", "unix:/run/shop.sock".
    [[nodiscard]] const std::string& local_address() const noexcept;

    /// The actual TCP port; 0 for a Unix domain socket.
    [[nodiscard]] std::uint16_t port() const noexcept;

    /// Connections that came from here and are not destroyed yet.
    [[nodiscard]] std::size_t connections() const noexcept;

    /// Uses `security` for connections that are accepted from now on; those that were accepted keep what they have.
    /// `security` must not be null; the endpoint is one with TLS.
    void secure(std::shared_ptr<const tls_context> security) noexcept;

    /// Stops listening. Connections that were accepted live on. Does nothing the second time.
    void close() noexcept;

private:
    class state;
    std::unique_ptr<state> state_;
};

} // namespace junctor
