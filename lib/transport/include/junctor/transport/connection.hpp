// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A connection as it comes from a listener, and how many there are.

#include <atomic>
#include <cstddef>
#include <memory>
#include <utility>

#include <junctor/auth/transport_facts.hpp>
#include <junctor/transport/file_descriptor.hpp>
#include <junctor/transport/tls_context.hpp>

namespace junctor {

struct begun_connection;

/// One place among the connections of a listening transport, given back when the ticket is destroyed.
class connection_ticket {
public:
    connection_ticket() noexcept = default;
    connection_ticket(connection_ticket&&) noexcept = default;
    connection_ticket& operator=(connection_ticket&& other) noexcept;
    ~connection_ticket();

    /// Whether the connection was within the limit when it came. If not, it is to be told so and closed.
    [[nodiscard]] bool within_limit() const noexcept { return within_limit_; }

private:
    friend class connection_counter;
    connection_ticket(std::shared_ptr<std::atomic<std::size_t>> count, bool within_limit) noexcept;

    std::shared_ptr<std::atomic<std::size_t>> count_;
    bool within_limit_{true};
};

/// Counts the connections of a listening transport. May be used from several threads, and destroyed before its tickets.
class connection_counter {
public:
    explicit connection_counter(std::size_t connections_max);

    /// Counts one more.
    [[nodiscard]] connection_ticket enter() noexcept;

    /// Connections now, with those beyond the limit that have not been told yet.
    [[nodiscard]] std::size_t count() const noexcept { return count_->load(std::memory_order_relaxed); }

private:
    std::size_t connections_max_;
    std::shared_ptr<std::atomic<std::size_t>> count_;
};

/// A connection that was accepted and about which nothing but its origin is known. Movable, also to another thread: it
/// belongs to no io_context yet.
class connection {
public:
    connection(file_descriptor accepted, transport_facts origin, connection_ticket place,
               std::shared_ptr<const tls_context> security) noexcept
        : socket{std::move(accepted)}, facts{std::move(origin)}, ticket{std::move(place)}, tls{std::move(security)}
    {
    }

    file_descriptor socket;
    transport_facts facts; ///< `peer`, `connection_number` and `credentials` are filled in.
    connection_ticket ticket;
    std::shared_ptr<const tls_context> tls;  ///< Null for plain connections.
    std::shared_ptr<begun_connection> begun; ///< What has become of `socket` and `tls` if something was read; or null.
};

} // namespace junctor
