// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Requests that are signed with a shared secret, as Crossbar.io's HTTP bridge has them.

#include <array>
#include <chrono>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>

#include <junctor/auth/secret.hpp>
#include <junctor/transport/http_message.hpp>

namespace junctor {

/// Why a request is not done, and the status that says so.
struct bridge_refusal {
    unsigned status{};
    std::string text;
};

/// The point in time that `text` names, such as "2011-10-14T16:59:51.123Z"; nothing if it is none. ISO 8601, in UTC.
[[nodiscard]] std::optional<std::chrono::system_clock::time_point> read_timestamp(std::string_view text);

/// Checks signatures. The URL of a request has the parameters `key`, `timestamp`, `seq`, `nonce` and `signature`, the
/// last of which is HMAC-SHA-256 of the other four and the body, one behind the other, in base64 of either alphabet.
/// May be used by any thread.
class signed_requests {
public:
    using clock = std::chrono::system_clock;

    /// A timestamp may differ from the present by up to `delta_max`; zero: by anything.
    signed_requests(std::string key, secret shared, std::chrono::seconds delta_max)
        : key_{std::move(key)}, secret_{std::move(shared)}, delta_max_{delta_max}
    {
    }

    /// Nothing if `request`, which has come at `now`, is signed and was not seen before; otherwise what is wrong. A
    /// request can be repeated only after as many others as `remembered_max` within the time that it is valid.
    [[nodiscard]] std::optional<bridge_refusal> check(const http_request& request, clock::time_point now);

    /// Signatures that are remembered: each takes about 150 bytes, and only who has the secret can make one.
    static constexpr std::size_t remembered_max = 10'000;

private:
    using signature = std::array<std::byte, 32>;

    [[nodiscard]] bool is_new(const signature& seen, clock::time_point now);

    std::string key_;
    secret secret_;
    std::chrono::seconds delta_max_;
    std::mutex mutex_; ///< Guards the rest.
    std::set<signature> seen_;
    std::deque<std::pair<clock::time_point, signature>> forgotten_at_; ///< In the order of time.
};

} // namespace junctor
