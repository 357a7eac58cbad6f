// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/rendezvous.hpp>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

namespace {

using node_keys = std::vector<std::string>;

constexpr int resource_count = 10000;

std::string chosen(const std::string& resource, const node_keys& nodes)
{
    const auto at = rendezvous_choice(rendezvous_digest(resource), nodes.begin(), nodes.end(),
                                      [](const std::string& node) { return rendezvous_digest(node); });
    return at != nodes.end() ? *at : "nobody";
}

node_keys some_nodes(int count)
{
    node_keys nodes;
    for (int i = 0; i < count; ++i)
        nodes.push_back("node" + std::to_string(i));
    return nodes;
}

std::string resource(int number)
{
    return "sn" + std::to_string(number);
}

} // namespace

TEST_CASE("rendezvous hashing: each node gets about as many resources as any other", "[realm][rendezvous]")
{
    const auto nodes = some_nodes(5);
    std::map<std::string, int> share;
    for (int i = 0; i < resource_count; ++i)
        ++share[chosen(resource(i), nodes)];
    CHECK(share.size() == nodes.size());
    for (const auto& [node, count] : share) {
        INFO(node << " has " << count);
        CHECK(count > 1800);
        CHECK(count < 2200);
    }
}

TEST_CASE("rendezvous hashing: a node that comes or goes moves no resource but its own", "[realm][rendezvous]")
{
    const auto all = some_nodes(7);
    auto others = all;
    std::swap(others[3], others.back());
    others.pop_back();
    std::reverse(others.begin(), others.end()); // the order means nothing
    int moved = 0;
    for (int i = 0; i < resource_count; ++i) {
        const auto before = chosen(resource(i), all);
        const auto after = chosen(resource(i), others);
        if (before == "node3")
            ++moved;
        else if (before != after)
            FAIL(resource(i) << " moved from " << before << " to " << after);
        CHECK(after != "node3");
    }
    CHECK(moved > resource_count / 10);
}

TEST_CASE("rendezvous hashing: nobody is chosen among none, and one among one", "[realm][rendezvous]")
{
    CHECK(chosen("sn1", {}) == "nobody");
    CHECK(chosen("sn1", {"a"}) == "a");
    CHECK(chosen("", {""}).empty());
}

TEST_CASE("rendezvous hashing: of equal nodes, the first is chosen", "[realm][rendezvous]")
{
    const std::vector<std::uint64_t> nodes{7, 7, 7};
    const auto at = rendezvous_choice(5, nodes.begin(), nodes.end(), [](std::uint64_t node) { return node; });
    CHECK(at == nodes.begin());
}

TEST_CASE("rendezvous hashing: a choice is the same on every machine and in every version", "[realm][rendezvous]")
{
    CHECK(rendezvous_digest("") != rendezvous_digest(std::string_view("\0", 1)));
    CHECK(rendezvous_digest("sn239019") == 0x4CC7C001F48B9439u);
    CHECK(rendezvous_weight(rendezvous_digest("sn239019"), rendezvous_digest("node23")) == 0x4F43C0651EB0A2D0u);
}
