// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Masks for the frames of a WebSocket client.

#include <array>
#include <cstddef>
#include <span>

#include <junctor/framing/websocket.hpp>

namespace junctor {

/// Makes masks that nobody can foretell, many at a time. Spec: RFC 6455, sections 5.3 and 10.3.
class mask_source {
public:
    /// Throws `std::runtime_error` if there is no randomness to be had.
    [[nodiscard]] websocket_mask next();

private:
    static constexpr std::size_t masks_at_once = 64;

    std::array<websocket_mask, masks_at_once> masks_{};
    std::size_t used_{masks_at_once};
};

/// So many octets by chance. Throws `std::runtime_error` if there is no randomness to be had.
void fill_randomly(std::span<std::byte> octets);

} // namespace junctor
