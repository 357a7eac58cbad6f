// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Buffers that are shared by the connections of one thread, so that idle connections hold none.

#include <cstddef>
#include <vector>

#include <junctor/base/bytes.hpp>

namespace junctor {

/// A bounded stack of empty buffers that keep their memory. Used by one thread; must outlive whatever holds a
/// reference.
class buffer_pool {
public:
    /// Keeps up to `buffers_max` buffers of up to `buffer_bytes_max` each and `bytes_max` in all; whatever is more goes
    /// back to the system.
    buffer_pool(std::size_t buffers_max, std::size_t buffer_bytes_max, std::size_t bytes_max = std::size_t(-1));

    /// An empty buffer, with memory if there is one.
    [[nodiscard]] byte_buffer take() noexcept;

    /// Takes `buffer` back and leaves it empty and without memory.
    void give(byte_buffer& buffer) noexcept;

    /// How many buffers wait here.
    [[nodiscard]] std::size_t size() const noexcept { return buffers_.size(); }

private:
    std::size_t buffers_max_;
    std::size_t buffer_bytes_max_;
    std::size_t bytes_max_;
    std::size_t bytes_{0}; ///< The capacity of all buffers here.
    std::vector<byte_buffer> buffers_;
};

} // namespace junctor
