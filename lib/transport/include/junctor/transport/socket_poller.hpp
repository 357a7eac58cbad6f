// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Tells the connections of one thread when their sockets are ready.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include <boost/asio/execution_context.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/intrusive/list.hpp>
#include <boost/system/error_code.hpp>

#include <sys/epoll.h>

#include <junctor/auth/awaitable.hpp>

namespace junctor {

/// What a socket is ready for, as far as that is news.
struct socket_readiness {
    bool read{false};  ///< There is something to read, or the end of it, or a failure to be found by reading.
    bool end{false};   ///< Nothing will come any more beyond what is to be read already, and this is told once.
    bool write{false}; ///< It takes something again, or a failure is to be found by writing.
};

/// Whoever works with a socket that a poller watches.
class socket_user
    : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// The socket has become ready. It may have become unready since; and nothing is told again before the user has
    /// found that out by reading or writing less than it could. It may destroy itself and other users.
    virtual void on_ready(socket_readiness news) noexcept = 0;

    /// The io_context goes, and nothing will be told any more: whatever waits is to be destroyed. The user may go by
    /// that.
    virtual void on_shutdown() noexcept = 0;

protected:
    socket_user() noexcept = default;
    ~socket_user() = default;

private:
    friend class socket_poller;

    bool watched_{false}; ///< Its socket is among those that the poller watches.
    bool called_{false};  ///< It is among those that are called in the next turn.
};

/// Watches the sockets of all connections of an io_context, in a poll set of its own of which the io_context only knows
/// whether any socket is ready. So a connection that waits costs no pending operation, and reading from one that is
/// ready costs no more than the system call: no completion, and none of the calls that find nothing to read.
///
/// It is a service of its io_context, which makes it when it is first used. Used on the thread of the io_context. While
/// it has users, it keeps `io_context::run()` from returning.
class socket_poller final : public boost::asio::execution_context::service {
public:
    static boost::asio::execution_context::id id;

    /// Throws `boost::system::system_error` if the system lacks resources.
    explicit socket_poller(boost::asio::io_context& io);

    /// The poller of `io`.
    [[nodiscard]] static socket_poller& of(boost::asio::io_context& io)
    {
        return boost::asio::use_service<socket_poller>(io);
    }

    /// Tells `user` from now on when `socket` becomes readable, also if it is already. `user` must call `remove` before
    /// the socket is closed, and before it goes.
    [[nodiscard]] boost::system::error_code add(int socket, socket_user& user) noexcept;
    void remove(int socket, socket_user& user) noexcept;

    /// Tells `user` also when its socket becomes writable, once more also if it is already.
    void watch_writing(int socket, socket_user& user) noexcept;
    void stop_watching_writing(int socket, socket_user& user) noexcept;

    /// Calls `user` in the next turn, when others have had theirs, as if its socket had become readable. Also after
    /// `remove`.
    void call(socket_user& user) noexcept;

private:
    struct on_turn;
    template <class T>
    class wait_allocator;
    using user_list = boost::intrusive::list<socket_user, boost::intrusive::constant_time_size<false>>;

    void shutdown() noexcept override;
    void modify(int socket, socket_user& user, std::uint32_t events) noexcept;
    void take_turn() noexcept;
    void call_all() noexcept;
    void tell_ready() noexcept;
    void wait() noexcept;
    void hurry() noexcept;
    [[nodiscard]] bool idle() const noexcept { return watched_.empty() && called_.empty(); }

    std::optional<boost::asio::posix::basic_stream_descriptor<executor>> set_; ///< Nothing once it is shut down.
    user_list watched_;                                                        ///< Those that are not called.
    user_list called_;
    alignas(std::max_align_t) std::array<std::byte, 256> wait_memory_; ///< What Asio needs for the one wait.
    std::span<epoll_event> untold_; ///< What has become ready, while the users are told.
    bool waiting_{false};           ///< A turn will come.
    bool telling_{false};           ///< A turn is under way.
};

} // namespace junctor
