// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <string>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "support/catch.hpp"
#include "transport_server.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

/// What two connections of one thread read, the first batch being looked at last.
struct two_batches {
    std::vector<std::string> first;
    std::vector<std::string> second;
};

std::vector<std::string> texts_of(const batch& received)
{
    std::vector<std::string> texts;
    for (const auto message : received.messages())
        texts.emplace_back(as_text(message));
    return texts;
}

awaitable<void> read_one_after_the_other(listener& from, const listening_transport& settings, shard_services& services,
                                         two_batches& into)
{
    auto first_peer = co_await from.accept();
    auto first = co_await open_rawsocket_channel(std::move(*first_peer), settings, services);
    auto second_peer = co_await from.accept();
    auto second = co_await open_rawsocket_channel(std::move(*second_peer), settings, services);
    const auto first_batch = co_await (*first)->read_batch();
    const auto second_batch = co_await (*second)->read_batch();
    into.first = texts_of(first_batch);
    into.second = texts_of(second_batch);
    (*first)->abort(close_reason::killed);
    (*second)->abort(close_reason::killed);
}

} // namespace

TEST_CASE("memory: a batch stays as it is while other connections of the thread read", "[transport][memory]")
{
    const auto size = GENERATE(std::size_t{10}, std::size_t{300}, std::size_t{3000}, std::size_t{20'000});
    const std::vector<std::string> to_first{std::string(size, 'a'), std::string(size, 'b')};
    const std::vector<std::string> to_second{std::string(size, 'c'), std::string(size, 'd'), "e"};

    boost::asio::io_context io;
    shard_services services(io);
    const auto settings = rawsocket(tcp("127.0.0.1", 0));
    listener from(io, settings.endpoint());
    auto first = socket_client::tcp(from.port());
    auto second = socket_client::tcp(from.port());
    std::string to_send = octets({0x7F, 0xF1, 0, 0});
    for (const auto& message : to_first)
        to_send += wire_message(message);
    first.send(to_send);
    to_send = octets({0x7F, 0xF1, 0, 0});
    for (const auto& message : to_second)
        to_send += wire_message(message);
    second.send(to_send);

    two_batches received;
    boost::asio::co_spawn(io.get_executor(), read_one_after_the_other(from, settings, services, received),
                          boost::asio::detached);
    io.run();
    CHECK(received.first == to_first);
    CHECK(received.second == to_second);
}

TEST_CASE("memory: what connections borrow comes back to their thread", "[transport][memory]")
{
    boost::asio::io_context io;
    shard_services services(io);
    const auto settings = rawsocket(tcp("127.0.0.1", 0));
    two_batches received;
    {
        listener from(io, settings.endpoint());
        auto first = socket_client::tcp(from.port());
        auto second = socket_client::tcp(from.port());
        for (auto* const client : {&first, &second})
            client->send(octets({0x7F, 0xF1, 0, 0}) + wire_message(std::string(2000, 'x')) +
                         wire_message("half").substr(0, 5));
        boost::asio::co_spawn(io.get_executor(), read_one_after_the_other(from, settings, services, received),
                              boost::asio::detached);
        io.run();
    }
    CHECK(received.first == received.second);
    CHECK(services.flushes().empty());
    // The memory of two frames that had begun, at least; nothing else is left to hold any.
    CHECK(services.buffers().size() >= 2);
    CHECK(services.buffers().size() <= 4);
}
