// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

enum class store_type : std::uint8_t { memory };
constexpr std::array<named<store_type>, 1> store_types{{{"memory", store_type::memory}}};

constexpr std::int64_t history_events_max = 10'000'000;
constexpr std::int64_t history_bytes_min = std::int64_t{64} << 10;
constexpr std::int64_t history_bytes_max = std::int64_t{1} << 40;

/// `limit` of the dict, or of the one around it.
std::size_t read_limit(dict_reader& keys, std::size_t otherwise)
{
    const auto limit = keys.integer("limit", 1, history_events_max);
    return limit ? static_cast<std::size_t>(*limit) : otherwise;
}

std::optional<history_rule> read_history_rule(const config_item& item, std::size_t limit, uri_check uris,
                                              config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto pattern = read_pattern(keys, uris, reading);
    history_rule rule;
    rule.events_max = read_limit(keys, limit);
    if (const auto bytes = keys.integer("bytes_max", history_bytes_min, history_bytes_max))
        rule.bytes_max = static_cast<std::size_t>(*bytes);
    keys.finish();
    if (!pattern)
        return std::nullopt;
    if (is_reserved(pattern->uri))
        reading.problems.error(*keys.take("uri"), "events of the router itself are not kept");
    rule.topics = std::move(*pattern);
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
    keys.refuse("call-queue", "call queues are");
    keys.finish();
}

} // namespace junctor
