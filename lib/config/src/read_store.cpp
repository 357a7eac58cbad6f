// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>
#include <utility>

#include <fmt/format.h>

#include "module_item.hpp"
#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::string_view sqlite_store = "sqlite";

constexpr std::int64_t limit_max = 10'000'000;
constexpr std::int64_t bytes_least = std::int64_t{64} << 10;
constexpr std::int64_t bytes_most = std::int64_t{1} << 40;
constexpr std::int64_t age_most_s = 315'360'000; // Ten years.

/// The bounds that `keys` give, of the store or of one history in it, in place of those in `rule`.
void read_bounds(dict_reader& keys, history_rule& rule)
{
    if (const auto limit = keys.integer("limit", 1, limit_max))
        rule.events_max = static_cast<std::size_t>(*limit);
    if (const auto bytes = keys.integer("bytes_max", bytes_least, bytes_most))
        rule.bytes_max = static_cast<std::size_t>(*bytes);
    if (const auto age = keys.integer("age_max", 0, age_most_s))
        rule.age_max = std::chrono::seconds(*age);
}

/// One element of `event-history`, which has the bounds of `standard` unless it says otherwise.
std::optional<history_rule> read_history_rule(const config_item& item, const history_rule& standard, uri_check uris,
                                              config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto pattern = read_pattern(keys, uris, reading);
    auto rule = standard;
    read_bounds(keys, rule);
    keys.finish();
    if (!pattern)
        return std::nullopt;
    if (is_reserved(pattern->uri))
        reading.problems.error(*keys.take("uri"), "events of the router itself are not kept");
    rule.topics = std::move(*pattern);
    return rule;
}

/// One element of `call-queue`, which takes as many calls as `standard` does unless it says otherwise.
std::optional<call_queue_rule> read_queue_rule(const config_item& item, const call_queue_rule& standard, uri_check uris,
                                               config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto pattern = read_pattern(keys, uris, reading);
    auto rule = standard;
    if (const auto limit = keys.integer("limit", 1, limit_max))
        rule.calls_max = static_cast<std::size_t>(*limit);
    if (const auto bytes = keys.integer("bytes_max", bytes_least, bytes_most))
        rule.bytes_max = static_cast<std::size_t>(*bytes);
    keys.finish();
    if (!pattern)
        return std::nullopt;
    if (is_reserved(pattern->uri))
        reading.problems.error(*keys.take("uri"), "calls to the router itself do not wait");
    rule.procedures = std::move(*pattern);
    return rule;
}

void read_event_history(dict_reader& keys, const history_rule& standard, realm_options& options,
                        config_reading& reading)
{
    unique_names patterns("history of the pattern");
    for (const auto& item : keys.list("event-history")) {
        auto rule = read_history_rule(item, standard, options.uris, reading);
        if (!rule)
            continue;
        patterns.add(fmt::format("{} {}", to_string(rule->topics.match), rule->topics.uri), item, reading.problems);
        options.event_history.push_back(std::move(*rule));
    }
}

void read_call_queues(dict_reader& keys, const history_rule& bounds, realm_options& options, config_reading& reading)
{
    call_queue_rule standard;
    standard.calls_max = bounds.events_max;
    unique_names queues("queue of the pattern");
    for (const auto& item : keys.list("call-queue")) {
        auto rule = read_queue_rule(item, standard, options.uris, reading);
        if (!rule)
            continue;
        queues.add(fmt::format("{} {}", to_string(rule->procedures.match), rule->procedures.uri), item,
                   reading.problems);
        options.call_queues.push_back(std::move(*rule));
    }
}

void report_unknown_type(const config_item& item, std::string_view type, config_reading& reading)
{
    if (type == "cfxdb")
        return reading.problems.error(item, "Crossbar.io's database 'cfxdb' is not supported",
                                      "the type \"sqlite\" keeps events on disk, in the file that 'path' names");
    if (type == sqlite_store)
        return reading.problems.error(item, "this build has no store of the type 'sqlite'",
                                      "build Junctor with JUNCTOR_WITH_SQLITE, or load the module store-sqlite");
    const auto others = reading.context.modules->event_stores();
    std::vector<std::string_view> types(others.begin(), others.end());
    types.push_back(memory_store);
    report_unknown_word(item, "type of store", types, reading.problems);
}

/// The store of a module, which reads the keys that are left; null for the one in memory, which has none.
std::shared_ptr<event_store> read_type_of_store(const config_item& item, dict_reader& keys, config_reading& reading)
{
    const auto type = read_text(item, reading.problems);
    if (!type || *type == memory_store)
        return nullptr;
    const auto* const make = reading.context.modules->find_event_store(*type);
    dict content;
    for (const auto& [key, own] : keys.take_all()) {
        report_repeated_keys(own, reading.problems);
        content.set(key, to_value(*own.node));
    }
    if (make != nullptr)
        return make_from(*make, content, keys.item(), reading);
    report_unknown_type(item, *type, reading);
    return nullptr;
}

} // namespace

void read_store(const config_item& item, realm_options& options, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto type = keys.require("type");
    history_rule standard;
    read_bounds(keys, standard);
    read_event_history(keys, standard, options, reading);
    read_call_queues(keys, standard, options, reading);
    if (type)
        options.store = read_type_of_store(*type, keys, reading);
    keys.finish();
}

} // namespace junctor
