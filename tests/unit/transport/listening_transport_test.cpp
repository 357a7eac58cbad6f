// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listening_transport.hpp>

#include <stdexcept>

#include "support/catch.hpp"

using namespace junctor;
using namespace std::chrono_literals;

namespace {

class nobody final : public authenticator {
public:
    awaitable<verdict> authenticate(auth_exchange&) override { co_return verdict::deny(errc::authentication_denied); }
};

} // namespace

TEST_CASE("listening_transport: everything has a default", "[transport][settings]")
{
    const auto transport = rawsocket(unix_socket("/run/shop.sock"));
    CHECK(to_string(transport.endpoint()) == "unix:/run/shop.sock");
    CHECK(transport.id().empty());
    CHECK(transport.serializers() == serializer_set::all());
    CHECK(transport.announced_message_size() == 131'072);
    CHECK(transport.min_peer_message_size() == 0);
    CHECK_FALSE(transport.debug());
    CHECK(transport.keep_alive_mode() == keep_alive::off);
    CHECK(transport.methods().empty());
}

TEST_CASE("listening_transport: settings are named and chain", "[transport][settings]")
{
    nobody first;
    nobody second;
    session_limits per_session;
    per_session.join_timeout = 3s;
    transport_limits per_transport;
    per_transport.connections_max = 7;
    const auto transport = rawsocket(tcp("127.0.0.1", 8081))
                               .id("shop")
                               .serializers({serializer::cbor})
                               .max_message_size(1000)
                               .min_peer_message_size(600)
                               .debug(true)
                               .limits(per_session)
                               .limits(per_transport)
                               .keep_alive_ping(keep_alive::after_peer_ping, 5s)
                               .authenticate("pin", first)
                               .authenticate("ticket", second);
    CHECK(transport.id() == "shop");
    CHECK(transport.serializers() == serializer_set{serializer::cbor});
    CHECK(transport.announced_message_size() == 1024);
    CHECK(transport.min_peer_message_size() == 600);
    CHECK(transport.debug());
    CHECK(transport.per_session().join_timeout == 3s);
    CHECK(transport.per_transport().connections_max == 7);
    CHECK(transport.keep_alive_mode() == keep_alive::after_peer_ping);
    CHECK(transport.keep_alive_interval() == 5s);
    REQUIRE(transport.methods().size() == 2);
    CHECK(transport.methods()[0].first == "pin");
    CHECK(transport.methods()[0].second.get() == &first);
    CHECK(transport.methods()[1].first == "ticket");
    CHECK(transport.methods()[1].second.get() == &second);
}

TEST_CASE("listening_transport: what cannot be announced is brought within what can", "[transport][settings]")
{
    auto transport = rawsocket(tcp("127.0.0.1", 8081));
    CHECK(transport.max_message_size(1).announced_message_size() == 512);
    CHECK(transport.max_message_size(64u << 20).announced_message_size() == 16'777'216);
}

TEST_CASE("listening_transport: nonsense is refused at once", "[transport][settings]")
{
    nobody any;
    auto transport = rawsocket(tcp("127.0.0.1", 8081));
    CHECK_THROWS_AS(transport.serializers({}), std::invalid_argument);
    CHECK_THROWS_AS(transport.max_message_size(0), std::invalid_argument);
    CHECK_THROWS_AS(transport.keep_alive_ping(keep_alive::always, 0s), std::invalid_argument);
    transport.authenticate("pin", any);
    CHECK_THROWS_AS(transport.authenticate("pin", any), std::invalid_argument);
}
