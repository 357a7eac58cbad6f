// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Looking hosts up by their names.

#include <memory>
#include <vector>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/basic_resolver.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/remote_endpoint.hpp>

#include "socket_address.hpp"

namespace junctor {

/// One look-up. The system does it in a thread that cannot be interrupted, so nobody waits for it longer than for
/// `give_up`: its result is thrown away then. Used on the thread of its io_context.
class name_lookup {
public:
    explicit name_lookup(boost::asio::io_context& io);
    name_lookup(const name_lookup&) = delete;
    name_lookup& operator=(const name_lookup&) = delete;

    /// To be called once. Completes with the error; without one, `addresses()` is not empty. `where` must outlive it.
    /// Cancellation: by the slot of whoever awaits it.
    [[nodiscard]] awaitable<boost::system::error_code> find(const remote_tcp& where);

    /// What was found, in the order of preference.
    [[nodiscard]] const std::vector<socket_address>& addresses() const noexcept { return addresses_; }

    /// Completes `find` with `reason`.
    void give_up(boost::system::error_code reason) noexcept;

private:
    using tcp = boost::asio::ip::tcp;
    using resolver = boost::asio::ip::basic_resolver<tcp, executor>;
    using done = boost::asio::any_completion_handler<void(boost::system::error_code)>;

    void start(const remote_tcp& where, done waiting);
    void take(const resolver::results_type& found);

    boost::asio::io_context& io_;
    resolver resolver_;
    std::weak_ptr<done> waiting_; ///< Belongs to the look-up of the system: what waits goes with that. Empty once told.
    std::vector<socket_address> addresses_;
};

} // namespace junctor
