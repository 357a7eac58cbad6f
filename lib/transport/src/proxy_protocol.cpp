// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/proxy_protocol.hpp>

#include <cerrno>
#include <optional>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>

#include <sys/socket.h>

#include <junctor/framing/proxy_header.hpp>

namespace junctor {

namespace {

namespace asio = boost::asio;
using boost::system::error_code;

/// Reads one header from a socket. The system keeps what has come until all of the header is there, so that exactly
/// that is taken.
class header_reader final : private socket_user {
public:
    header_reader(int socket, shard_services& services)
        : socket_{socket}, services_{services}, give_up_{services.deadlines(), this, &strike}
    {
    }
    header_reader(const header_reader&) = delete;
    header_reader& operator=(const header_reader&) = delete;
    ~header_reader() { services_.poller().remove(socket_, *this); }

    /// Completes when the header is there, or with why there is none.
    awaitable<error_code> read(std::chrono::steady_clock::time_point give_up);

    [[nodiscard]] proxy_header& header() noexcept { return *header_; }

private:
    using done = asio::any_completion_handler<void()>;

    /// To be awaited: completes when there may be more, or nothing any more.
    auto news()
    {
        return asio::async_initiate<const asio::deferred_t, void()>(
            [this](auto handler) { wait(done(std::move(handler))); }, asio::deferred);
    }

    void wait(done handler);
    void end(error_code reason) noexcept;
    error_code look();
    void on_ready(socket_readiness news) noexcept override;
    void on_shutdown() noexcept override;
    static void strike(void* self) noexcept;

    int socket_;
    shard_services& services_;
    deadline give_up_;
    done done_;
    std::optional<proxy_header> header_;
    bool input_ended_{false};
    error_code over_; ///< The deadline has passed, or nobody waits any more.
};

awaitable<error_code> header_reader::read(std::chrono::steady_clock::time_point give_up)
{
    if (const auto failure = services_.poller().add(socket_, *this))
        co_return failure;
    give_up_.set(give_up);
    for (;;) {
        const auto failure = look();
        if (failure || header_)
            co_return failure;
        co_await news();
    }
}

/// Looks at what has come, and takes it if it is all of the header.
error_code header_reader::look()
{
    if (over_)
        return over_;
    auto* const room = services_.scratch();
    const auto count = ::recv(socket_, room, proxy_header_bytes_max, MSG_PEEK | MSG_DONTWAIT);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR ? error_code() : error_code(errno, boost::system::system_category());
    const auto parsed = parse_proxy_header({room, static_cast<std::size_t>(count)});
    if (!parsed)
        return parsed.error();
    if (!*parsed)
        return input_ended_ || count == 0 ? error_code(asio::error::eof) : error_code();
    header_ = *parsed;
    return ::recv(socket_, room, header_->size, MSG_DONTWAIT) < 0 ? error_code(errno, boost::system::system_category())
                                                                  : error_code();
}

void header_reader::wait(done handler)
{
    done_.swap(handler); // The assignment in Asio of Boost 1.81 calls itself for ever.
    if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected())
        slot.assign([this](asio::cancellation_type) { end(asio::error::operation_aborted); });
}

/// Nothing completes from within whatever has brought this about.
void header_reader::end(error_code reason) noexcept
{
    over_ = reason;
    services_.poller().call(*this);
}

void header_reader::on_ready(socket_readiness news) noexcept
{
    input_ended_ = input_ended_ || news.end;
    auto handler = std::exchange(done_, nullptr);
    if (!handler)
        return;
    if (auto slot = asio::get_associated_cancellation_slot(handler); slot.is_connected())
        slot.clear();
    std::move(handler)();
}

void header_reader::on_shutdown() noexcept
{
    const auto never_called = std::exchange(done_, nullptr); // What it owns may own the reader.
}

void header_reader::strike(void* self) noexcept
{
    static_cast<header_reader*>(self)->end(asio::error::timed_out);
}

} // namespace

awaitable<error_code> identify_client(connection& peer, const proxy_settings& proxies,
                                      std::chrono::steady_clock::time_point give_up, shard_services& services)
{
    if (!proxies.proxy_protocol || !proxies.trusted.contains(peer.facts))
        co_return error_code();
    header_reader reader(peer.socket.get(), services);
    const auto failure = co_await reader.read(give_up);
    if (failure)
        co_return failure;
    auto& header = reader.header();
    if (header.relayed)
        peer.facts.credentials.reset();
    if (!header.client.empty())
        peer.facts.peer = std::move(header.client);
    co_return error_code();
}

} // namespace junctor
