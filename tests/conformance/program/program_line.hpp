// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A client's connection to the program: RawSocket over TCP, TLS or a Unix domain socket, octet by octet.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "program_stage.hpp"
#include "unit/transport/socket_client.hpp"
#include "unit/transport/tls_client.hpp"

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
    struct frame {
        unsigned type{};
        std::string payload;
    };

    void write(const std::string& octets);
    void write_value_frame(const value& message);
    [[nodiscard]] std::string read_some();
    [[nodiscard]] bool fill(std::size_t count);
    [[nodiscard]] std::optional<frame> read_frame();
    [[nodiscard]] value decoded(const std::string& message) const;
    void ping();

    program_stage& where_;
    serializer format_;
    std::optional<std::variant<socket_client, tls_client>> socket_; ///< None once it has been hung up.
    std::string unparsed_;
    std::deque<std::string> messages_; ///< That have come and were not taken.
    bool ended_{false};                ///< Nothing comes any more.
    std::uint64_t pings_{0};
    std::size_t events_before_;    ///< What the program has logged before the connection.
    std::optional<value> session_; ///< Its number.
};

} // namespace junctor::test
