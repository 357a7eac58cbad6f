// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "standard_input.hpp"

#include <array>
#include <cerrno>
#include <system_error>

#include <boost/asio/deferred.hpp>
#include <sys/epoll.h>
#include <unistd.h>

#include "outcome.hpp"

namespace junctor::cli {
namespace {

/// No frame of RawSocket is larger.
constexpr std::size_t line_bytes_max = std::size_t{16} * 1024 * 1024;

constexpr std::size_t read_bytes = std::size_t{64} * 1024;

[[noreturn]] void fail()
{
    throw std::system_error(errno, std::generic_category(), "standard input cannot be read");
}

int open_set()
{
    const int set = epoll_create1(EPOLL_CLOEXEC);
    if (set < 0)
        fail();
    return set;
}

} // namespace

// Asio makes what it waits for non-blocking. That would be so for whoever shares this terminal as well, even after the
// end of this process. So Asio waits for a set of epoll, and what is in there stays as it is.
standard_input::standard_input(boost::asio::io_context& io) : ready_{io, open_set()}
{
    epoll_event wanted{};
    wanted.events = EPOLLIN;
    if (epoll_ctl(ready_.native_handle(), EPOLL_CTL_ADD, STDIN_FILENO, &wanted) == 0)
        return;
    if (errno != EPERM)
        fail();
    always_ready_ = true;
}

awaitable<std::optional<std::string>> standard_input::next_line()
{
    for (;;) {
        auto line = take_line();
        if (line || ended_)
            co_return line;
        if (!always_ready_) {
            auto waiting = ready_.async_wait(decltype(ready_)::wait_read, boost::asio::deferred);
            co_await std::move(waiting);
        }
        read_more();
    }
}

std::optional<std::string> standard_input::take_line()
{
    const auto end = read_.find('\n', searched_);
    if (end == std::string::npos && (!ended_ || read_.empty())) {
        searched_ = read_.size();
        if (searched_ > line_bytes_max)
            throw bad_usage("a line of standard input is longer than any message can be");
        return std::nullopt;
    }
    auto line = read_.substr(0, end);
    read_.erase(0, end == std::string::npos ? end : end + 1);
    searched_ = 0;
    return line;
}

void standard_input::read_more()
{
    std::array<char, read_bytes> octets; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by read.
    const auto count = read(STDIN_FILENO, octets.data(), octets.size());
    if (count < 0 && errno != EINTR && errno != EAGAIN)
        fail();
    if (count > 0)
        read_.append(octets.data(), static_cast<std::size_t>(count));
    ended_ = count == 0;
}

} // namespace junctor::cli
