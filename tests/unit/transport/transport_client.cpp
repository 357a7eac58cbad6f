// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "transport_client.hpp"

#include <cerrno>
#include <cstddef>
#include <exception>
#include <system_error>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace junctor::test {

using namespace std::chrono_literals;

scripted_router::scripted_router(int backlog) : descriptor_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const at = reinterpret_cast<sockaddr*>(&address);
    if (::bind(descriptor_, at, size) != 0 || ::listen(descriptor_, backlog) != 0 ||
        ::getsockname(descriptor_, at, &size) != 0)
        throw std::system_error(errno, std::generic_category(), "scripted router");
    port_ = ntohs(address.sin_port);
}

scripted_router::scripted_router(const std::string& name, int backlog)
    : descriptor_{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)}
{
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name.copy(address.sun_path, sizeof address.sun_path);
    address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::bind(descriptor_, reinterpret_cast<const sockaddr*>(&address), size) != 0 ||
        ::listen(descriptor_, backlog) != 0)
        throw std::system_error(errno, std::generic_category(), "scripted router");
}

scripted_router::~scripted_router()
{
    ::close(descriptor_);
}

socket_client scripted_router::accept() const
{
    pollfd waiting{descriptor_, POLLIN, 0};
    if (::poll(&waiting, 1, 10'000) != 1)
        throw std::runtime_error("nobody has connected within ten seconds");
    return socket_client::accepted(::accept4(descriptor_, nullptr, nullptr, SOCK_CLOEXEC));
}

transport_client::transport_client(rawsocket_connector to) : to_{std::move(to)}
{
    const auto ignore = [](const std::exception_ptr&) {};
    boost::asio::co_spawn(io_.get_executor(), run(), boost::asio::bind_cancellation_slot(cancellation_.slot(), ignore));
    thread_ = std::thread([this] { io_.run(); });
}

transport_client::~transport_client()
{
    boost::asio::post(io_, [this] {
        if (open_ != nullptr)
            open_->abort(close_reason::killed);
        else
            cancellation_.emit(boost::asio::cancellation_type::terminal);
    });
    thread_.join();
}

void transport_client::cancel()
{
    boost::asio::post(io_, [this] { cancellation_.emit(boost::asio::cancellation_type::terminal); });
}

void transport_client::send(std::string message)
{
    boost::asio::post(io_, [this, message = std::move(message)] {
        if (open_ == nullptr)
            return;
        static_cast<void>(open_->send_encoded(as_bytes(message)));
        services_.flush();
    });
}

delivery transport_client::try_to_send(std::size_t octets)
{
    boost::asio::post(io_, [this, octets] {
        const std::string message(octets, 'x');
        deliveries_.put(open_ != nullptr ? open_->send_encoded(as_bytes(message)) : delivery::refused);
        services_.flush();
    });
    return deliveries_.take();
}

void transport_client::close()
{
    boost::asio::post(io_, [this] {
        closing_ = true;
        if (open_ != nullptr)
            open_->wake();
    });
}

awaitable<void> transport_client::run()
{
    connect_outcome outcome;
    std::unique_ptr<channel> opened;
    try {
        auto connected = co_await connect_rawsocket_channel(to_, services_);
        if (connected)
            opened = std::move(*connected);
        else
            outcome.error = connected.error();
    } catch (const std::exception& failure) {
        outcome.text = failure.what();
    }
    outcome.opened = opened != nullptr;
    if (opened)
        outcome.facts = opened->facts();
    else if (outcome.error)
        outcome.text = describe_failure(to_, outcome.error);
    open_ = opened.get();
    outcomes_.put(outcome);
    if (opened)
        co_await converse(*opened);
}

awaitable<void> transport_client::converse(channel& open)
{
    auto reason = close_reason::none;
    while (!closing_) {
        const auto batch = co_await open.read_batch();
        for (const auto message : batch.messages())
            messages_.put(std::string(as_text(message)));
        if (!batch.open()) {
            reason = batch.reason();
            break;
        }
    }
    const auto until = channel::clock::now() + 10s;
    if (closing_)
        co_await open.close(until);
    open_ = nullptr;
    ends_.put(reason);
}

} // namespace junctor::test
