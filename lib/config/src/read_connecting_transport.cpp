// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<std::string_view, 1> transport_types{"rawsocket"};
constexpr std::array<std::string_view, 1> planned_transport_types{"websocket"};

/// The range that Crossbar.io documents, 1 to 64 MB. Only a part of it can be announced.
constexpr std::int64_t message_size_min = 1;
constexpr std::int64_t message_size_max = std::int64_t{64} << 20;

constexpr std::int64_t keep_alive_interval_min_ms = 100;
constexpr std::int64_t keep_alive_interval_max_ms = 86'400'000;

constexpr std::int64_t retries_max = 1'000'000'000;
constexpr double delay_max_s = 3600;
constexpr double delay_min_s = 0.001;
constexpr double growth_max = 100;

std::optional<double> read_number(const config_item& item, double min, double max, problem_list& problems)
{
    std::optional<double> number;
    if (const auto* const real = std::get_if<double>(&item.node->content))
        number = *real;
    else if (const auto* const whole = std::get_if<std::int64_t>(&item.node->content))
        number = static_cast<double>(*whole);
    if (number && *number >= min && *number <= max)
        return number;
    if (number || kind_of(*item.node) == "integer")
        problems.error(item, fmt::format("must be from {} to {}", min, max));
    else
        report_type(item, "a number", problems);
    return std::nullopt;
}

void read_delay(dict_reader& keys, std::string_view key, std::chrono::milliseconds& delay, config_reading& reading)
{
    const auto item = keys.take(key);
    if (const auto seconds = item ? read_number(*item, delay_min_s, delay_max_s, reading.problems) : std::nullopt)
        delay = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::duration<double>(*seconds));
}

void read_factor(dict_reader& keys, std::string_view key, double min, double max, double& factor,
                 config_reading& reading)
{
    if (const auto item = keys.take(key))
        factor = read_number(*item, min, max, reading.problems).value_or(factor);
}

client::retry_policy read_retry(dict_reader& keys, config_reading& reading)
{
    client::retry_policy policy;
    if (const auto most = keys.integer("max_retries", -1, retries_max))
        policy.max_retries = static_cast<int>(*most);
    read_delay(keys, "initial_retry_delay", policy.initial_delay, reading);
    read_delay(keys, "max_retry_delay", policy.max_delay, reading);
    if (policy.initial_delay > policy.max_delay)
        reading.problems.error(keys.item(), fmt::format("initial_retry_delay must not be longer than max_retry_delay, "
                                                        "which is {} s unless it is given",
                                                        client::retry_policy().max_delay.count() / 1000));
    read_factor(keys, "retry_delay_growth", 1, growth_max, policy.growth, reading);
    read_factor(keys, "retry_delay_jitter", 0, 1, policy.jitter, reading);
    return policy;
}

std::optional<rawsocket_connector> read_url(const config_item& item, config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    if (!text)
        return std::nullopt;
    auto made = rawsocket_connector::from_url(*text);
    if (made)
        return std::move(*made);
    reading.problems.error(item, made.error().text);
    return std::nullopt;
}

/// Where to connect to: `endpoint`, or `url` if there is none.
std::optional<rawsocket_connector> read_where(dict_reader& keys, config_reading& reading)
{
    const auto endpoint_item = keys.take("endpoint");
    const auto url_item = keys.take("url");
    auto by_url = url_item ? read_url(*url_item, reading) : std::nullopt;
    if (!endpoint_item && !url_item && keys.lacks("endpoint"))
        reading.problems.error(keys.item(), "the key 'endpoint' is missing", "a 'url' of the router will do as well");
    if (!endpoint_item)
        return by_url;
    auto where = read_remote_endpoint(*endpoint_item, reading);
    return where ? std::optional(rawsocket(std::move(*where))) : std::nullopt;
}

void read_serializer(dict_reader& keys, rawsocket_connector& to, config_reading& reading)
{
    if (const auto several = keys.take("serializers"))
        reading.problems.error(*several, "is for transports that listen", "one that connects has a 'serializer'");
    const auto item = keys.require("serializer");
    const auto name = item ? read_text(*item, reading.problems) : std::nullopt;
    if (!name)
        return;
    std::vector<std::string_view> names;
    for (const auto format : all_serializers)
        names.push_back(to_string(format));
    if (const auto format = parse_serializer(*name))
        to.serializer(*format);
    else
        report_unknown_word(*item, "serializer", names, reading.problems);
}

void read_message_size(const config_item& item, rawsocket_connector& to, config_reading& reading)
{
    const auto size = read_integer(item, message_size_min, message_size_max, reading.problems);
    if (!size)
        return;
    to.max_message_size(static_cast<std::size_t>(*size));
    if (to.announced_message_size() < static_cast<std::size_t>(*size))
        reading.problems.warning(
            item, fmt::format("routers can be told {} at most, so that is the limit", to.announced_message_size()));
}

void read_options(const config_item& item, bool has_size, rawsocket_connector& to, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    if (const auto size = keys.take("max_message_size")) {
        if (has_size)
            reading.problems.error(*size, "is given in the transport itself as well", "leave out one of the two");
        read_message_size(*size, to, reading);
    }
    if (const auto ms = keys.integer("keep_alive_interval", keep_alive_interval_min_ms, keep_alive_interval_max_ms))
        to.keep_alive_ping(std::chrono::milliseconds(*ms));
    keys.finish();
}

} // namespace

std::optional<upstream_config> read_connecting_transport(const config_item& item, std::size_t number,
                                                         config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto id = read_id(keys, fmt::format("transport{}", number), reading.problems);
    if (!read_type(keys, "transport", transport_types, planned_transport_types, reading.problems))
        return std::nullopt; // Whatever else it has is of another kind.
    auto where = read_where(keys, reading);
    auto to = where ? std::move(*where) : rawsocket(remote_unix{"@nowhere"}); // The rest is looked at all the same.
    to.id(std::move(id));
    read_serializer(keys, to, reading);
    const auto size = keys.take("max_message_size");
    if (size)
        read_message_size(*size, to, reading);
    if (const auto options = keys.take("options"))
        read_options(*options, size.has_value(), to, reading);
    to.debug(keys.boolean("debug").value_or(false));
    const auto retry = read_retry(keys, reading);
    keys.finish();
    if (!where)
        return std::nullopt;
    return upstream_config{std::move(to), nullptr, retry};
}

} // namespace junctor
