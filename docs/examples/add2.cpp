// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A procedure with typed parameters, and a call of it.
//
//     add2 <URL of a router, such as rs://127.0.0.1:8081>

#include <exception>
#include <iostream>

#include <boost/asio/co_spawn.hpp>

#include <junctor/component.hpp>

junctor::awaitable<void> run(boost::asio::io_context& io, junctor::client::connector router)
{
    const junctor::client::join_options how("realm1");
    auto session = co_await junctor::client::session::join(io, router, how);
    const auto add = session.register_procedure("com.example.add2", [](int a, int b) { return a + b; });
    co_await add.confirmed();
    const int sum = co_await session.call<int>("com.example.add2", 2, 3);
    std::cout << "2 + 3 = " << sum << '\n';
    co_await session.leave();
}

int main(int argc, char** argv)
{
    boost::asio::io_context io;
    auto router = junctor::rawsocket_connector::from_url(argc > 1 ? argv[1] : "rs://127.0.0.1:8081").value();
    boost::asio::co_spawn(io.get_executor(), run(io, router), [](const std::exception_ptr& failure) {
        if (failure)
            std::rethrow_exception(failure);
    });
    io.run();
}
