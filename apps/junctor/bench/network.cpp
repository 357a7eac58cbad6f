// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "network.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

constexpr std::size_t block_bytes = std::size_t{64} * 1024;
constexpr std::size_t pooled_buffers_max = 1024;
constexpr std::size_t pooled_buffer_bytes_max = std::size_t{4} * 1024 * 1024;

/// How many connections are served between two looks at the poller.
constexpr std::size_t ready_max = 256;

void control(int epoll, int operation, connection& what, std::uint32_t events)
{
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.ptr = &what;
    if (epoll_ctl(epoll, operation, what.socket(), &wanted) != 0)
        throw system_failure("epoll_ctl", errno);
}

} // namespace

network::network(const options& what)
    : buffers_{pooled_buffers_max, pooled_buffer_bytes_max}, epoll_{epoll_create1(EPOLL_CLOEXEC)}, block_(block_bytes)
{
    if (epoll_.get() < 0)
        throw system_failure("epoll_create1", errno);
    for (const auto& url : what.urls) {
        targets_.push_back(resolve(url));
        if (targets_.back().tls && !tls_)
            tls_.emplace(what.insecure);
    }
    if (what.deflate)
        inflaters_.emplace();
    raise_open_files_limit();
}

connection& network::connect(serializer format)
{
    auto& made = *connections_.emplace_back(make(connections_.size(), format));
    touch(made);
    return made;
}

connection& network::reconnect(connection& old)
{
    auto& place = connections_[old.number()];
    std::erase(touched_, &old);
    // Without a farewell of TCP the local port is free at once; otherwise the ports would run out within seconds.
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    setsockopt(old.socket(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    place = make(old.number(), old.format());
    touch(*place);
    return *place;
}

std::unique_ptr<connection> network::make(std::size_t number, serializer format)
{
    const auto& target = targets_[number % targets_.size()];
    auto socket = connect_to(target);
    auto stream = target.tls ? byte_stream(std::move(socket), *tls_, target.host) : byte_stream(std::move(socket));
    auto made = std::make_unique<connection>(number, std::move(stream), target, format, buffers_,
                                             inflaters_ ? &*inflaters_ : nullptr);
    control(epoll_.get(), EPOLL_CTL_ADD, *made, EPOLLIN);
    return made;
}

void network::touch(connection& what)
{
    if (!std::exchange(what.touched, true))
        touched_.push_back(&what);
}

bool network::turn(traffic& what)
{
    flush();
    std::array<epoll_event, ready_max> ready{};
    const auto bound = std::chrono::milliseconds(patience).count();
    const auto count = epoll_wait(epoll_.get(), ready.data(), ready_max, static_cast<int>(bound));
    if (count < 0 && errno != EINTR)
        throw system_failure("epoll_wait", errno);
    for (int index = 0; index < count; ++index) {
        const auto& one = ready[static_cast<std::size_t>(index)];
        serve(what, *static_cast<connection*>(one.data.ptr), one.events);
    }
    return count != 0;
}

nanoseconds network::look_at_clock() noexcept
{
    timespec time{};
    clock_gettime(CLOCK_MONOTONIC, &time);
    now_ = static_cast<nanoseconds>(time.tv_sec) * 1'000'000'000 + static_cast<nanoseconds>(time.tv_nsec);
    return now_;
}

void network::flush()
{
    for (auto* const one : touched_) {
        one->touched = false;
        flush(*one);
    }
    touched_.clear();
}

void network::flush(connection& what)
{
    what.flush();
    const bool waits = what.waits_for_room();
    if (waits == what.awaits_writable)
        return;
    what.awaits_writable = waits;
    control(epoll_.get(), EPOLL_CTL_MOD, what, waits ? EPOLLIN | EPOLLOUT : EPOLLIN);
}

void network::serve(traffic& what, connection& ready, std::uint32_t events)
{
    look_at_clock();
    if ((events & EPOLLOUT) != 0)
        flush(ready);
    if ((events & ~std::uint32_t{EPOLLOUT}) != 0 && !ready.read(what, block_)) {
        control(epoll_.get(), EPOLL_CTL_DEL, ready, 0);
        what.on_end(ready);
    } else if (ready.pending() && !ready.awaits_writable)
        touch(ready); // A PONG, or what had to wait for the handshake of TLS.
}

} // namespace junctor::bench
