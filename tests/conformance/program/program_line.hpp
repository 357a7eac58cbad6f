// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A client's session with the program.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "framed_socket.hpp"
#include "program_stage.hpp"

namespace junctor::test {

/// One session. What comes is read when it is asked for; whatever takes longer than ten seconds throws.
class program_line final : public line {
public:
    /// Connects by this entrance, and shakes hands.
    program_line(program_stage& where, entrance by, serializer format, std::size_t message_bytes_max);
    ~program_line() override;

    /// Says HELLO and shows the ticket. What is answered is the first message to take.
    void say_hello(const std::string& authid, const role_features& announced);

    [[nodiscard]] serializer format() const noexcept override { return format_; }
    void send(byte_view bytes) override;
    [[nodiscard]] std::optional<std::string> take() override;
    [[nodiscard]] bool has_message() override;
    void hang_up() override;
    [[nodiscard]] bool is_open() override;
    [[nodiscard]] std::string ended_because() override;

    /// Lets all that was sent take effect, and all that was queued for this client arrive.
    void settle();

private:
    void write_value_frame(const value& message);
    [[nodiscard]] std::optional<frame> read_frame();
    [[nodiscard]] value decoded(const std::string& message) const;
    void ping();

    program_stage& where_;
    serializer format_;
    framed_socket socket_;
    std::deque<std::string> messages_; ///< That have come and were not taken.
    std::uint64_t pings_{0};
    std::size_t events_before_;    ///< What the program has logged before the connection.
    std::optional<value> session_; ///< Its number.
};

} // namespace junctor::test
