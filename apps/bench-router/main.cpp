// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A router that lets everybody do everything in realm1, by one Unix domain socket, until SIGTERM.
//
//     bench-router <path of the Unix domain socket>

#include <csignal>
#include <cstdlib>
#include <exception>
#include <iostream>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <junctor/auth/anonymous.hpp>
#include <junctor/router.hpp>

namespace {

void serve(const char* path)
{
    boost::asio::io_context io(1);
    junctor::router router(io);
    router.open_realm("realm1").role("anonymous").allow(junctor::action::any, junctor::prefix(""));
    junctor::auth::anonymous everybody("anonymous");
    std::cout << router.listen(junctor::rawsocket(junctor::unix_socket(path)).authenticate("anonymous", everybody))
              << std::endl;

    boost::asio::signal_set stop(io, SIGTERM);
    stop.async_wait([&](auto, int) { router.close(); });
    io.run();
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 2) {
        std::cerr << "usage: bench-router <path of the Unix domain socket>\n";
        return EXIT_FAILURE;
    }
    try {
        serve(argv[1]);
    } catch (const std::exception& failure) {
        std::cerr << "bench-router: " << failure.what() << '\n';
        return EXIT_FAILURE;
    }
}
