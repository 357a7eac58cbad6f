// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/shared_port.hpp>

#include "support/catch.hpp"

#include <utility>

#include <junctor/transport/listening_transport.hpp>

namespace {

class folder final : public junctor::web_service {
public:
    junctor::awaitable<junctor::http_response> answer(const junctor::http_request&, junctor::shard_services&) override
    {
        co_return junctor::http_response();
    }
    bool serves_below() const noexcept override { return true; }
};

junctor::shared_port port_with_folders()
{
    junctor::shared_port port;
    port.paths.push_back({"/", std::make_shared<folder>(), nullptr});
    port.paths.push_back({"/shop", std::make_shared<folder>(), nullptr});
    port.paths.push_back(
        {"/shop/ws", nullptr, std::make_shared<junctor::listening_transport>(junctor::unix_socket(""))});
    return port;
}

} // namespace

TEST_CASE("shared_port: the longest path that leads to a request answers it", "[transport][web]")
{
    const auto port = port_with_folders();
    const auto [asked, answers] = GENERATE(table<const char*, const char*>({
        {"/", "/"},
        {"/other", "/"},
        {"/shop", "/shop"},
        {"/shopping", "/"},
        {"/shop/", "/shop"},
        {"/shop/cart", "/shop"},
        {"/shop/ws", "/shop/ws"},
        {"/shop/ws/x", "/shop"},
        {"/shop/wsx", "/shop"},
    }));
    CAPTURE(asked);
    const auto* const found = junctor::find_path(port, asked);
    REQUIRE(found != nullptr);
    CHECK(found->at == answers);
}

TEST_CASE("shared_port: a path without anything below answers for itself alone", "[transport][web]")
{
    junctor::shared_port port;
    port.paths.push_back({"/ws", nullptr, nullptr});
    CHECK(junctor::find_path(port, "/ws") != nullptr);
    CHECK(junctor::find_path(port, "/") == nullptr);
    CHECK(junctor::find_path(port, "/ws/") == nullptr);
    CHECK(junctor::find_path(port, "/ws/x") == nullptr);
}
