// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<std::string_view, 4> transport_types{"rawsocket", "websocket", "web", "universal"};
constexpr std::array<std::string_view, 4> planned_transport_types{"mqtt", "flashpolicy", "websocket.testee",
                                                                  "stream.testee"};

/// The range that Crossbar.io documents, 1 to 64 MB. Only a part of it can be announced: see `read_max_message_size`.
constexpr std::int64_t message_size_min = 1;
constexpr std::int64_t message_size_max = std::int64_t{64} << 20;

constexpr std::array<named<keep_alive>, 3> keep_alive_modes{
    {{"off", keep_alive::off}, {"after_peer_ping", keep_alive::after_peer_ping}, {"always", keep_alive::always}}};
constexpr std::array<named<error_uri_profile>, 2> error_uri_profiles{
    {{"spec", error_uri_profile::spec}, {"crossbar", error_uri_profile::crossbar}}};
constexpr std::int64_t keep_alive_interval_min_ms = 100;
constexpr std::int64_t keep_alive_interval_max_ms = 86'400'000;

/// The size may stand in two places, of which Crossbar.io documents one and implements the other.
void read_max_message_size(const std::optional<config_item>& outer, const std::optional<config_item>& inner,
                           listening_transport& transport, config_reading& reading)
{
    std::optional<std::int64_t> size;
    for (const auto& item : {outer, inner}) {
        if (!item)
            continue;
        const auto given = read_integer(*item, message_size_min, message_size_max, reading.problems);
        if (size && given && *given != *size)
            reading.problems.error(*item, fmt::format("differs from the value {} given in the transport itself", *size),
                                   "leave out one of the two");
        if (!given || size)
            continue;
        size = given;
        transport.max_message_size(static_cast<std::size_t>(*given));
        const auto announced = transport.announced_message_size();
        if (announced < static_cast<std::size_t>(*given))
            reading.problems.warning(
                *item, fmt::format("RawSocket clients can be told {} at most, so that is the limit", announced));
    }
}

void read_keep_alive(dict_reader& keys, listening_transport& transport, config_reading& reading)
{
    const auto mode_item = keys.take("keep_alive");
    const auto interval_item = keys.take("keep_alive_interval");
    const auto mode = mode_item ? read_choice(*mode_item, "mode", keep_alive_modes, reading.problems) : std::nullopt;
    const auto interval = interval_item ? read_integer(*interval_item, keep_alive_interval_min_ms,
                                                       keep_alive_interval_max_ms, reading.problems)
                                        : std::nullopt;
    if (mode_item && mode && *mode != keep_alive::off) {
        if (interval)
            transport.keep_alive_ping(*mode, std::chrono::milliseconds(*interval));
        else if (!interval_item)
            reading.problems.error(*mode_item, "needs the key 'keep_alive_interval' as well");
    } else if (interval_item && !mode_item) {
        reading.problems.error(*interval_item, "needs the key 'keep_alive' as well");
    }
}

void read_options(const config_item& item, const std::optional<config_item>& outer_size, listening_transport& transport,
                  config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    read_max_message_size(outer_size, keys.take("max_message_size"), transport, reading);
    if (const auto size = keys.integer("min_peer_message_size", 0, limits::rawsocket_message_bytes_max))
        transport.min_peer_message_size(static_cast<std::size_t>(*size));
    read_keep_alive(keys, transport, reading);
    read_error_uris(keys, transport);
    keys.finish();
}

/// What only a transport of type "rawsocket" has.
void read_rawsocket(dict_reader& keys, listening_transport& transport, config_reading& reading)
{
    const auto outer_size = keys.take("max_message_size");
    if (const auto options = keys.take("options"))
        read_options(*options, outer_size, transport, reading);
    else
        read_max_message_size(outer_size, std::nullopt, transport, reading);
}

} // namespace

void read_serializers(const config_item& item, listening_transport& transport, config_reading& reading)
{
    std::vector<std::string_view> names;
    for (const auto format : all_serializers)
        names.push_back(to_string(format));

    serializer_set allowed;
    const auto elements = read_list(item, reading.problems);
    for (const auto& element : elements) {
        const auto name = read_text(element, reading.problems);
        if (!name)
            continue;
        if (const auto format = parse_serializer(*name))
            allowed.insert(*format);
        else if (*name == "ubjson" || *name == "flatbuffers")
            reading.problems.error(element, fmt::format("the serializer '{}' is not supported", *name),
                                   fmt::format("supported: {}", fmt::join(names, ", ")));
        else
            report_unknown_word(element, "serializer", names, reading.problems);
    }
    if (!allowed.empty())
        transport.serializers(allowed);
    else if (elements.empty() && kind_of(*item.node) == "list")
        reading.problems.error(item, "must name one serializer at least", "leave the key out for all");
}

void read_error_uris(dict_reader& keys, listening_transport& transport)
{
    if (const auto profile = keys.choice("error_uri_profile", "profile", error_uri_profiles))
        transport.error_uris(*profile);
}

void read_session_transport(dict_reader& keys, std::string_view type, const std::optional<endpoint>& where,
                            listening_transport& transport, config_reading& reading)
{
    if (const auto serializers = keys.take("serializers"))
        read_serializers(*serializers, transport, reading);
    if (type == "websocket")
        read_websocket(keys, transport, reading);
    else if (type == "rawsocket")
        read_rawsocket(keys, transport, reading);
    if (const auto bounds = keys.take("limits"))
        read_limits(*bounds, transport, reading);
    transport.debug(keys.boolean("debug").value_or(false));
    read_auth(keys, where, transport, reading);
}

std::optional<listening_transport> read_transport(const config_item& item, std::size_t number, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto id = read_id(keys, fmt::format("transport{}", number), reading.problems);
    const auto type = read_type(keys, "transport", transport_types, planned_transport_types, reading.problems);
    if (!type)
        return std::nullopt; // Whatever else it has is of another kind.

    const auto endpoint_item = keys.require("endpoint");
    const auto where = endpoint_item ? read_endpoint(*endpoint_item, reading) : std::nullopt;
    auto transport = rawsocket(where.value_or(tcp_endpoint()));
    transport.id(id);

    const auto* const tcp = where ? std::get_if<tcp_endpoint>(&*where) : nullptr;
    if (tcp != nullptr && tcp->tls && tcp->tls->optional && *type != "web" && *type != "universal")
        reading.problems.error(*endpoint_item,
                               "TLS can be optional on transports of type \"universal\" and \"web\" only");
    if (*type == "web")
        read_web(keys, where, transport, reading);
    else if (*type == "universal")
        read_universal(keys, where, transport, reading);
    else
        read_session_transport(keys, *type, where, transport, reading);
    keys.finish();
    return transport;
}

} // namespace junctor
