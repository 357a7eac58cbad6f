// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/shard_services.hpp>

#include <vector>

#include <junctor/base/limits.hpp>

#include "support/catch.hpp"

using namespace junctor;

TEST_CASE("shard_services: a read block is used again", "[transport][memory]")
{
    boost::asio::io_context io;
    shard_services services(io);
    auto block = services.take_read_block();
    const auto* const memory = block->data();
    block->messages().emplace_back();
    services.give_read_block(std::move(block));
    const auto again = services.take_read_block();
    CHECK(again->data() == memory);
    CHECK(again->messages().empty());
}

TEST_CASE("shard_services: as many read blocks as needed, but only a few are kept", "[transport][memory]")
{
    boost::asio::io_context io;
    shard_services services(io);
    std::vector<std::unique_ptr<read_block>> blocks(limits::pooled_read_blocks_max + 1);
    for (auto& block : blocks) {
        block = services.take_read_block();
        block->data()[read_block::capacity - 1] = std::byte{1};
    }
    const auto* const last = blocks.back().get();
    for (auto& block : blocks)
        services.give_read_block(std::move(block));
    services.give_read_block(nullptr);
    for (auto& block : blocks)
        block = services.take_read_block();
    // What was given back last found no place any more; it can only be met again by the chance of the allocator, as the
    // last one.
    for (std::size_t at = 0; at + 1 < blocks.size(); ++at)
        CHECK(blocks[at].get() != last);
    CHECK(&services.io() == &io);
}
