// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A connection whose bytes a coroutine reads and writes, one after the other.

#include <cstddef>
#include <exception>
#include <memory>
#include <span>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/system/error_code.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/bytes.hpp>
#include <junctor/transport/deadline.hpp>
#include <junctor/transport/shard_services.hpp>
#include <junctor/transport/socket_poller.hpp>

#include "byte_stream.hpp"

namespace junctor {

/// Waits for the socket and for TLS on behalf of a coroutine, with a deadline for all that it awaits. What it has begun
/// can go on as a channel. Used on the thread of its shard; must outlive what is awaited of it.
class waiting_stream final : private socket_user {
public:
    using clock = deadline::clock;

    /// Takes over the connected socket; with a context of TLS, encrypts. `services` must outlive the stream.
    waiting_stream(file_descriptor connected, std::shared_ptr<const tls_context> security, shard_services& services);
    waiting_stream(const waiting_stream&) = delete;
    waiting_stream& operator=(const waiting_stream&) = delete;
    ~waiting_stream();

    /// Ends the stream, with `timed_out`, at `when`, in place of a time set before.
    void set_deadline(clock::time_point when) noexcept { deadline_.set(when); }
    void clear_deadline() noexcept { deadline_.clear(); }

    /// Completes with the first octet that the peer has sent, before TLS, without taking it; nothing if the stream has
    /// ended. Before anything else is read.
    [[nodiscard]] awaitable<std::span<const std::byte>> peek();

    /// Goes on without TLS. Before anything is read.
    void forgo_tls();

    /// Completes with what comes next, which is valid until the next read; nothing if the stream has ended.
    [[nodiscard]] awaitable<std::span<std::byte>> read();

    /// Writes all of `bytes`, which must outlive that. Completes with whether it could. With TLS, once something has
    /// been read.
    [[nodiscard]] awaitable<bool> write(byte_view bytes);

    /// Says that nothing more will be written, and waits for the peer to end too, so that it does not lose what it has
    /// not read yet.
    [[nodiscard]] awaitable<void> finish();

    /// Why nothing more will be read or written: eof, or what went wrong; no error before that.
    [[nodiscard]] boost::system::error_code end() const noexcept;

    /// The TLS of the connection, or null.
    [[nodiscard]] const tls_engine* tls() const noexcept { return stream_.tls(); }

    /// Gives the connection away. Nothing else may be asked of the stream from now on.
    [[nodiscard]] byte_stream release();

private:
    using turn_done = boost::asio::any_completion_handler<void(std::exception_ptr)>;

    [[nodiscard]] auto turn()
    {
        return boost::asio::async_initiate<const boost::asio::deferred_t, void(std::exception_ptr)>(
            [this](auto done) { wait_for_turn(turn_done(std::move(done))); }, boost::asio::deferred);
    }

    [[nodiscard]] awaitable<void> await_news();
    [[nodiscard]] awaitable<bool> write_plain(byte_view bytes);
    [[nodiscard]] awaitable<bool> write_ciphertext();
    [[nodiscard]] awaitable<void> await_room();
    [[nodiscard]] bool may_have_more() const noexcept;
    void wait_for_turn(turn_done done);
    void end_wait() noexcept;
    void end_with(boost::system::error_code error) noexcept;
    void on_ready(socket_readiness news) noexcept override;
    void on_shutdown() noexcept override;

    shard_services& services_;
    byte_stream stream_;
    std::unique_ptr<read_block> block_;
    deadline deadline_;
    turn_done done_; ///< Waits for the next turn.
    boost::system::error_code write_error_;
    bool news_{false};       ///< Something may have come since the latest read.
    bool room_{false};       ///< The socket may take something again.
    bool input_ends_{false}; ///< The end stands behind what is to be read.
    bool released_{false};
};

} // namespace junctor
