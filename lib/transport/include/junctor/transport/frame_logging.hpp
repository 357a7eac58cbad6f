// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The log of frames that `debug` turns on.

#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/log.hpp>
#include <junctor/transport/channel.hpp>

namespace junctor {

/// A frame log that writes to `log` at `log_level::debug`: direction, frame type, length, message type, and the
/// beginning of the message; and how long the answer to a PING has taken (`rtt_us`). Of CHALLENGE, AUTHENTICATE and
/// HELLO only the type is shown, for they may carry secrets. `log` must outlive it.
[[nodiscard]] frame_log frame_logger(log_sink& log, const transport_facts& facts);

} // namespace junctor
