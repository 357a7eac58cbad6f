// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Lines of standard input, without keeping anything else from running.

#include <optional>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <junctor/auth/awaitable.hpp>

namespace junctor::cli {

/// Standard input while a coroutine reads lines from it. Used on the thread of the io_context.
class standard_input {
public:
    /// Throws `std::system_error` if the system has no room for it.
    explicit standard_input(boost::asio::io_context& io);

    /// Completes with the next line, without its end, or with nothing at the end of the input; a last line needs no
    /// end. Throws `std::system_error` if it cannot be read, and `bad_usage` for a line that no message can carry. The
    /// object must outlive the coroutine.
    [[nodiscard]] awaitable<std::optional<std::string>> next_line();

private:
    [[nodiscard]] std::optional<std::string> take_line();
    void read_more();

    boost::asio::posix::basic_stream_descriptor<executor> ready_; ///< A set of epoll, which has standard input in it.
    bool always_ready_{false};                                    ///< It is a file.
    bool ended_{false};
    std::string read_;
    std::size_t searched_{0}; ///< So much of it has no end of a line.
};

} // namespace junctor::cli
