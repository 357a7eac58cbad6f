// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <stdexcept>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<std::string_view, 2> transport_types{"rawsocket", "websocket"};

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

/// Either kind of connector, from its URL.
template <class Connector>
std::optional<Connector> read_url(const config_item& item, config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    if (!text)
        return std::nullopt;
    auto made = Connector::from_url(*text);
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
    auto by_url = url_item ? read_url<rawsocket_connector>(*url_item, reading) : std::nullopt;
    if (!endpoint_item && !url_item && keys.lacks("endpoint"))
        reading.problems.error(keys.item(), "the key 'endpoint' is missing", "a 'url' of the router will do as well");
    if (!endpoint_item)
        return by_url;
    auto where = read_remote_endpoint(*endpoint_item, reading);
    return where ? std::optional(rawsocket(std::move(*where))) : std::nullopt;
}

/// Where to connect to: what `url` says, or `endpoint` in place of its host and port.
std::optional<websocket_connector> read_websocket_where(dict_reader& keys, config_reading& reading)
{
    const auto endpoint_item = keys.take("endpoint");
    const auto url_item = keys.require("url");
    auto to = url_item ? read_url<websocket_connector>(*url_item, reading) : std::nullopt;
    auto where = endpoint_item ? read_remote_endpoint(*endpoint_item, reading) : std::nullopt;
    if (endpoint_item && !where)
        return std::nullopt;
    if (to && where)
        to->endpoint(std::move(*where));
    return to;
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

/// The subprotocol "wamp.2.cbor.batched" that `item` calls "cbor.batched".
std::optional<websocket_subprotocol> read_subprotocol(const config_item& item, config_reading& reading)
{
    constexpr std::string_view prefix = "wamp.2.";
    const auto name = read_text(item, reading.problems);
    const auto known = name ? parse_subprotocol(fmt::format("{}{}", prefix, *name)) : std::nullopt;
    if (!name || known)
        return known;
    std::vector<std::string> names;
    for (const bool batched : {false, true})
        for (const auto format : all_serializers)
            names.push_back(name_of({format, batched}).substr(prefix.size()));
    const std::vector<std::string_view> views(names.begin(), names.end());
    report_unknown_word(item, "serializer", views, reading.problems);
    return std::nullopt;
}

/// What is offered, from the one that is wanted most on.
void read_serializers(dict_reader& keys, websocket_connector& to, config_reading& reading)
{
    const auto one = keys.take("serializer");
    const auto several = keys.take("serializers");
    if (one && several)
        reading.problems.error(*several, "is given as 'serializer' as well", "leave out one of the two");
    const auto items = several ? read_list(*several, reading.problems) : std::vector<config_item>();
    std::vector<websocket_subprotocol> offered;
    for (const auto& item : one ? std::vector{*one} : items)
        if (const auto subprotocol = read_subprotocol(item, reading))
            offered.push_back(*subprotocol);
    if (several && items.empty() && kind_of(*several->node) == "list")
        reading.problems.error(*several, "must name one serializer at least");
    if (offered.empty())
        return;
    try {
        to.subprotocols(std::move(offered));
    } catch (const std::invalid_argument& failure) {
        reading.problems.error(*several, failure.what());
    }
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

/// The keys of a RawSocket transport but for those that all have; nothing if it is not known where it leads.
std::optional<rawsocket_connector> read_rawsocket(dict_reader& keys, config_reading& reading)
{
    auto where = read_where(keys, reading);
    auto to = where.value_or(rawsocket(remote_unix{"@nowhere"})); // The rest is looked at all the same.
    read_serializer(keys, to, reading);
    const auto size = keys.take("max_message_size");
    if (size)
        read_message_size(*size, to, reading);
    if (const auto options = keys.take("options"))
        read_options(*options, size.has_value(), to, reading);
    return where ? std::optional(std::move(to)) : std::nullopt;
}

/// The same of a WebSocket transport.
std::optional<websocket_connector> read_websocket(dict_reader& keys, config_reading& reading)
{
    auto where = read_websocket_where(keys, reading);
    auto to = where.value_or(websocket_connector(remote_unix{"@nowhere"}));
    read_serializers(keys, to, reading);
    if (const auto options = keys.take("options"))
        read_websocket_options(*options, to, reading);
    return where ? std::optional(std::move(to)) : std::nullopt;
}

/// A connector of either kind, and the keys that both have.
template <class Connector>
std::optional<upstream_config> complete(std::optional<Connector> to, std::string id, dict_reader& keys,
                                        config_reading& reading)
{
    const bool debug = keys.boolean("debug").value_or(false);
    const auto retry = read_retry(keys, reading);
    keys.finish();
    if (!to)
        return std::nullopt;
    to->id(std::move(id)).debug(debug);
    return upstream_config{std::move(*to), nullptr, retry};
}

} // namespace

std::optional<upstream_config> read_connecting_transport(const config_item& item, std::size_t number,
                                                         config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    auto id = read_id(keys, fmt::format("transport{}", number), reading.problems);
    const auto type = read_type(keys, "transport", transport_types, {}, reading.problems);
    if (!type)
        return std::nullopt; // Whatever else it has is of another kind.
    if (*type == "websocket")
        return complete(read_websocket(keys, reading), std::move(id), keys, reading);
    return complete(read_rawsocket(keys, reading), std::move(id), keys, reading);
}

} // namespace junctor
