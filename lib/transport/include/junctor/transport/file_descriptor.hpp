// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Ownership of a file descriptor.

#include <utility>

namespace junctor {

/// A file descriptor that is closed with its owner.
class file_descriptor {
public:
    file_descriptor() noexcept = default;
    explicit file_descriptor(int number) noexcept : number_{number} {}
    file_descriptor(file_descriptor&& other) noexcept : number_{other.release()} {}
    file_descriptor& operator=(file_descriptor&& other) noexcept;
    ~file_descriptor();

    [[nodiscard]] int get() const noexcept { return number_; }

    /// Gives the ownership up.
    [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
    explicit operator bool() const noexcept { return number_ >= 0; }

private:
    int number_{-1};
};

} // namespace junctor
