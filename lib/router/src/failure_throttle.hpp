// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Failures to prove who one is, counted so that nobody can go on guessing.

#include <chrono>
#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>

#include <boost/container/list.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/realm/uri_hash.hpp>

namespace junctor {

/// Whom a failure is held against besides the authid: the address of the peer without its port, of IPv6 the network of
/// 64 bits, which one peer may have all of; the user of a process on this machine.
[[nodiscard]] std::string throttled_peer(const transport_facts& facts);

/// Counts failures of peers and of authids, and tells when there have been too many. Each count shrinks as time goes
/// by, so that after a burst one more attempt is free each time a share of the period is over. Safe to use from several
/// threads.
class failure_throttle {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// Protects against names that are made to collide.
    explicit failure_throttle(std::uint64_t seed) : failures_{}, index_(0, uri_hash(seed)) {}

    /// How long the next attempt has to wait; zero if it need not. An empty authid is nobody's.
    [[nodiscard]] std::chrono::milliseconds wait_of(std::string_view peer, std::string_view authid,
                                                    const transport_limits& limits, time_point now);

    /// Counts a failure.
    void add(std::string_view peer, std::string_view authid, const transport_limits& limits, time_point now);

private:
    struct failures {
        std::string key;
        double count{0}; ///< At `counted`.
        time_point counted;
    };
    using all_failures = boost::container::list<failures>;

    [[nodiscard]] std::chrono::milliseconds wait_of(const std::string& key, std::size_t max,
                                                    std::chrono::milliseconds period, time_point now) const;
    void add(std::string key, std::size_t max, std::chrono::milliseconds period, time_point now);

    std::mutex mutex_;
    all_failures failures_; ///< Those that failed last at the end.
    boost::unordered_flat_map<std::string_view, all_failures::iterator, uri_hash> index_;
};

} // namespace junctor
