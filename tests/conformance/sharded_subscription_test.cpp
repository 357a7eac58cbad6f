// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// Advanced profile, "Sharded Subscription".
#include <map>
#include <set>
#include <string>
#include <vector>

#include "support/catch.hpp"
#include "support/conversation.hpp"

using namespace junctor;
using namespace junctor::test;

namespace {

using strings = std::vector<std::string>;

constexpr int resource_count = 60;

std::string resource(int number)
{
    return "sn" + std::to_string(number);
}

/// Sensors that are published about, and those who listen to them on several nodes.
struct plant {
    explicit plant(serializer format = GENERATE(serializer::json, serializer::msgpack, serializer::cbor),
                   realm_options options = {}, std::uint64_t seed = 1)
        : talk(format, std::move(options), seed), sensor{talk.join("sensor")}
    {
    }

    peer& subscriber(const std::string& name, const std::string& options, const std::string& topic = "com.myapp.sensor")
    {
        auto& joined = talk.join(name);
        subscribes(joined, options, topic);
        return *(peers[name] = &joined);
    }

    void subscribes(peer& who, const std::string& options, const std::string& topic = "com.myapp.sensor")
    {
        who.says("[32, 1, " + options + ", \"" + topic + "\"]");
        who.hears("[33, 1, \"$_\"]");
    }

    void publishes(const std::string& options, const std::string& topic = "com.myapp.sensor")
    {
        sensor.says("[16, 1, " + options + ", \"" + topic + "\", [33.9]]");
    }

    /// Whoever gets an event with these options of PUBLISH; nobody gets it twice.
    std::set<std::string> receivers(const std::string& options, const std::string& topic = "com.myapp.sensor")
    {
        publishes(options, topic);
        std::set<std::string> found;
        for (const auto& [name, who] : peers) {
            if (!who->has_message())
                continue;
            who->hears(R"([36, "$_", "$_", "$_", [33.9]])");
            who->hears_nothing();
            found.insert(name);
        }
        return found;
    }

    std::set<std::string> receivers_of(int number) { return receivers(R"({"rkey": ")" + resource(number) + "\"}"); }

    /// Who gets the events of each resource, in their order.
    std::vector<std::set<std::string>> shares()
    {
        std::vector<std::set<std::string>> found;
        for (int i = 0; i < resource_count; ++i)
            found.push_back(receivers_of(i));
        return found;
    }

    conversation talk;
    peer& sensor;
    std::map<std::string, peer*> peers;
};

using names_of = std::set<std::string>;

} // namespace

TEST_CASE("sharded subscription: an event with a resource key goes to one node, and always to the same",
          "[conformance][sharding]")
{
    plant p;
    p.subscriber("a", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    p.subscriber("c", R"({"nkey": "node3"})");
    const auto shares = p.shares();
    std::map<names_of, int> counts;
    for (const auto& share : shares) {
        CHECK(share.size() == 1);
        ++counts[share];
    }
    CHECK(counts.size() == 3);
    for (const auto& [who, count] : counts)
        CHECK(count > resource_count / 6);
    CHECK(p.shares() == shares);
}

TEST_CASE("sharded subscription: all subscribers of a node get its events", "[conformance][sharding]")
{
    plant p;
    p.subscriber("a1", R"({"nkey": "node1"})");
    p.subscriber("b1", R"({"nkey": "node2"})");
    p.subscriber("a2", R"({"nkey": "node1"})");
    p.subscriber("b2", R"({"nkey": "node2"})");
    const std::set<names_of> nodes{{"a1", "a2"}, {"b1", "b2"}};
    std::set<names_of> served;
    for (const auto& share : p.shares())
        served.insert(share);
    CHECK(served == nodes);
}

TEST_CASE("sharded subscription: who gives no key loses nothing", "[conformance][sharding]")
{
    const auto none = GENERATE(R"({})", R"({"nkey": ""})", R"({"nkey": null})");
    CAPTURE(none);
    plant p;
    p.subscriber("all", none);
    p.subscriber("a", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    for (const auto& share : p.shares()) {
        CHECK(share.contains("all"));
        CHECK(share.size() == 2);
    }
    for (const auto* const options : {R"({})", R"({"rkey": ""})", R"({"rkey": null})", R"({"exclude": []})"}) {
        CAPTURE(options);
        CHECK(p.receivers(options) == names_of{"a", "all", "b"});
    }
}

TEST_CASE("sharded subscription: a node that comes or goes moves no resource but its own", "[conformance][sharding]")
{
    const std::string how = GENERATE("leaves", "unsubscribes", "loses the subscription");
    CAPTURE(how);
    plant p;
    p.subscriber("a", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    const auto before = p.shares();
    auto& passing = p.subscriber("c", R"({"nkey": "node3"})");
    passing.says(R"([48, 1, {}, "wamp.subscription.lookup", ["com.myapp.sensor"]])");
    passing.hears(R"([50, 1, {}, ["$topic"]])");
    const auto meanwhile = p.shares();
    int moved = 0;
    for (std::size_t i = 0; i < meanwhile.size(); ++i) {
        if (meanwhile[i] == names_of{"c"})
            ++moved;
        else
            CHECK(meanwhile[i] == before[i]);
    }
    CHECK(moved > resource_count / 6);

    if (how == "leaves") {
        passing.vanishes();
    } else if (how == "unsubscribes") {
        p.subscribes(passing, R"({"nkey": "node3"})"); // once more makes no difference
        passing.says(R"([34, 2, "$topic"])");
        passing.hears("[35, 2]");
    } else {
        p.sensor.says(R"([48, 2, {}, "wamp.subscription.remove_subscriber", ["$topic", "$c"]])");
        p.sensor.hears("[50, 2, {}]");
        passing.hears(R"([35, 0, {"subscription": "$topic"}])");
    }
    p.peers.erase("c");
    CHECK(p.shares() == before);
    passing.hears_nothing();
}

TEST_CASE("sharded subscription: a node lives as long as one of its subscribers", "[conformance][sharding]")
{
    plant p;
    p.subscriber("a", R"({"nkey": "node1"})");
    auto& b1 = p.subscriber("b1", R"({"nkey": "node2"})");
    const auto before = p.shares();
    p.subscriber("b2", R"({"nkey": "node2"})");
    b1.vanishes();
    p.peers.erase("b1");
    const auto after = p.shares();
    for (std::size_t i = 0; i < after.size(); ++i)
        CHECK(after[i] == (before[i] == names_of{"a"} ? names_of{"a"} : names_of{"b2"}));
}

TEST_CASE("sharded subscription: the latest SUBSCRIBE of a session says to which node it belongs",
          "[conformance][sharding]")
{
    plant p;
    p.subscriber("a", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    auto& c = p.subscriber("c", R"({"nkey": "node3"})");
    const auto with_three = p.shares();
    p.subscribes(c, R"({"nkey": "node2"})");
    for (const auto& share : p.shares())
        CHECK((share == names_of{"a"} || share == names_of{"b", "c"}));
    p.subscribes(c, "{}");
    for (const auto& share : p.shares())
        CHECK((share == names_of{"a", "c"} || share == names_of{"b", "c"}));
    p.subscribes(c, R"({"nkey": "node3"})");
    CHECK(p.shares() == with_three);
}

TEST_CASE("sharded subscription: the choice is the same in every realm and for every pattern",
          "[conformance][sharding]")
{
    const auto shares_of = [](std::uint64_t seed, const strings& nodes, const std::string& match,
                              const std::string& topic) {
        plant p(serializer::json, {}, seed);
        for (const auto& node : nodes)
            p.subscriber(node, R"({"match": ")" + match + R"(", "nkey": ")" + node + "\"}", topic);
        return p.shares();
    };
    const auto exact = shares_of(1, {"node1", "node2", "node3"}, "exact", "com.myapp.sensor");
    CHECK(shares_of(2, {"node3", "node1", "node2"}, "exact", "com.myapp.sensor") == exact);
    CHECK(shares_of(3, {"node2", "node3", "node1"}, "prefix", "com.") == exact);
    CHECK(shares_of(4, {"node1", "node2", "node3"}, "wildcard", "com..sensor") == exact);
}

TEST_CASE("sharded subscription: each subscription chooses among its own nodes", "[conformance][sharding]")
{
    plant p;
    auto& a = p.subscriber("a", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    p.subscriber("d", R"({"nkey": "node4", "match": "prefix"})", "com.");
    p.subscribes(a, "{}", "com.myapp.other"); // beside the point
    for (const auto& share : p.shares()) {
        CHECK(share.contains("d"));
        CHECK(share.size() == 2);
    }
}

TEST_CASE("sharded subscription: lists and publisher exclusion hold within the node that was chosen",
          "[conformance][sharding]")
{
    plant p;
    p.subscriber("a1", R"({"nkey": "node1"})");
    p.subscriber("a2", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    const auto shares = p.shares();
    p.subscribes(p.sensor, R"({"nkey": "node1"})");
    for (int i = 0; i < resource_count; ++i) {
        const bool of_a = shares[static_cast<std::size_t>(i)].contains("a1");
        const auto with = [&](const std::string& option) {
            return "{\"rkey\": \"" + resource(i) + "\", " + option + "}";
        };
        CHECK(p.receivers(with(R"("exclude_authid": ["a1"])")) == (of_a ? names_of{"a2"} : names_of{"b"}));
        CHECK(p.receivers(with(R"("eligible": ["$b"])")) == (of_a ? names_of{} : names_of{"b"}));
        p.sensor.hears_nothing();
        CHECK(p.receivers(with(R"("exclude_me": false)")) == shares[static_cast<std::size_t>(i)]);
        if (of_a)
            p.sensor.hears(R"([36, "$_", "$_", {}, [33.9]])");
    }
}

TEST_CASE("sharded subscription: events keep their order, whether they have a resource key or not",
          "[conformance][sharding]")
{
    plant p;
    auto& only = p.subscriber("only", R"({"nkey": "node1"})");
    for (const auto* const payload : {"1", "2", "3", "4"}) {
        const std::string options = payload == std::string("3") ? R"({"rkey": "sn1"})" : "{}";
        p.sensor.says("[16, 1, " + options + R"(, "com.myapp.sensor", [)" + payload + "]]");
    }
    for (const auto* const payload : {"1", "2", "3", "4"})
        only.hears(std::string(R"([36, "$_", "$_", {}, [)") + payload + "]]");
    only.hears_nothing();
}

TEST_CASE("sharded subscription: retained events are for everybody who asks for them", "[conformance][sharding]")
{
    plant p;
    p.publishes(R"({"retain": true})");
    p.publishes(R"({"retain": true, "rkey": "sn1"})"); // takes the place of the one before
    p.publishes(R"({"retain": true, "rkey": "sn2", "exclude_authid": ["c"]})");
    p.talk.on_core([](realm& core) { CHECK(core.retained_event_count() == 2); });
    for (const auto* const name : {"a", "b", "c"}) {
        auto& late = p.talk.join(name);
        late.says(std::string(R"([32, 1, {"get_retained": true, "nkey": ")") + name + R"("}, "com.myapp.sensor"])");
        late.hears(R"([33, 1, "$_"])");
        late.hears(R"([36, "$_", "$_", {"retained": true}, [33.9]])");
        late.hears_nothing();
    }
}

TEST_CASE("sharded subscription: the history of a subscription is the same for all nodes", "[conformance][sharding]")
{
    realm_options options;
    options.event_history = {{exact("com.myapp.sensor"), 100, 1 << 20}};
    plant p(serializer::json, std::move(options));
    auto& a = p.subscriber("a", R"({"nkey": "node1"})");
    auto& b = p.subscriber("b", R"({"nkey": "node2"})");
    CHECK(p.receivers(R"({"rkey": "sn1"})").size() == 1);
    for (auto* const each : {&a, &b}) {
        each->says(R"([48, 2, {}, "wamp.subscription.lookup", ["com.myapp.sensor"]])");
        each->hears(R"([50, 2, {}, ["$sensors"]])");
        each->says(R"([48, 3, {}, "wamp.subscription.get_events", ["$sensors"]])");
        each->hears(R"([50, 3, {}, [[{"timestamp": "$_", "subscription": "$_", "publication": "$_", "details": {},
                                      "args": [33.9]}]]])");
    }
}

TEST_CASE("sharded subscription: testaments may have a resource key", "[conformance][sharding]")
{
    plant p;
    p.subscriber("a", R"({"nkey": "node1"})");
    p.subscriber("b", R"({"nkey": "node2"})");
    const auto share = p.receivers_of(1);
    p.sensor.says(R"([48, 2, {}, "wamp.session.add_testament", ["com.myapp.sensor", [33.9]],
                      {"publish_options": {"rkey": ")" +
                  resource(1) + "\"}}]");
    p.sensor.hears("[50, 2, {}]");
    p.sensor.says(R"([48, 3, {}, "wamp.session.add_testament", ["com.myapp.sensor"],
                      {"publish_options": {"rkey": ")" +
                  std::string(257, 'k') + "\"}}]");
    p.sensor.hears_error(message_type::call, 3, "wamp.error.invalid_argument");
    p.sensor.vanishes();
    for (const auto& [name, who] : p.peers) {
        if (share.contains(name))
            who->hears(R"([36, "$_", "$_", {}, [33.9]])");
        who->hears_nothing();
    }
}

TEST_CASE("sharded subscription: what is wrong with a key", "[conformance][sharding]")
{
    const auto key =
        GENERATE(std::string("5"), std::string("true"), std::string(R"(["node1"])"), '"' + std::string(257, 'k') + '"');
    CAPTURE(key);
    plant p;
    p.sensor.says(R"([32, 1, {"nkey": )" + key + R"(}, "com.myapp.sensor"])");
    p.sensor.hears_error(message_type::subscribe, 1, "wamp.error.invalid_argument");
    CHECK(p.talk.subscription_count() == 0);
    p.sensor.says(R"([16, 2, {"acknowledge": true, "rkey": )" + key + R"(}, "com.myapp.sensor"])");
    p.sensor.hears_error(message_type::publish, 2, "wamp.error.invalid_argument");
    p.sensor.says(R"([16, 3, {"rkey": )" + key + R"(}, "com.myapp.sensor"])"); // nobody waits for an answer
    p.sensor.is_aborted();
}

TEST_CASE("sharded subscription: keys may have 256 octets", "[conformance][sharding]")
{
    plant p;
    const auto key = '"' + std::string(256, 'k') + '"';
    p.subscriber("a", R"({"nkey": )" + key + "}");
    CHECK(p.receivers(R"({"rkey": )" + key + "}") == names_of{"a"});
}
