// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench/recent_events.hpp"

#include <functional>
#include <string_view>

#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::bench;

namespace {

/// Counts how often something had to be decoded.
struct decoder {
    int calls{0};

    message_number operator()(byte_view message)
    {
        ++calls;
        return {1, message.size()};
    }
};

} // namespace

TEST_CASE("recent_events: the same bytes at the same position are decoded once", "[bench]")
{
    recent_events events(4);
    decoder decode;
    const auto number_of = [&](std::uint64_t position, std::string_view message) {
        return events.number_of(position, as_bytes(message), std::ref(decode));
    };
    CHECK(number_of(0, "first") == message_number{1, 5});
    CHECK(number_of(1, "the second") == message_number{1, 10});
    CHECK(number_of(0, "first") == message_number{1, 5});
    CHECK(number_of(1, "the second") == message_number{1, 10});
    CHECK(decode.calls == 2);

    CHECK(number_of(0, "First!") == message_number{1, 6});
    CHECK(number_of(4, "fifth, in the place of the first") == message_number{1, 32});
    CHECK(number_of(0, "First!") == message_number{1, 6});
    CHECK(decode.calls == 5);
}

TEST_CASE("recent_events: without a place everything is decoded", "[bench]")
{
    recent_events events(0);
    decoder decode;
    for (int time = 0; time < 3; ++time)
        CHECK(events.number_of(0, as_bytes("same"), std::ref(decode)) == message_number{1, 4});
    CHECK(decode.calls == 3);
}
