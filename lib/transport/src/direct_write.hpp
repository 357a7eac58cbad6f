// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Writing to a socket at once or not at all.

#include <cstddef>
#include <cstdint>

#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/frame_queue.hpp>

namespace junctor {

/// How far a write got.
enum class write_status : std::uint8_t {
    drained, ///< Everything is written.
    blocked, ///< The peer takes no more for now.
    failed,  ///< The connection cannot be written to any more.
};

/// Hands bytes to the system with one call that does not wait, and returns how many it took: none if the socket is
/// full. `error` is set if it cannot be written to any more, and left alone otherwise.
[[nodiscard]] std::size_t write_directly(int descriptor, byte_view bytes, boost::system::error_code& error) noexcept;
[[nodiscard]] std::size_t write_directly(int descriptor, const frame_queue::segments& pieces,
                                         boost::system::error_code& error) noexcept;

/// Hands what stands in `queue` to the system, as long as it takes all that it is offered, and not much more than
/// `limits::written_at_once_max`. Adds what was taken to `bytes_written`.
[[nodiscard]] write_status write_directly(int descriptor, frame_queue& queue, buffer_pool& buffers,
                                          std::uint64_t& bytes_written, boost::system::error_code& error) noexcept;

} // namespace junctor
