// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listener.hpp>

#include "connected_socket.hpp"
#include "listening_socket.hpp"
#include "socket_address.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <chrono>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <netinet/tcp.h>

namespace junctor {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;
using timer_clock = std::chrono::steady_clock;
constexpr auto as_results = asio::as_tuple(asio::deferred);

/// The connection at the head of the queue failed on its own, or was gone already: the next one may be fine.
bool concerns_one_connection(int error)
{
    constexpr std::array passing{EAGAIN,    EINTR,  ECONNABORTED, EPROTO,     ENETDOWN,   ENOPROTOOPT,
                                 EHOSTDOWN, ENONET, EHOSTUNREACH, EOPNOTSUPP, ENETUNREACH};
    return std::find(passing.begin(), passing.end(), error) != passing.end();
}

listening_socket open_socket(const endpoint& where)
{
    return std::visit([](const auto& alternative) { return listen_on(alternative); }, where);
}

} // namespace

class listener::state {
public:
    state(asio::io_context& io, const endpoint& where, const transport_limits& limits, accept_trouble on_trouble)
        : bound_{prepare(where)},
          descriptor_{io.get_executor()},
          pause_{io.get_executor()},
          connections_max_{limits.connections_max},
          counter_{limits.connections_max},
          on_trouble_{std::move(on_trouble)}
    {
        descriptor_.assign(bound_.descriptor.get());
        static_cast<void>(bound_.descriptor.release());
    }

    ~state() { close(); }

    const listening_socket& bound() const noexcept { return bound_; }
    const connection_counter& counter() const noexcept { return counter_; }

    awaitable<boost::system::result<connection>> accept()
    {
        bool pausing = false;
        while (descriptor_.is_open()) {
            if (pausing) {
                pause_.expires_after(limits::accept_pause);
                static_cast<void>(co_await pause_.async_wait(as_results));
                pausing = false;
                continue;
            }
            const auto [failure] = co_await descriptor_.async_wait(asio::posix::descriptor_base::wait_read, as_results);
            if (failure)
                break;
            error_code trouble;
            auto accepted = take_one(trouble);
            if (accepted)
                co_return std::move(*accepted);
            pausing = trouble.failed();
        }
        co_return error_code(asio::error::operation_aborted);
    }

    void secure(std::shared_ptr<const tls_context> security) noexcept
    {
        assert(tls_ != nullptr && security != nullptr);
        tls_ = std::move(security);
    }

    void close() noexcept
    {
        error_code ignored;
        pause_.cancel();
        descriptor_.close(ignored);
        bound_.file.remove();
    }

private:
    /// Checks the settings before anything becomes visible outside: files of TLS before the port is bound.
    listening_socket prepare(const endpoint& where)
    {
        if (const auto* const tcp = std::get_if<tcp_endpoint>(&where)) {
            user_timeout_ = tcp->user_timeout;
            if (tcp->tls)
                tls_ = std::make_shared<const tls_context>(*tcp->tls);
        }
        return open_socket(where);
    }

    /// Accepts the connection at the head of the queue. Nothing if there is none to be had; `trouble` if it does not
    /// help to try again at once.
    std::optional<connection> take_one(error_code& trouble)
    {
        socket_address peer;
        file_descriptor accepted(
            ::accept4(descriptor_.native_handle(), peer.data(), peer.size_to_fill(), SOCK_CLOEXEC));
        if (!accepted) {
            if (!concerns_one_connection(errno))
                report(trouble, error_code(errno, boost::system::system_category()));
            return std::nullopt;
        }
        auto ticket = counter_.enter();
        if (counter_.count() > connections_max_ + limits::refusals_pending_max)
            return std::nullopt; // Too many wait to be told already.

        auto facts = describe(accepted.get(), peer);
        return connection(std::move(accepted), std::move(facts), std::move(ticket), tls_);
    }

    transport_facts describe(int descriptor, const socket_address& peer) const
    {
        if (bound_.family == AF_UNIX)
            return begin_unix_connection(descriptor, bound_.address);
        const auto timeout = static_cast<unsigned>(user_timeout_.count());
        if (timeout != 0)
            static_cast<void>(::setsockopt(descriptor, IPPROTO_TCP, TCP_USER_TIMEOUT, &timeout, sizeof timeout));
        return begin_tcp_connection(descriptor, peer);
    }

    void report(error_code& trouble, error_code cause) const
    {
        trouble = cause;
        if (on_trouble_)
            on_trouble_(cause);
    }

    std::shared_ptr<const tls_context> tls_;
    std::chrono::milliseconds user_timeout_{0};
    listening_socket bound_;
    asio::posix::basic_stream_descriptor<executor> descriptor_;
    asio::basic_waitable_timer<timer_clock, asio::wait_traits<timer_clock>, executor> pause_;
    std::size_t connections_max_;
    connection_counter counter_;
    accept_trouble on_trouble_;
};

listener::listener(asio::io_context& io, const endpoint& where, const transport_limits& limits,
                   accept_trouble on_trouble)
    : state_{std::make_unique<state>(io, where, limits, std::move(on_trouble))}
{
}

listener::~listener() = default;

awaitable<boost::system::result<connection>> listener::accept()
{
    return state_->accept();
}

const std::string& listener::local_address() const noexcept
{
    return state_->bound().address;
}

std::uint16_t listener::port() const noexcept
{
    return state_->bound().port;
}

std::size_t listener::connections() const noexcept
{
    return state_->counter().count();
}

void listener::secure(std::shared_ptr<const tls_context> security) noexcept
{
    state_->secure(std::move(security));
}

void listener::close() noexcept
{
    state_->close();
}

} // namespace junctor
