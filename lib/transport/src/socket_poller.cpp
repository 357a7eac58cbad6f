// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/socket_poller.hpp>

#include <array>
#include <cassert>
#include <cerrno>
#include <utility>

#include <boost/system/system_error.hpp>

#include <sys/epoll.h>

#include <junctor/transport/file_descriptor.hpp>

namespace junctor {

namespace {

/// Sockets that are served before timers and whatever else the io_context has get their turn.
constexpr std::size_t events_at_once = 64;

constexpr std::uint32_t reading = EPOLLIN | EPOLLRDHUP | EPOLLET;
constexpr std::uint32_t reading_and_writing = reading | EPOLLOUT;

boost::system::error_code last_error() noexcept
{
    return {errno, boost::system::system_category()};
}

/// What a poll set reports of the socket of `user`.
epoll_event event_of(socket_user& user, std::uint32_t events) noexcept
{
    epoll_event event{};
    event.events = events;
    event.data.ptr = &user;
    return event;
}

} // namespace

boost::asio::execution_context::id socket_poller::id;

socket_poller::socket_poller(boost::asio::io_context& io) : service{io}
{
    file_descriptor set(::epoll_create1(EPOLL_CLOEXEC));
    if (!set)
        throw boost::system::system_error(last_error(), "epoll_create1");
    set_.emplace(io.get_executor(), set.get());
    static_cast<void>(set.release());
}

// What is watched

boost::system::error_code socket_poller::add(int socket, socket_user& user) noexcept
{
    if (!set_)
        return boost::asio::error::operation_aborted;
    auto event = event_of(user, reading);
    if (::epoll_ctl(set_->native_handle(), EPOLL_CTL_ADD, socket, &event) != 0)
        return last_error();
    user.watched_ = true;
    watched_.push_back(user);
    wait();
    return {};
}

void socket_poller::remove(int socket, socket_user& user) noexcept
{
    if (!std::exchange(user.watched_, false) || !set_)
        return;
    auto event = event_of(user, 0);
    ::epoll_ctl(set_->native_handle(), EPOLL_CTL_DEL, socket, &event);
    for (auto& untold : untold_) {
        if (untold.data.ptr == &user)
            untold.data.ptr = nullptr;
    }
    if (!user.called_)
        user.unlink();
    if (idle())
        hurry(); // Waiting any longer would keep the io_context running.
}

void socket_poller::watch_writing(int socket, socket_user& user) noexcept
{
    modify(socket, user, reading_and_writing);
}

/// A socket of which the other end reads would become writable all the time.
void socket_poller::stop_watching_writing(int socket, socket_user& user) noexcept
{
    modify(socket, user, reading);
}

void socket_poller::modify(int socket, socket_user& user, std::uint32_t events) noexcept
{
    auto event = event_of(user, events);
    if (user.watched_ && set_)
        ::epoll_ctl(set_->native_handle(), EPOLL_CTL_MOD, socket, &event);
}

void socket_poller::call(socket_user& user) noexcept
{
    if (!set_ || std::exchange(user.called_, true))
        return;
    user.unlink();
    called_.push_back(user);
    wait();
    hurry();
}

// Turns

/// Gives the one wait that there is at a time the memory that is there for it: no turn allocates, or fails for want of
/// memory.
template <class T>
class socket_poller::wait_allocator {
public:
    using value_type = T;

    explicit wait_allocator(socket_poller& poller) noexcept : poller_{&poller} {}
    template <class U>
    explicit wait_allocator(const wait_allocator<U>& other) noexcept : poller_{other.poller_}
    {
    }

    [[nodiscard]] T* allocate(std::size_t count) const noexcept
    {
        static_assert(sizeof(T) <= sizeof(wait_memory_) && alignof(T) <= alignof(std::max_align_t));
        assert(count == 1);
        static_cast<void>(count);
        return reinterpret_cast<T*>(poller_->wait_memory_.data());
    }
    void deallocate(T*, std::size_t) const noexcept {}

    friend bool operator==(const wait_allocator& left, const wait_allocator& right) noexcept
    {
        return left.poller_ == right.poller_;
    }

private:
    template <class U>
    friend class wait_allocator;

    socket_poller* poller_;
};

/// What is done when the wait is over.
struct socket_poller::on_turn {
    using allocator_type = wait_allocator<std::byte>;

    [[nodiscard]] allocator_type get_allocator() const noexcept { return allocator_type(*poller); }

    void operator()(boost::system::error_code) const noexcept
    {
        poller->waiting_ = false;
        poller->take_turn();
    }

    socket_poller* poller;
};

/// Lets a turn come when a socket is ready.
void socket_poller::wait() noexcept
{
    if (!telling_ && !std::exchange(waiting_, true))
        set_->async_wait(boost::asio::posix::descriptor_base::wait_read, on_turn{this});
}

/// Lets the turn come at once that would come when a socket is ready.
void socket_poller::hurry() noexcept
{
    boost::system::error_code ignored;
    if (waiting_)
        set_->cancel(ignored);
}

void socket_poller::take_turn() noexcept
{
    telling_ = true;
    call_all();
    tell_ready();
    telling_ = false;
    if (!idle())
        wait();
    if (!called_.empty())
        hurry();
}

void socket_poller::call_all() noexcept
{
    user_list due; // Who is called meanwhile has another turn.
    due.swap(called_);
    while (!due.empty()) {
        auto& user = due.front();
        due.pop_front();
        user.called_ = false;
        if (user.watched_)
            watched_.push_back(user);
        socket_readiness news;
        news.read = true;
        user.on_ready(news);
    }
}

void socket_poller::tell_ready() noexcept
{
    std::array<epoll_event, events_at_once> events;
    const auto count = ::epoll_wait(set_->native_handle(), events.data(), static_cast<int>(events.size()), 0);
    untold_ = std::span(events).first(count > 0 ? static_cast<std::size_t>(count) : 0);
    while (!untold_.empty()) {
        const auto event = untold_.front();
        untold_ = untold_.subspan(1);
        if (event.data.ptr == nullptr)
            continue;
        const bool failed = (event.events & (EPOLLERR | EPOLLHUP)) != 0;
        socket_readiness news;
        news.end = failed || (event.events & EPOLLRDHUP) != 0;
        news.read = news.end || (event.events & EPOLLIN) != 0;
        news.write = failed || (event.events & EPOLLOUT) != 0;
        static_cast<socket_user*>(event.data.ptr)->on_ready(news);
    }
}

void socket_poller::shutdown() noexcept
{
    set_.reset();
    while (!idle()) {
        auto& users = watched_.empty() ? called_ : watched_;
        auto& user = users.front();
        users.pop_front();
        user.on_shutdown();
    }
}

} // namespace junctor
