// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/deflate_offer.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "support/catch.hpp"

using namespace junctor;

namespace {

/// What a client that has offered compression by `settings` makes of this answer.
std::optional<deflate_agreement> accept(std::string_view answer, const deflate_settings& settings = {})
{
    const auto extensions = parse_extensions(answer);
    REQUIRE(extensions);
    REQUIRE(extensions->size() == 1);
    return accept_deflate(extensions->front(), settings);
}

/// What a router with `router` and a client with `client` agree on, each as it sees it.
std::pair<deflate_agreement, deflate_agreement> agree(const deflate_settings& router, const deflate_settings& client)
{
    const auto offered = parse_extensions(offer_of(client));
    const auto agreed = agree_on_deflate(offered.value().at(0), router);
    REQUIRE(agreed);
    const auto accepted = accept(agreed->answer, client);
    REQUIRE(accepted);
    return {*agreed, *accepted};
}

} // namespace

TEST_CASE("deflate offer: a client offers what it can do, and asks for what it wants", "[framing][deflate]")
{
    CHECK(offer_of({}) == "permessage-deflate; client_max_window_bits");
    CHECK(offer_of({.no_context_takeover = true, .max_window_bits = 11}) ==
          "permessage-deflate; client_no_context_takeover; client_max_window_bits=11");
    CHECK(offer_of({.request_no_context_takeover = true, .request_max_window_bits = 9}) ==
          "permessage-deflate; server_no_context_takeover; server_max_window_bits=9; client_max_window_bits");
}

TEST_CASE("deflate offer: a client does as it is answered", "[framing][deflate]")
{
    const auto plain = accept("permessage-deflate", {.max_window_bits = 12, .memory_level = 3}).value();
    CHECK(plain.own.window_bits == 12);
    CHECK(plain.own.context_takeover);
    CHECK(plain.memory_level == 3);
    CHECK(plain.peer.window_bits == 15);
    CHECK(plain.peer.context_takeover);

    const auto asked = accept("permessage-deflate; client_no_context_takeover; client_max_window_bits=10; "
                              "server_no_context_takeover; server_max_window_bits=8")
                           .value();
    CHECK(asked.own.window_bits == 10);
    CHECK_FALSE(asked.own.context_takeover);
    CHECK(asked.peer.window_bits == deflate_window_bits_min);
    CHECK_FALSE(asked.peer.context_takeover);
}

TEST_CASE("deflate offer: a client refuses answers that do not go with its offer", "[framing][deflate]")
{
    CHECK_FALSE(accept("permessage-bzip2"));
    CHECK_FALSE(accept("permessage-deflate; unknown"));
    CHECK_FALSE(accept("permessage-deflate; client_max_window_bits"));
    CHECK_FALSE(accept("permessage-deflate; client_max_window_bits=16"));
    CHECK_FALSE(accept("permessage-deflate; client_max_window_bits=8")); // zlib cannot do it.
    CHECK_FALSE(accept("permessage-deflate; server_no_context_takeover=1"));
    CHECK_FALSE(accept("permessage-deflate; server_no_context_takeover; server_no_context_takeover"));

    const deflate_settings wanting{.request_no_context_takeover = true, .request_max_window_bits = 10};
    CHECK_FALSE(accept("permessage-deflate", wanting));
    CHECK_FALSE(accept("permessage-deflate; server_no_context_takeover", wanting));
    CHECK_FALSE(accept("permessage-deflate; server_max_window_bits=10", wanting));
    CHECK_FALSE(accept("permessage-deflate; server_no_context_takeover; server_max_window_bits=11", wanting));
    CHECK(accept("permessage-deflate; server_no_context_takeover; server_max_window_bits=9", wanting));
}

TEST_CASE("deflate offer: both ends see the same agreement", "[framing][deflate]")
{
    const auto flag = GENERATE(false, true);
    const auto bits = GENERATE(9, 12, 15);
    const deflate_settings router{.request_no_context_takeover = flag, .request_max_window_bits = 12};
    const deflate_settings client{.no_context_takeover = !flag, .max_window_bits = bits};
    const auto [at_router, at_client] = agree(router, client);
    CHECK(at_router.own.window_bits == at_client.peer.window_bits);
    CHECK(at_router.own.context_takeover == at_client.peer.context_takeover);
    CHECK(at_router.peer.window_bits == at_client.own.window_bits);
    CHECK(at_router.peer.context_takeover == at_client.own.context_takeover);
    CHECK(at_client.own.window_bits == std::min(bits, 12));
    CHECK_FALSE(at_client.own.context_takeover);
}
