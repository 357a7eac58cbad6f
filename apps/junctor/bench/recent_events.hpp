// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The events of a topic that were decoded lately.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <junctor/base/bytes.hpp>

#include "numbered_argument.hpp"

namespace junctor::bench {

/// All subscribers of a topic get the same bytes, usually in the same order: what one of them got and decoded need only
/// be compared for the others.
class recent_events {
public:
    /// Remembers at least `count` events; none if that is 0.
    explicit recent_events(std::size_t count) : places_(count == 0 ? 0 : std::bit_ceil(count)) {}

    /// The number in `message`, which is event `position` of its subscriber: remembered, or else what `decode` says.
    template <class Decode>
    [[nodiscard]] message_number number_of(std::uint64_t position, byte_view message, Decode decode)
    {
        if (places_.empty())
            return decode(message);
        auto& place = places_[position & (places_.size() - 1)];
        if (as_text(place.message.view()) != as_text(message)) {
            place.number = decode(message);
            place.message.clear();
            place.message.append(message);
        }
        return place.number;
    }

private:
    struct event {
        byte_buffer message;
        message_number number;
    };

    std::vector<event> places_; ///< A power of two of them, so that a position finds its place.
};

} // namespace junctor::bench
