// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include "support/catch.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// Keeps what it is given, and lets `next` decide whether there shall be more.
class keeping_reader final : public batch_reader {
public:
    bool take(const batch& read) override
    {
        ++batches;
        reason = read.reason();
        error = read.error();
        for (const auto message : read.messages())
            texts.emplace_back(as_text(message));
        return next(read);
    }

    std::function<bool(const batch&)> next{[](const batch&) { return true; }};
    std::vector<std::string> texts;
    close_reason reason{};
    boost::system::error_code error;
    int batches{0};
};

/// One client of one channel, whose reading is over when `ended` or `failure` says so.
class reading {
public:
    reading() : client{connect()} { client.send(octets({0x7F, 0xF1, 0, 0})); }

    void start()
    {
        boost::asio::co_spawn(io->get_executor(), read(),
                              boost::asio::bind_cancellation_slot(cancellation.slot(), boost::asio::detached));
    }

    /// Runs until `done()`.
    void run_until(const std::function<bool()>& done)
    {
        while (!done())
            REQUIRE(io->run_one_for(std::chrono::seconds(10)) == 1);
    }

    std::unique_ptr<boost::asio::io_context> io{std::make_unique<boost::asio::io_context>()};
    std::unique_ptr<shard_services> services{std::make_unique<shard_services>(*io)};
    listening_transport settings{rawsocket(tcp("127.0.0.1", 0))};
    std::unique_ptr<listener> from{std::make_unique<listener>(*io, settings.endpoint())};
    socket_client client;
    boost::asio::cancellation_signal cancellation;
    keeping_reader reader;
    channel* link{nullptr};
    bool ended{false};
    std::string failure;

private:
    socket_client connect() { return socket_client::tcp(from->port()); }

    awaitable<void> read()
    {
        auto accepted = co_await from->accept();
        auto opened = co_await open_rawsocket_channel(std::move(*accepted), settings, *services);
        link = opened->get();
        link->clear_deadline();
        try {
            co_await link->read_batches(reader);
        } catch (const std::runtime_error& thrown) {
            failure = thrown.what();
        }
        ended = true;
        if (reader.next)
            link->abort(close_reason::killed);
    }
};

} // namespace

TEST_CASE("reading: batches come until the reader wants no more", "[transport][reading]")
{
    reading conversation;
    auto& reader = conversation.reader;
    reader.next = [&](const batch&) { return reader.texts.size() < 3; };
    conversation.start();
    conversation.client.send(wire_message("one") + wire_message("two"));
    conversation.run_until([&] { return reader.texts.size() == 2; });
    CHECK_FALSE(conversation.ended);
    conversation.client.send(wire_message("three") + wire_message("four"));
    conversation.run_until([&] { return conversation.ended; });
    CHECK(reader.texts == std::vector<std::string>{"one", "two", "three", "four"});
    CHECK(reader.reason == close_reason::none);
}

TEST_CASE("reading: the end comes after all messages, also if it came together with them", "[transport][reading]")
{
    reading conversation;
    conversation.client.send(wire_message("first") + wire_message("last") + wire_message("half").substr(0, 6));
    conversation.client.shut_down();
    conversation.start();
    conversation.run_until([&] { return conversation.ended; });
    CHECK(conversation.reader.texts == std::vector<std::string>{"first", "last"});
    CHECK(conversation.reader.reason == close_reason::connection_lost);
    CHECK(conversation.reader.error == boost::asio::error::eof);
}

TEST_CASE("reading: an end that comes in the middle of a frame is noticed", "[transport][reading]")
{
    reading conversation;
    conversation.start();
    conversation.client.send(wire_message("first"));
    conversation.run_until([&] { return conversation.reader.batches == 1; });
    while (conversation.io->poll() != 0) {
    }
    // Both are there before anything is read, so that there is one sign of them.
    conversation.client.send(wire_message("half").substr(0, 6));
    conversation.client.shut_down();
    conversation.run_until([&] { return conversation.ended; });
    CHECK(conversation.reader.reason == close_reason::connection_lost);
}

TEST_CASE("reading: what a reader throws ends the reading", "[transport][reading]")
{
    reading conversation;
    conversation.reader.next = [](const batch&) -> bool { throw std::runtime_error("enough"); };
    conversation.start();
    conversation.client.send(wire_message("one"));
    conversation.run_until([&] { return conversation.ended; });
    CHECK(conversation.failure == "enough");
}

TEST_CASE("reading: a channel may be aborted and woken from within a batch", "[transport][reading]")
{
    const bool wants_more = GENERATE(true, false);
    reading conversation;
    conversation.reader.next = [&](const batch& read) {
        if (read.open()) {
            conversation.link->wake();
            conversation.link->abort(close_reason::realm_closed);
            conversation.link->flush();
        }
        return wants_more;
    };
    conversation.start();
    conversation.client.send(wire_message("one"));
    conversation.run_until([&] { return conversation.ended; });
    CHECK(conversation.reader.texts == std::vector<std::string>{"one"});
    CHECK(conversation.reader.reason == (wants_more ? close_reason::realm_closed : close_reason::none));
    CHECK(conversation.reader.batches == (wants_more ? 2 : 1));
}

TEST_CASE("reading: waking gives a batch without messages, and reading goes on", "[transport][reading]")
{
    reading conversation;
    auto& reader = conversation.reader;
    conversation.start();
    conversation.run_until([&] { return conversation.link != nullptr; });
    conversation.link->wake();
    conversation.run_until([&] { return reader.batches == 1; });
    CHECK(reader.texts.empty());
    conversation.client.send(wire_message("one"));
    conversation.run_until([&] { return !reader.texts.empty(); });
    conversation.link->abort(close_reason::killed);
    conversation.run_until([&] { return conversation.ended; });
    CHECK(reader.reason == close_reason::killed);
}

TEST_CASE("reading: more than fits into one read comes without another sign from the client", "[transport][reading]")
{
    std::string sent;
    for (auto count = 0; count < 40'000; ++count)
        sent += wire_message("message");
    reading conversation;
    conversation.start();
    conversation.run_until([&] { return conversation.link != nullptr; });
    std::thread sender([&] { conversation.client.send(sent); });
    conversation.run_until([&] { return conversation.reader.texts.size() == 40'000; });
    sender.join();
    conversation.client.shut_down();
    conversation.run_until([&] { return conversation.ended; });
}

TEST_CASE("reading: cancellation ends it as a lost connection", "[transport][reading]")
{
    reading conversation;
    conversation.start();
    conversation.run_until([&] { return conversation.link != nullptr; });
    boost::asio::post(*conversation.io,
                      [&] { conversation.cancellation.emit(boost::asio::cancellation_type::terminal); });
    conversation.run_until([&] { return conversation.ended; });
    CHECK(conversation.reader.reason == close_reason::connection_lost);
    CHECK(conversation.reader.error == boost::asio::error::operation_aborted);
}

TEST_CASE("reading: an io_context may go while a channel is read from", "[transport][reading]")
{
    reading conversation;
    conversation.start();
    conversation.run_until([&] { return conversation.link != nullptr; });
    conversation.from->close();
    conversation.from.reset();
    conversation.services->deadlines().shut_down();
    conversation.io.reset(); // The coroutine and its channel go with it, which a sanitizer would tell otherwise.
    CHECK_FALSE(conversation.ended);
    CHECK(conversation.client.receive_until_end().size() == 4); // The reply to the handshake.
}
