// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the parts of one router share.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <exception>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <junctor/base/log.hpp>
#include <junctor/router/realm_host.hpp>
#include <junctor/transport/listener.hpp>
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/shard_mutex.hpp>
#include <junctor/transport/shard_services.hpp>

#include "failure_throttle.hpp"
#include "web_hosting.hpp"

namespace junctor {

/// Who decides about peers that join over a transport, by authmethods. Never changes.
class authmethod_offer {
public:
    /// Throws `std::invalid_argument` if there is none, since nobody could join.
    explicit authmethod_offer(std::vector<listening_transport::method> methods);

    /// All authmethods, in the order in which they were offered.
    [[nodiscard]] const std::vector<std::string>& names() const noexcept { return names_; }

    /// Who decides about peers that have chosen `name`, which is offered.
    [[nodiscard]] authenticator& find(std::string_view name) const;

private:
    std::vector<listening_transport::method> methods_;
    std::vector<std::string> names_;
};

/// A transport that listens, or a part of one whose port is shared. Used on every shard: nothing of it changes, but for
/// what it offers.
class listening {
public:
    /// Throws `std::invalid_argument` if `described`, or a part of it, offers no authmethod, and `std::runtime_error`
    /// if its cookies cannot be had.
    listening(listening_transport described, sharing mode);

    /// The parts of a transport whose port is shared; none of any other.
    [[nodiscard]] const std::vector<std::shared_ptr<listening>>& parts() const noexcept { return parts_; }

    /// Whether it is what `transport` describes, which is a part of what a transport shares.
    [[nodiscard]] bool is(const listening_transport& transport) const noexcept { return &transport == original_.get(); }

    /// The part that `transport` describes, which is one.
    [[nodiscard]] std::shared_ptr<const listening> part(const listening_transport& transport) const;

    /// What a peer that joins now is offered. Whoever deals with the peer keeps it until that is done, as there may be
    /// another one meanwhile.
    [[nodiscard]] std::shared_ptr<const authmethod_offer> offer() const;

    /// Offers something else to whoever joins from now on.
    void offer(std::shared_ptr<const authmethod_offer> another);

    listening_transport settings; ///< Without authmethods.

private:
    listening(std::shared_ptr<const listening_transport> original, sharing mode);

    std::shared_ptr<const listening_transport> original_; ///< Of a part: what its channels refer to; null otherwise.
    std::vector<std::shared_ptr<listening>> parts_;
    mutable shard_mutex mutex_; ///< For what follows. Held to copy or to replace the pointer.
    std::shared_ptr<const authmethod_offer> offer_;
};

/// A connection that is being served, as its router sees it. Used on the thread of its shard.
class live_connection
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// Ends it, as the router closes, unless it is in a session, which has been told GOODBYE.
    virtual void end_without_session() = 0;

    /// Ends it at once.
    virtual void abort() noexcept = 0;

    /// Ends its session, if it has the same cookie and is not the one that has logged out.
    virtual void log_out(const tracked_cookie& cookie) = 0;

protected:
    live_connection() noexcept = default;
    ~live_connection() = default;
};

/// The part of a router that one thread runs.
struct shard {
    shard(boost::asio::io_context& context, sharing mode) : io{context}, services{context, mode} {}

    boost::asio::io_context& io;
    shard_services services;
    boost::intrusive::list<live_connection, boost::intrusive::constant_time_size<false>> connections;

    /// Keeps shards other than the main one running until the router is closed: connections may come at any time.
    std::optional<boost::asio::executor_work_guard<boost::asio::io_context::executor_type>> running;
};

/// The state of a router. Shared by the router and all that it serves, so that nothing outlives it.
struct router_core : std::enable_shared_from_this<router_core> {
    router_core(std::span<boost::asio::io_context* const> contexts, log_sink& sink);

    /// Whether there are other shards than the main one.
    [[nodiscard]] sharing mode() const noexcept
    {
        return shards.size() == 1 ? sharing::one_thread : sharing::several_threads;
    }

    /// Where listeners and the procedures of the program run.
    [[nodiscard]] shard& main() noexcept { return *shards.front(); }

    /// 64 random bits; for the main shard.
    [[nodiscard]] std::uint64_t seed() { return (std::uint64_t{random()} << 32) | random(); }

    /// What sessions join on: each transport or, where a port is shared, its parts.
    [[nodiscard]] std::vector<std::shared_ptr<listening>> offering() const;

    /// The open realm of that name, or null. For any shard.
    [[nodiscard]] realm_host* find_realm(std::string_view name);

    log_sink& log;
    std::vector<std::unique_ptr<shard>> shards;
    std::atomic<bool> closing{false};
    failure_throttle throttle{std::random_device{}()};
    std::atomic<std::size_t> connection_count{0};

    // For the main shard, but for find_realm.
    std::random_device random;
    shard_mutex realms_mutex;
    std::map<std::string, std::unique_ptr<realm_host>, std::less<>> realms;
    std::vector<std::unique_ptr<realm_host>> closed_realms; ///< Sessions may still be about to leave them.
    std::vector<std::shared_ptr<listener>> listeners;
    std::vector<std::shared_ptr<listening>> transports; ///< Those of the listeners, in their order.
    web_hosting services{*this};
    std::size_t next_shard{0}; ///< Gets the next connection.
};

/// Logs why a part of the router failed that nobody waits for; does nothing if it did not, or was cancelled.
void log_failure(log_sink& log, const std::exception_ptr& failure) noexcept;

} // namespace junctor
