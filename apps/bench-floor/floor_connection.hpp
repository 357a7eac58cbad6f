// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One connection of the floor, and those that it is grouped with.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string_view>
#include <vector>

#include "bench/address.hpp"

namespace junctor::bench {

/// A connection to the floor: the bytes that have come and are not forwarded yet, and those that wait to be written.
class floor_connection {
public:
    explicit floor_connection(file_descriptor socket) : socket_{std::move(socket)} {}

    /// Where the connection stands.
    enum class stage : std::uint8_t { handshake, role, forwarding };

    /// Reads once. Returns false if there is no more to come.
    [[nodiscard]] bool read();

    /// What has come and was not used up yet.
    [[nodiscard]] const std::byte* input() const noexcept { return input_.data(); }
    [[nodiscard]] std::size_t input_size() const noexcept { return input_size_; }

    /// The size of the first frame, or 0 if it is not whole.
    [[nodiscard]] std::size_t first_frame() const noexcept;

    /// The size of all frames that are whole.
    [[nodiscard]] std::size_t whole_frames() const noexcept;

    /// Forgets the first `size` bytes of the input.
    void use_up(std::size_t size) noexcept;

    /// Writes, and keeps what the socket does not take at once. Returns false if the connection is broken or far too
    /// much waits.
    [[nodiscard]] bool send(const std::byte* data, std::size_t size);

    /// Writes what waits. Returns false if the connection is broken.
    [[nodiscard]] bool send_waiting();

    [[nodiscard]] bool waits() const noexcept { return !waiting_.empty(); }
    [[nodiscard]] int socket() const noexcept { return socket_.get(); }

    stage now{stage::handshake};
    bool watched_for_room{false};           ///< The poller tells when more can be written.
    bool closing{false};                    ///< It ends with this turn.
    std::vector<floor_connection*> targets; ///< Where its frames go to.

private:
    file_descriptor socket_;
    std::vector<std::byte> input_ = std::vector<std::byte>(std::size_t{64} * 1024); ///< Grows for larger frames.
    std::size_t input_size_{0};
    std::vector<std::byte> waiting_; ///< What the socket did not take.
    std::size_t waiting_sent_{0};
};

/// Who belongs together: by kind of role and number, such as "C 3" and "E 3".
class floor_groups {
public:
    /// Gives `who` the role of that text. Returns false if there is no such role.
    [[nodiscard]] bool join(floor_connection& who, std::string_view role);

    /// Takes `who` out of all targets.
    void leave(floor_connection& who);

private:
    using members = std::vector<floor_connection*>;

    std::map<std::string, members, std::less<>> members_; ///< By role.
};

} // namespace junctor::bench
