// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/socket_poller.hpp>

#include <array>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include <sys/socket.h>
#include <unistd.h>

#include <junctor/transport/file_descriptor.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

/// A user with a connected pair of sockets, that counts what it is told.
class counting_user final : public socket_user {
public:
    explicit counting_user(boost::asio::io_context& io) : poller_{socket_poller::of(io)}
    {
        std::array<int, 2> pair{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair.data()) == 0);
        own_ = file_descriptor(pair[0]);
        other_ = file_descriptor(pair[1]);
        REQUIRE_FALSE(poller_.add(own_.get(), *this));
    }
    ~counting_user()
    {
        if (!shut_down) // Otherwise the poller has gone.
            leave();
    }

    void leave() { poller_.remove(own_.get(), *this); }
    void send() { REQUIRE(::write(other_.get(), "x", 1) == 1); }
    void end() { REQUIRE(::shutdown(other_.get(), SHUT_WR) == 0); }
    void call() { poller_.call(*this); }
    void watch_writing() { poller_.watch_writing(own_.get(), *this); }

    void on_ready(socket_readiness news) noexcept override
    {
        reads += news.read ? 1 : 0;
        writes += news.write ? 1 : 0;
        ends += news.end ? 1 : 0;
        if (then)
            then();
    }
    void on_shutdown() noexcept override
    {
        shut_down = true;
        leave();
    }

    int reads{0};
    int writes{0};
    int ends{0};
    bool shut_down{false};
    std::function<void()> then; ///< Done whenever it is told something.

private:
    socket_poller& poller_;
    file_descriptor own_;
    file_descriptor other_;
};

} // namespace

TEST_CASE("socket_poller: what comes is told once, also if it came before", "[transport][poller]")
{
    boost::asio::io_context io;
    counting_user user(io);
    user.send();
    io.run_one();
    CHECK(user.reads == 1);
    CHECK(io.poll() == 0);
    user.send();
    io.run_one();
    CHECK(user.reads == 2);
    CHECK(user.writes == 0);
}

TEST_CASE("socket_poller: it keeps the io_context running for as long as it has users", "[transport][poller]")
{
    boost::asio::io_context io;
    std::optional<counting_user> user(io);
    io.poll();
    CHECK_FALSE(io.stopped());
    if (GENERATE(true, false))
        user->leave();
    else
        user.reset();
    io.run();

    user.emplace(io);
    user->send();
    user->then = [&] { user->leave(); };
    io.restart();
    io.run();
    CHECK(user->reads == 1);
}

TEST_CASE("socket_poller: the end of what is to be read is told as such", "[transport][poller]")
{
    boost::asio::io_context io;
    counting_user user(io);
    user.send();
    user.end();
    io.run_one();
    CHECK(user.reads == 1);
    CHECK(user.ends == 1);
}

TEST_CASE("socket_poller: being writable is told for as long as it is asked for", "[transport][poller]")
{
    boost::asio::io_context io;
    counting_user user(io);
    user.watch_writing();
    io.run_one();
    CHECK(user.writes == 1);
    CHECK(io.poll() == 0);
    user.watch_writing();
    io.run_one();
    CHECK(user.writes == 2);
}

TEST_CASE("socket_poller: who is called gets one more turn, also after it has left", "[transport][poller]")
{
    boost::asio::io_context io;
    counting_user user(io);
    user.then = [&] {
        if (user.reads == 1)
            user.call(); // In the next turn, not in this one.
    };
    user.call();
    user.call();
    io.run_one();
    CHECK(user.reads == 1);
    io.run_one();
    CHECK(user.reads == 2);
    user.call();
    user.leave();
    io.run();
    CHECK(user.reads == 3);
}

TEST_CASE("socket_poller: who goes while others are told is not told any more", "[transport][poller]")
{
    const bool called = GENERATE(false, true);
    boost::asio::io_context io;
    std::deque<std::optional<counting_user>> users(3);
    auto told = 0;
    for (auto& user : users) {
        user.emplace(io);
        user->then = [&] {
            ++told;
            for (auto& other : users)
                other.reset();
        };
    }
    for (auto& user : users) {
        if (called)
            user->call();
        else
            user->send();
    }
    io.run();
    CHECK(told == 1);
}

TEST_CASE("socket_poller: many are told over several turns, and nobody is left out", "[transport][poller]")
{
    boost::asio::io_context io;
    std::deque<counting_user> users;
    for (auto count = 0; count < 200; ++count)
        users.emplace_back(io).send();
    CHECK(io.poll() > 1);
    for (const auto& user : users)
        CHECK(user.reads == 1);
}

TEST_CASE("socket_poller: an io_context that goes tells its users", "[transport][poller]")
{
    auto io = std::make_unique<boost::asio::io_context>();
    counting_user waiting(*io);
    counting_user called(*io);
    called.call();
    io.reset();
    CHECK(waiting.shut_down);
    CHECK(called.shut_down);
}
