// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A router that lets everybody do everything in realm1, by two Unix domain sockets, until SIGTERM. Prints their URLs.
//
//     bench-router <path of that for RawSocket> <path of that for WebSocket>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <junctor/auth/anonymous.hpp>
#include <junctor/router.hpp>

namespace {

void serve(const char* rawsocket_path, const char* websocket_path)
{
    boost::asio::io_context io(1);
    junctor::router router(io);
    router.open_realm("realm1").role("anonymous").allow(junctor::action::any, junctor::prefix(""));
    junctor::auth::anonymous everybody("anonymous");
    auto rawsocket = junctor::rawsocket(junctor::unix_socket(rawsocket_path));
    auto websocket = junctor::websocket(junctor::unix_socket(websocket_path));
    for (auto* const each : {&rawsocket, &websocket})
        std::cout << router.listen(std::move(each->authenticate("anonymous", everybody))) << std::endl;

    boost::asio::signal_set stop(io, SIGTERM);
    stop.async_wait([&](auto, int) { router.close(); });
    io.run();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3) {
        std::cerr << "usage: bench-router <path of the socket for RawSocket> <path of that for WebSocket>\n";
        return EXIT_FAILURE;
    }
    try {
        serve(argv[1], argv[2]);
    } catch (const std::exception& failure) {
        std::cerr << "bench-router: " << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
