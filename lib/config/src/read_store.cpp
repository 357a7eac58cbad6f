// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

enum class store_type : std::uint8_t { memory };
constexpr std::array<named<store_type>, 1> store_types{{{"memory", store_type::memory}}};

constexpr std::int64_t limit_max = 10'000'000;
constexpr std::int64_t bytes_least = std::int64_t{64} << 10;
constexpr std::int64_t bytes_most = std::int64_t{1} << 40;

/// `limit` of the dict, or of the one around it.
std::size_t read_limit(dict_reader& keys, std::size_t otherwise)
{
    const auto limit = keys.integer("limit", 1, limit_max);
    return limit ? static_cast<std::size_t>(*limit) : otherwise;
}

std::size_t read_bytes_max(dict_reader& keys, std::size_t otherwise)
{
    const auto bytes = keys.integer("bytes_max", bytes_least, bytes_most);
    return bytes ? static_cast<std::size_t>(*bytes) : otherwise;
}

std::optional<history_rule> read_history_rule(const config_item& item, std::size_t limit, uri_check uris,
                                              config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto pattern = read_pattern(keys, uris, reading);
    history_rule rule;
    rule.events_max = read_limit(keys, limit);
    rule.bytes_max = read_bytes_max(keys, rule.bytes_max);
    keys.finish();
    if (!pattern)
        return std::nullopt;
    if (is_reserved(pattern->uri))
        reading.problems.error(*keys.take("uri"), "events of the router itself are not kept");
    rule.topics = std::move(*pattern);
    return rule;
}

std::optional<call_queue_rule> read_queue_rule(const config_item& item, std::size_t limit, uri_check uris,
                                               config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto pattern = read_pattern(keys, uris, reading);
    call_queue_rule rule;
    rule.calls_max = read_limit(keys, limit);
    rule.bytes_max = read_bytes_max(keys, rule.bytes_max);
    keys.finish();
    if (!pattern)
        return std::nullopt;
    if (is_reserved(pattern->uri))
        reading.problems.error(*keys.take("uri"), "calls to the router itself do not wait");
    rule.procedures = std::move(*pattern);
    return rule;
}

} // namespace

void read_store(const config_item& item, realm_options& options, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    if (const auto type = keys.require("type"))
        (void)read_choice(*type, "type of store", store_types, reading.problems);
    const auto limit = read_limit(keys, history_rule().events_max);
    unique_names patterns("history of the pattern");
    for (const auto& rule_item : keys.list("event-history")) {
        auto rule = read_history_rule(rule_item, limit, options.uris, reading);
        if (!rule)
            continue;
        patterns.add(fmt::format("{} {}", to_string(rule->topics.match), rule->topics.uri), rule_item,
                     reading.problems);
        options.event_history.push_back(std::move(*rule));
    }
    unique_names queues("queue of the pattern");
    for (const auto& rule_item : keys.list("call-queue")) {
        auto rule = read_queue_rule(rule_item, limit, options.uris, reading);
        if (!rule)
            continue;
        queues.add(fmt::format("{} {}", to_string(rule->procedures.match), rule->procedures.uri), rule_item,
                   reading.problems);
        options.call_queues.push_back(std::move(*rule));
    }
    keys.finish();
}

} // namespace junctor
