// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// A router in somebody's own program, and a client that gets as far as the handshake with it; and a module of theirs,
// built in and as a shared object.

#include <array>
#include <chrono>
#include <cstdlib>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>

#include <door/door.hpp>
#include <junctor/auth/anonymous.hpp>
#include <junctor/auth/load_module.hpp>
#include <junctor/router.hpp>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

namespace {

constexpr std::array<unsigned char, 4> handshake{0x7F, 0xF2, 0x00, 0x00}; // MessagePack, messages of up to 16 MiB

/// Sets `agreed` if what listens at `port` answers a handshake in kind, and closes the router.
asio::awaitable<void> shake_hands(junctor::router& router, unsigned short port, bool& agreed)
{
    const auto executor = co_await asio::this_coro::executor;
    tcp::socket socket(executor);
    const tcp::endpoint address(asio::ip::address_v4::loopback(), port);
    co_await socket.async_connect(address, asio::use_awaitable);
    co_await asio::async_write(socket, asio::buffer(handshake), asio::use_awaitable);

    std::array<unsigned char, 4> answer{};
    co_await asio::async_read(socket, asio::buffer(answer), asio::use_awaitable);
    agreed = answer[0] == 0x7F && (answer[1] & 0x0FU) == (handshake[1] & 0x0FU);
    router.close();
}

/// Whether the module has the same in it, in both of its forms.
bool module_is_twofold()
{
    junctor::module_registry built_in;
    door::add_door(built_in);
    junctor::module_registry loaded;
    junctor::load_module(DOOR_FILE, loaded);
    return built_in.authmethods() == loaded.authmethods() && loaded.find_authenticator("door") != nullptr;
}

} // namespace

int main()
{
    if (!module_is_twofold())
        return EXIT_FAILURE;

    asio::io_context io;
    junctor::router router(io);
    auto& shop = router.open_realm("com.example.shop");
    shop.role("guest").allow(junctor::action::any, junctor::prefix("com.example.shop."));

    junctor::auth::anonymous guests("guest");
    const std::string url =
        router.listen(junctor::rawsocket(junctor::tcp("127.0.0.1", 0)).authenticate("anonymous", guests));
    const auto port = static_cast<unsigned short>(std::stoi(url.substr(url.rfind(':') + 1)));

    bool agreed = false;
    asio::co_spawn(io, shake_hands(router, port, agreed), asio::detached);
    io.run_for(30s); // Far more than it takes: a router that does not answer must fail, not hang.
    return agreed ? EXIT_SUCCESS : EXIT_FAILURE;
}
