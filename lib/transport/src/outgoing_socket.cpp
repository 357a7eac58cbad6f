// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "outgoing_socket.hpp"

#include "connected_socket.hpp"
#include "name_lookup.hpp"
#include "socket_address.hpp"

#include <cerrno>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <junctor/base/limits.hpp>

namespace junctor {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using time_point = deadline::clock::time_point;
constexpr auto as_results = asio::as_tuple(asio::deferred);

error_code error_of(int number) noexcept
{
    return {number, boost::system::system_category()};
}

/// The outcome of a connection that was not there at once.
error_code outcome_of(int socket) noexcept
{
    int number = 0;
    socklen_t size = sizeof number;
    if (::getsockopt(socket, SOL_SOCKET, SO_ERROR, &number, &size) != 0)
        return error_of(errno);
    return number == 0 ? error_code() : error_of(number);
}

/// One attempt to reach an endpoint. Whatever it waits for ends by its deadline.
class attempt {
public:
    explicit attempt(shard_services& services)
        : io_{services.io()},
          socket_{io_.get_executor()},
          pause_{io_.get_executor()},
          due_{services.deadlines(), this, &strike},
          lookup_{io_}
    {
    }

    awaitable<error_code> look_up(const remote_tcp& where, time_point until, std::vector<socket_address>& into);
    awaitable<error_code> connect(const socket_address& to, time_point until);

    /// Gives the socket away once it is connected.
    file_descriptor take() { return file_descriptor(socket_.release()); }
    int socket() { return socket_.native_handle(); }

private:
    using timer = asio::basic_waitable_timer<deadline::clock, asio::wait_traits<deadline::clock>, executor>;

    error_code open(int family);
    void start(time_point until) noexcept;
    error_code ended(error_code error) noexcept;
    static void strike(void* self) noexcept { static_cast<attempt*>(self)->give_up(); }
    void give_up() noexcept;

    asio::io_context& io_;
    asio::posix::basic_stream_descriptor<executor> socket_;
    timer pause_;
    deadline due_;
    bool late_{false};
    name_lookup lookup_;
};

void attempt::start(time_point until) noexcept
{
    late_ = false;
    due_.set(until);
}

void attempt::give_up() noexcept
{
    late_ = true;
    error_code ignored;
    socket_.cancel(ignored);
    pause_.cancel();
    lookup_.give_up(asio::error::timed_out);
}

/// What to tell of something that was waited for.
error_code attempt::ended(error_code error) noexcept
{
    due_.clear();
    return late_ && error == asio::error::operation_aborted ? error_code(asio::error::timed_out) : error;
}

awaitable<error_code> attempt::look_up(const remote_tcp& where, time_point until, std::vector<socket_address>& into)
{
    start(until);
    const auto error = co_await lookup_.find(where);
    into = lookup_.addresses();
    co_return ended(error);
}

error_code attempt::open(int family)
{
    error_code error;
    socket_.close(error);
    file_descriptor made(::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made)
        return error_of(errno);
    socket_.assign(made.get(), error);
    if (!error)
        static_cast<void>(made.release());
    return error;
}

awaitable<error_code> attempt::connect(const socket_address& to, time_point until)
{
    const auto unusable = open(to.family());
    if (unusable)
        co_return unusable;
    start(until);
    for (;;) {
        const int number = ::connect(socket(), to.data(), to.size()) == 0 ? 0 : errno;
        if (number == EINPROGRESS || number == EINTR) {
            const auto [failure] = co_await socket_.async_wait(asio::posix::descriptor_base::wait_write, as_results);
            co_return ended(failure ? failure : outcome_of(socket()));
        }
        if (number != EAGAIN || to.family() != AF_UNIX)
            co_return ended(number == 0 ? error_code() : error_of(number));
        // As many wait already as the listener takes; the system does not tell when there is room again.
        pause_.expires_after(limits::connect_pause);
        const auto [cancelled] = co_await pause_.async_wait(as_results);
        if (cancelled)
            co_return ended(cancelled);
        if (late_)
            co_return error_code(asio::error::timed_out);
    }
}

/// When to turn to the next of `left` addresses.
time_point share_of(time_point give_up, std::size_t left)
{
    const auto now = deadline::clock::now();
    return now + (give_up - now) / static_cast<std::ptrdiff_t>(left);
}

awaitable<boost::system::result<connection>> connect_to(const remote_tcp& where, time_point give_up,
                                                        shard_services& services)
{
    attempt connecting(services);
    std::vector<socket_address> addresses;
    auto error = co_await connecting.look_up(where, give_up, addresses);
    if (error)
        co_return error;
    for (std::size_t at = 0; at < addresses.size(); ++at) {
        error = co_await connecting.connect(addresses[at], share_of(give_up, addresses.size() - at));
        if (!error) {
            auto facts = begin_tcp_connection(connecting.socket(), addresses[at]);
            co_return connection(connecting.take(), std::move(facts), connection_ticket(), nullptr);
        }
        if (error == asio::error::operation_aborted)
            break;
    }
    co_return error;
}

awaitable<boost::system::result<connection>> connect_to(const remote_unix& where, time_point give_up,
                                                        shard_services& services)
{
    const auto address = socket_address::of_unix(where.path);
    if (!address)
        co_return error_of(ENAMETOOLONG);
    attempt connecting(services);
    const auto error = co_await connecting.connect(*address, give_up);
    if (error)
        co_return error;
    auto facts = begin_unix_connection(connecting.socket(), "unix:" + where.path);
    co_return connection(connecting.take(), std::move(facts), connection_ticket(), nullptr);
}

} // namespace

awaitable<boost::system::result<connection>> connect_socket(const remote_endpoint& where, time_point give_up,
                                                            shard_services& services)
{
    return std::visit([&](const auto& alternative) { return connect_to(alternative, give_up, services); }, where);
}

awaitable<boost::system::result<connection>> connect_securely(const remote_endpoint& where, time_point give_up,
                                                              shard_services& services)
{
    const auto* const tcp = std::get_if<remote_tcp>(&where);
    std::shared_ptr<const tls_context> tls; // Before anything becomes visible outside.
    if (tcp != nullptr && tcp->tls)
        tls = std::make_shared<const tls_context>(*tcp->tls);
    auto connected = co_await connect_socket(where, give_up, services);
    if (connected)
        connected->tls = std::move(tls);
    co_return connected;
}

} // namespace junctor
