// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "failure_throttle.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <junctor/auth/session_sources.hpp>

namespace junctor {

namespace {

std::string key_of_peer(std::string_view peer)
{
    return fmt::format("peer {}", peer);
}

std::string key_of_authid(std::string_view authid)
{
    return authid.empty() ? std::string() : fmt::format("authid {}", authid);
}

/// What is left of `count` failures after `passed`, when `max` of them are forgotten in `period`.
double shrunk(double count, std::chrono::steady_clock::duration passed, std::size_t max,
              std::chrono::milliseconds period)
{
    const std::chrono::duration<double, std::milli> time = passed;
    return std::max(0.0, count - time.count() * static_cast<double>(max) / static_cast<double>(period.count()));
}

/// The network of 64 bits that `address` is in.
std::string network_of(const boost::asio::ip::address_v6& address)
{
    return boost::asio::ip::network_v6(address, 64).canonical().to_string();
}

} // namespace

std::string throttled_peer(const transport_facts& facts)
{
    if (facts.credentials)
        return fmt::format("unix uid {}", facts.credentials->uid);
    const auto address = peer_address(facts);
    if (!address)
        return facts.peer;
    return address->is_v6() ? network_of(address->to_v6()) : address->to_string();
}

std::chrono::milliseconds failure_throttle::wait_of(std::string_view peer, std::string_view authid,
                                                    const transport_limits& limits, time_point now)
{
    const std::lock_guard lock(mutex_);
    if (failures_.empty())
        return {};
    const auto period = limits.auth_failures_period;
    return std::max(wait_of(key_of_peer(peer), limits.auth_failures_per_peer_max, period, now),
                    wait_of(key_of_authid(authid), limits.auth_failures_per_authid_max, period, now));
}

std::chrono::milliseconds failure_throttle::wait_of(const std::string& key, std::size_t max,
                                                    std::chrono::milliseconds period, time_point now) const
{
    const auto at = index_.find(std::string_view(key));
    if (max == 0 || at == index_.end())
        return {};
    const auto& known = *at->second;
    const auto excess = shrunk(known.count, now - known.counted, max, period) + 1 - static_cast<double>(max);
    if (excess <= 0)
        return {};
    const auto share = static_cast<double>(period.count()) / static_cast<double>(max);
    return std::chrono::milliseconds(static_cast<std::int64_t>(excess * share) + 1);
}

void failure_throttle::add(std::string_view peer, std::string_view authid, const transport_limits& limits,
                           time_point now)
{
    const std::lock_guard lock(mutex_);
    const auto period = limits.auth_failures_period;
    add(key_of_peer(peer), limits.auth_failures_per_peer_max, period, now);
    add(key_of_authid(authid), limits.auth_failures_per_authid_max, period, now);
}

void failure_throttle::add(std::string key, std::size_t max, std::chrono::milliseconds period, time_point now)
{
    if (max == 0 || key.empty())
        return;
    auto known = index_.find(std::string_view(key));
    if (known == index_.end()) {
        if (failures_.size() >= limits::throttled_max) { // Who failed longest ago is forgiven.
            index_.erase(std::string_view(failures_.front().key));
            failures_.pop_front();
        }
        const auto made = failures_.insert(failures_.end(), failures{std::move(key), 0, now});
        known = index_.emplace(made->key, made).first;
    }
    auto& counted = *known->second;
    counted.count = shrunk(counted.count, now - counted.counted, max, period) + 1;
    counted.counted = now;
    failures_.splice(failures_.end(), failures_, known->second);
}

} // namespace junctor
