// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "floor_server.hpp"

#include <array>
#include <cerrno>
#include <utility>

#include <sys/epoll.h>
#include <sys/socket.h>

#include "bench/failure.hpp"

namespace junctor::bench {
namespace {

constexpr std::size_t handshake_bytes = 4;
constexpr std::size_t header_bytes = 4;
constexpr std::size_t ready_max = 256;

/// The length nibble of the largest messages that there are, for the high bits of the second octet of a handshake.
constexpr std::byte largest_messages{0xF0};

void control(int epoll, int operation, int socket, std::uint32_t events)
{
    epoll_event wanted{};
    wanted.events = events;
    wanted.data.fd = socket;
    if (epoll_ctl(epoll, operation, socket, &wanted) != 0)
        throw system_failure("epoll_ctl", errno);
}

} // namespace

floor_server::floor_server(const std::vector<std::string>& urls) : epoll_{epoll_create1(EPOLL_CLOEXEC)}
{
    raise_open_files_limit();
    for (const auto& url : urls) {
        const auto local = resolve(url);
        if (local.websocket || local.tls)
            throw bad_options(url + ": the floor speaks plain RawSocket only");
        listeners_.push_back(listen_on(local));
        control(epoll_.get(), EPOLL_CTL_ADD, listeners_.back().get(), EPOLLIN);
    }
}

std::vector<std::string> floor_server::urls() const
{
    std::vector<std::string> all;
    for (const auto& listener : listeners_)
        all.push_back(url_of(listener.get()));
    return all;
}

void floor_server::run()
{
    std::array<epoll_event, ready_max> ready{};
    for (;;) {
        const auto count = epoll_wait(epoll_.get(), ready.data(), ready_max, -1);
        for (int index = 0; index < count; ++index) {
            const auto& one = ready[static_cast<std::size_t>(index)];
            const auto socket = static_cast<std::size_t>(one.data.fd);
            if (socket < connections_.size() && connections_[socket])
                serve(*connections_[socket], one.events);
            else
                accept_all(one.data.fd);
        }
        if (!closing_.empty())
            sweep();
    }
}

void floor_server::accept_all(int listener)
{
    for (;;) {
        file_descriptor accepted(accept4(listener, nullptr, nullptr, SOCK_CLOEXEC));
        const auto socket = accepted.get();
        if (socket < 0)
            return;
        make_prompt(socket);
        if (connections_.size() <= static_cast<std::size_t>(socket))
            connections_.resize(static_cast<std::size_t>(socket) + 1);
        connections_[static_cast<std::size_t>(socket)] = std::make_unique<floor_connection>(std::move(accepted));
        control(epoll_.get(), EPOLL_CTL_ADD, socket, EPOLLIN);
    }
}

void floor_server::serve(floor_connection& at, std::uint32_t events)
{
    if ((events & EPOLLOUT) != 0) {
        if (!at.send_waiting())
            return close(at);
        if (!at.waits() && std::exchange(at.watched_for_room, false))
            control(epoll_.get(), EPOLL_CTL_MOD, at.socket(), EPOLLIN);
    }
    if ((events & ~std::uint32_t{EPOLLOUT}) == 0)
        return;
    if (at.read())
        take(at);
    else
        close(at);
}

void floor_server::take(floor_connection& from)
{
    if (from.now == floor_connection::stage::handshake)
        take_handshake(from);
    if (from.now == floor_connection::stage::role)
        take_role(from);
    if (from.now == floor_connection::stage::forwarding)
        forward(from);
}

void floor_server::take_handshake(floor_connection& from)
{
    if (from.input_size() < handshake_bytes)
        return;
    const std::array reply{from.input()[0], (from.input()[1] & ~largest_messages) | largest_messages, std::byte{},
                           std::byte{}};
    from.use_up(handshake_bytes);
    from.now = floor_connection::stage::role;
    send(from, reply.data(), reply.size());
}

void floor_server::take_role(floor_connection& from)
{
    const auto size = from.first_frame();
    if (size == 0)
        return;
    const std::string_view role(reinterpret_cast<const char*>(from.input()) + header_bytes, size - header_bytes);
    if (!groups_.join(from, role))
        return close(from);
    send(from, from.input(), size);
    from.use_up(size);
    from.now = floor_connection::stage::forwarding;
}

void floor_server::forward(floor_connection& from)
{
    const auto size = from.whole_frames();
    if (size == 0)
        return;
    for (auto* const to : from.targets)
        send(*to, from.input(), size);
    from.use_up(size);
}

void floor_server::send(floor_connection& to, const std::byte* data, std::size_t size)
{
    if (to.closing)
        return;
    if (!to.send(data, size))
        return close(to);
    if (to.waits() && !std::exchange(to.watched_for_room, true))
        control(epoll_.get(), EPOLL_CTL_MOD, to.socket(), EPOLLIN | EPOLLOUT);
}

void floor_server::close(floor_connection& at)
{
    if (!std::exchange(at.closing, true))
        closing_.push_back(at.socket());
}

void floor_server::sweep()
{
    for (const auto socket : closing_) {
        auto& place = connections_[static_cast<std::size_t>(socket)];
        groups_.leave(*place);
        place.reset();
    }
    closing_.clear();
}

} // namespace junctor::bench
