// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>
#include <cstdint>
#include <utility>
#include <vector>

#include <junctor/realm/memory_event_store.hpp>

#include "support/catch.hpp"

using namespace junctor;

namespace {

using numbers = std::vector<std::uint64_t>;

history_record::time at(std::int64_t second)
{
    return history_record::time(std::chrono::seconds(second));
}

void add(memory_history& to, std::uint64_t number, std::int64_t second)
{
    to.add({publication_id(number), at(second), "com.a", false, {}, as_bytes("message")});
}

/// The numbers of the events that are found.
numbers find(const memory_history& in, history_query asked)
{
    asked.admits = [](bool, byte_view) { return true; };
    const auto answer = in.find(asked);
    REQUIRE(answer.code == errc{});
    numbers found;
    for (const auto& each : answer.events)
        found.push_back(each.publication.number());
    return found;
}

} // namespace

TEST_CASE("memory event store: events keep their order though the clock is set back", "[realm][history]")
{
    memory_history history({exact("com.a"), 5});
    for (const auto& [number, second] : {std::pair{1, 100}, {2, 110}, {3, 50}, {4, 60}, {5, 105}})
        add(history, static_cast<std::uint64_t>(number), second);
    history_query asked;
    CHECK(find(history, asked) == numbers{1, 2, 3, 4, 5});
    asked.from_time = at(100);
    CHECK(find(history, asked) == numbers{1, 2, 5});
    asked.reverse = true;
    CHECK(find(history, asked) == numbers{5, 2, 1});
    asked.before_time = at(110);
    CHECK(find(history, asked) == numbers{5, 1});
    for (const auto& [number, second] : {std::pair{6, 106}, {7, 40}, {8, 41}}) // The first three go.
        add(history, static_cast<std::uint64_t>(number), second);
    CHECK(find(history, {}) == numbers{4, 5, 6, 7, 8});
    asked = {};
    asked.until_time = at(60);
    asked.after_publication = publication_id(4);
    CHECK(find(history, asked) == numbers{7, 8});
    asked.after_publication = publication_id(3);
    asked.admits = [](bool, byte_view) { return true; };
    CHECK(history.find(asked).code == errc::invalid_argument);
}

TEST_CASE("memory event store: what is too old goes when something is added", "[realm][history]")
{
    memory_history history({exact("com.a"), 100, 1 << 20, std::chrono::seconds(10)});
    add(history, 1, 100);
    add(history, 2, 105);
    add(history, 3, 112);
    CHECK(find(history, {}) == numbers{2, 3});
}

TEST_CASE("memory event store: an answer that is too large is refused", "[realm][history]")
{
    memory_history history({exact("com.a"), 100});
    add(history, 1, 1);
    add(history, 2, 2);
    history_query asked;
    asked.admits = [](bool, byte_view) { return true; };
    asked.bytes_max = 10;
    CHECK(history.find(asked).code == errc::payload_size_exceeded);
    asked.limit = 1;
    CHECK(history.find(asked).events.size() == 1);
}
