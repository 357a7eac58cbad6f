// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A router of one's own: one realm, two roles, a procedure, and an authmethod that asks for a PIN.
//
//     shop_router <TCP port> <path of a Unix domain socket>
//
// Staff join by TCP with the authmethod "pin", guests by the socket file without credentials.

#include <csignal>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <map>
#include <string>

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <junctor/auth/anonymous.hpp>
#include <junctor/router.hpp>

/// Whoever answers the challenge with the PIN of the authid is staff.
class pin_authenticator : public junctor::authenticator {
public:
    explicit pin_authenticator(std::map<std::string, std::string> pins) : pins_{std::move(pins)} {}

    junctor::awaitable<junctor::verdict> authenticate(junctor::auth_exchange& exchange) override
    {
        const auto answer = co_await exchange.challenge();
        const auto known = pins_.find(exchange.hello().authid);
        if (known == pins_.end() || !junctor::equal_constant_time(answer.signature, known->second))
            co_return junctor::verdict::deny(junctor::errc::authentication_denied);
        co_return junctor::verdict::grant(known->first, "staff");
    }

private:
    std::map<std::string, std::string> pins_;
};

int main(int argc, char** argv)
{
    if (argc != 3)
        return EXIT_FAILURE;
    const auto port = static_cast<std::uint16_t>(std::stoi(argv[1]));

    boost::asio::io_context io;
    junctor::router router(io);

    auto& shop = router.open_realm("com.example.shop");
    shop.role("guest").allow(junctor::action::subscribe, junctor::prefix("com.example.shop.news."));
    shop.role("staff").allow(junctor::action::any, junctor::prefix("com.example.shop."));
    shop.procedure("com.example.shop.now", [] { return std::time(nullptr); });

    junctor::auth::anonymous guests("guest");
    const std::map<std::string, std::string> pins{{"ann", "1234"}};
    pin_authenticator staff(pins);
    std::cout << router.listen(junctor::rawsocket(junctor::tcp("127.0.0.1", port)).authenticate("pin", staff)) << '\n'
              << router.listen(junctor::rawsocket(junctor::unix_socket(argv[2])).authenticate("anonymous", guests))
              << std::endl;

    boost::asio::signal_set stop(io, SIGINT, SIGTERM);
    stop.async_wait([&](auto, int) { router.close(); }); // GOODBYE to all, then run() returns
    io.run();
}
