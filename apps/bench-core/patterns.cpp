// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "patterns.hpp"

#include <ctime>
#include <fstream>
#include <random>
#include <stdexcept>
#include <string>
#include <string_view>

#include <fmt/format.h>
#include <unistd.h>

#include "peer.hpp"

namespace junctor {

namespace {

constexpr auto format = serializer::msgpack;

double processor_seconds()
{
    return static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
}

double resident_bytes()
{
    std::ifstream statm("/proc/self/statm");
    std::size_t reserved = 0;
    std::size_t resident = 0;
    if (!(statm >> reserved >> resident))
        throw std::runtime_error("/proc/self/statm cannot be read");
    return static_cast<double>(resident) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// One kind of pattern: its name, how many there are, the `number`th of them, and a URI that it matches.
struct kind {
    std::string_view name;
    match_policy match;
    std::size_t count;
    std::string (*pattern)(std::size_t number);
    std::string (*uri)(std::size_t number);
};

std::string exact_uri(std::size_t number)
{
    return fmt::format("com.example.app{}.object{}.get", number % 100, number);
}

std::string prefix_pattern(std::size_t number)
{
    return fmt::format("net.tenant{}.", number);
}

std::string prefix_uri(std::size_t number)
{
    return fmt::format("net.tenant{}.orders.list", number);
}

std::string wildcard_pattern(std::size_t number)
{
    return fmt::format("org.device{}..state", number);
}

std::string wildcard_uri(std::size_t number)
{
    return fmt::format("org.device{}.room7.state", number);
}

std::string unknown_uri(std::size_t number)
{
    return fmt::format("edu.nobody{}.orders.list", number);
}

membership_limits without_limits()
{
    membership_limits limits;
    limits.registrations_max = limits.subscriptions_max = static_cast<std::size_t>(-1);
    return limits;
}

/// A realm with somebody who registers and subscribes, and somebody who calls and publishes.
class scene {
public:
    scene() : many_(open(), format, session_role::callee, without_limits()), one_(where_, format, session_role::caller)
    {
    }

    ~scene()
    {
        where_.leave(many_.member);
        where_.leave(one_.member);
    }

    scene(const scene&) = delete;
    scene& operator=(const scene&) = delete;

    void register_pattern(const std::string& pattern, match_policy match)
    {
        register_ m;
        m.request = request_id(++requests_);
        m.options.match = match;
        m.procedure = pattern;
        give(many_, m);
    }

    void subscribe_pattern(const std::string& pattern, match_policy match)
    {
        subscribe m;
        m.request = request_id(++requests_);
        m.options.match = match;
        m.topic = pattern;
        give(many_, m);
    }

    /// A call, and its answer if it has reached somebody.
    void call_and_answer(const std::string& procedure)
    {
        call m;
        m.request = request_id(++requests_);
        m.procedure = procedure;
        give(one_, m);
        if (where_.pending_call_count() == 0)
            return;
        yield answer;
        answer.request = request_id(++invocations_);
        give(many_, answer);
    }

    void publish_to(const std::string& topic)
    {
        publish m;
        m.request = request_id(++requests_);
        m.topic = topic;
        give(one_, m);
    }

    [[nodiscard]] realm& where() noexcept { return where_; }

private:
    /// Permissions come before those who need them.
    realm& open()
    {
        where_.role("anonymous").allow(action::any, prefix(""));
        return where_;
    }

    template <class Message>
    void give(peer& from, const Message& m)
    {
        where_.receive(from.member, m, {});
        where_.settle();
        many_.queue.write();
        one_.queue.write();
    }

    realm where_{"realm1", {}, 1};
    peer many_;
    peer one_;
    std::uint64_t requests_{0};
    std::uint64_t invocations_{0};
};

struct cost_of_adding {
    double bytes{0};
    double nanoseconds{0};
};

template <class Add>
cost_of_adding add_all(const kind& which, Add add)
{
    if (which.count == 0)
        return {};
    const auto bytes = resident_bytes();
    const auto begun = processor_seconds();
    for (std::size_t number = 0; number != which.count; ++number)
        add(which.pattern(number), which.match);
    const auto count = static_cast<double>(which.count);
    return {(resident_bytes() - bytes) / count, (processor_seconds() - begun) * 1e9 / count};
}

/// The time of one `use` of URIs that are made before, each at random.
template <class Use>
double time_of(std::size_t rounds, std::size_t count, std::string (*uri)(std::size_t), Use use)
{
    std::mt19937_64 random(1);
    std::vector<std::string> uris;
    for (std::size_t i = 0; i != rounds; ++i)
        uris.push_back(uri(random() % count));
    const auto begun = processor_seconds();
    for (const auto& each : uris)
        use(each);
    return (processor_seconds() - begun) * 1e9 / static_cast<double>(rounds);
}

template <class Add, class Use>
void measure(std::string_view what, const pattern_counts& counts, Add add, Use use)
{
    const kind kinds[] = {
        {"exact", match_policy::exact, counts.exact, exact_uri, exact_uri},
        {"prefix", match_policy::prefix, counts.prefix, prefix_pattern, prefix_uri},
        {"wildcard", match_policy::wildcard, counts.wildcard, wildcard_pattern, wildcard_uri},
    };
    cost_of_adding added[std::size(kinds)];
    for (std::size_t i = 0; i != std::size(kinds); ++i)
        added[i] = add_all(kinds[i], add);
    for (std::size_t i = 0; i != std::size(kinds); ++i) {
        if (kinds[i].count == 0)
            continue;
        const auto used = time_of(counts.rounds, kinds[i].count, kinds[i].uri, use);
        fmt::print("{{\"{}\": \"{}\", \"count\": {}, \"bytes_each\": {:.0f}, \"ns_to_add\": {:.0f}, "
                   "\"ns_to_use\": {:.0f}}}\n",
                   what, kinds[i].name, kinds[i].count, added[i].bytes, added[i].nanoseconds, used);
    }
    fmt::print("{{\"{}\": \"none\", \"ns_to_use\": {:.0f}}}\n", what,
               time_of(counts.rounds, counts.rounds, unknown_uri, use));
}

} // namespace

void measure_patterns(const pattern_counts& counts)
{
    scene all;
    measure(
        "registration", counts, [&](const auto& pattern, auto match) { all.register_pattern(pattern, match); },
        [&](const auto& uri) { all.call_and_answer(uri); });
    measure(
        "subscription", counts, [&](const auto& pattern, auto match) { all.subscribe_pattern(pattern, match); },
        [&](const auto& uri) { all.publish_to(uri); });
    const auto expected = counts.exact + counts.prefix + counts.wildcard;
    if (all.where().registration_count() != expected || all.where().subscription_count() != expected)
        throw std::logic_error("not everything was registered or subscribed to");
}

} // namespace junctor
