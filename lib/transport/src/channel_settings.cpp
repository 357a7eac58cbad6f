// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/channel_settings.hpp>

#include <stdexcept>

#include <junctor/framing/rawsocket.hpp>

namespace junctor {

void channel_settings::set_max_message_size(std::size_t bytes)
{
    if (bytes == 0)
        throw std::invalid_argument("max_message_size must be at least 1");
    max_message_size = bytes;
}

void channel_settings::set_keep_alive(keep_alive when, std::chrono::milliseconds interval)
{
    if (when != keep_alive::off && interval <= std::chrono::milliseconds::zero())
        throw std::invalid_argument("keep-alive PING needs a positive interval");
    keep_alive_mode = when;
    keep_alive_interval = interval;
}

std::size_t channel_settings::announced_message_size() const noexcept
{
    return message_bytes_of_nibble(nibble_of_message_bytes(max_message_size));
}

} // namespace junctor
