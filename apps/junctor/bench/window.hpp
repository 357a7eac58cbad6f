// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The messages of one sender that are under way.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "network.hpp"

namespace junctor::bench {

/// Remembers for each message under way when it was sent and how many arrivals end it. Messages are numbered from 1 on;
/// up to `depth` are under way.
class window {
public:
    explicit window(std::size_t depth) : depth_{depth}, places_(std::bit_ceil(depth)) {}

    /// Whether one more may be sent.
    [[nodiscard]] bool open() const noexcept { return under_way_ < depth_ && place_of(next_).arrivals_due == 0; }

    /// Notes that the next message is sent, and returns its number.
    std::uint64_t send(nanoseconds now, std::size_t arrivals_due) noexcept
    {
        place_of(next_) = {next_, now, arrivals_due};
        ++under_way_;
        return next_++;
    }

    /// Whether message `number` is under way.
    [[nodiscard]] bool holds(std::uint64_t number) const noexcept
    {
        const auto& place = place_of(number);
        return place.number == number && place.arrivals_due != 0;
    }

    /// When message `number`, which is under way, was sent.
    [[nodiscard]] nanoseconds sent_at(std::uint64_t number) const noexcept { return place_of(number).sent_at; }

    /// Notes one arrival of message `number`, which is under way. Returns whether that was the last.
    bool arrive(std::uint64_t number) noexcept
    {
        if (--place_of(number).arrivals_due != 0)
            return false;
        --under_way_;
        return true;
    }

    [[nodiscard]] std::size_t under_way() const noexcept { return under_way_; }

private:
    struct place {
        std::uint64_t number{0};
        nanoseconds sent_at{0};
        std::size_t arrivals_due{0};
    };

    [[nodiscard]] place& place_of(std::uint64_t number) noexcept { return places_[number & (places_.size() - 1)]; }
    [[nodiscard]] const place& place_of(std::uint64_t number) const noexcept
    {
        return places_[number & (places_.size() - 1)];
    }

    std::size_t depth_;
    std::vector<place> places_; ///< A power of two of them, so that a number finds its place.
    std::uint64_t next_{1};
    std::size_t under_way_{0};
};

} // namespace junctor::bench
