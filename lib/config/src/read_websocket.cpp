// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <chrono>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

/// The range that Crossbar.io documents; 0 stands for as much as there can be.
constexpr std::int64_t size_max = std::int64_t{64} << 20;
constexpr std::int64_t duration_min_ms = 1000;
constexpr std::int64_t duration_max_ms = 86'400'000;

/// A duration in milliseconds, or 0 for none; nothing if the key is absent or wrong.
std::optional<std::chrono::milliseconds> read_duration(dict_reader& keys, std::string_view key, config_reading& reading)
{
    const auto item = keys.take(key);
    const auto given = item ? read_integer(*item, 0, duration_max_ms, reading.problems) : std::nullopt;
    if (given && *given != 0 && *given < duration_min_ms) {
        reading.problems.error(*item, fmt::format("is in milliseconds: must be 0, or {} at least", duration_min_ms));
        return std::nullopt;
    }
    return given ? std::optional(std::chrono::milliseconds(*given)) : std::nullopt;
}

template <class Transport>
void read_max_message_size(dict_reader& keys, Transport& transport, config_reading& reading)
{
    const auto item = keys.take("max_message_size");
    const auto given = item ? read_integer(*item, 0, size_max, reading.problems) : std::nullopt;
    if (!given)
        return;
    constexpr auto most = limits::rawsocket_message_bytes_max;
    const auto size = *given == 0 ? most : static_cast<std::size_t>(*given);
    if (size > most)
        reading.problems.warning(*item, fmt::format("messages have {} bytes at most, so that is the limit", most));
    transport.max_message_size(std::min(size, most));
}

void ping_always(listening_transport& transport, std::chrono::milliseconds interval)
{
    transport.keep_alive_ping(keep_alive::always, interval);
}

void ping_always(websocket_connector& transport, std::chrono::milliseconds interval)
{
    transport.keep_alive_ping(interval);
}

template <class Transport>
void read_keep_alive(dict_reader& keys, Transport& transport, config_reading& reading)
{
    const auto interval = read_duration(keys, "auto_ping_interval", reading);
    if (interval && interval->count() != 0)
        ping_always(transport, *interval);
    if (const auto timeout = read_duration(keys, "auto_ping_timeout", reading))
        transport.pong_timeout(*timeout);
}

/// A window that is asked for: 9 to 15, or 0 for any; nothing if the key is absent or wrong.
std::optional<int> read_window_bits(dict_reader& keys, std::string_view key, config_reading& reading)
{
    const auto item = keys.take(key);
    const auto given = item ? read_integer(*item, 0, deflate_window_bits_max, reading.problems) : std::nullopt;
    if (!given)
        return std::nullopt;
    if (*given != 0 && *given < deflate_window_bits_min) {
        reading.problems.error(
            *item, fmt::format("must be 0, or from {} to {}", deflate_window_bits_min, deflate_window_bits_max));
        return std::nullopt;
    }
    return static_cast<int>(*given);
}

deflate_settings read_deflate(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    deflate_settings settings;
    settings.request_no_context_takeover = keys.boolean("request_no_context_takeover").value_or(false);
    settings.no_context_takeover = keys.boolean("no_context_takeover").value_or(false);
    settings.request_max_window_bits = read_window_bits(keys, "request_max_window_bits", reading).value_or(0);
    if (const auto bits = read_window_bits(keys, "max_window_bits", reading); bits && *bits != 0)
        settings.max_window_bits = *bits;
    if (const auto level = keys.integer("memory_level", 1, deflate_memory_level_max))
        settings.memory_level = static_cast<int>(*level);
    keys.finish();
    return settings;
}

/// Messages are compressed if and only if there is a dict for the only way to do it.
std::optional<deflate_settings> read_compression(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto deflate = keys.take("deflate");
    auto settings = deflate ? std::optional(read_deflate(*deflate, reading)) : std::nullopt;
    keys.finish();
    return settings;
}

/// The options that transports of either kind have.
template <class Transport>
void read_common_options(dict_reader& keys, Transport& transport, websocket_connection_settings& settings,
                         config_reading& reading)
{
    read_max_message_size(keys, transport, reading);
    if (const auto size = keys.integer("max_frame_size", 0, size_max))
        settings.max_frame_size = static_cast<std::size_t>(*size);
    if (const auto bound = read_duration(keys, "open_handshake_timeout", reading))
        settings.open_handshake_timeout = *bound;
    if (const auto bound = read_duration(keys, "close_handshake_timeout", reading))
        settings.close_handshake_timeout = *bound;
    read_keep_alive(keys, transport, reading);
    if (const auto compression = keys.take("compression"))
        settings.deflate = read_compression(*compression, reading);
    keys.ignore({"validate_utf8", "apply_mask", "auto_fragment_size", "fail_by_drop", "echo_close_codereason",
                 "tcp_nodelay", "auto_ping_size", "auto_ping_restart_on_any_traffic"});
}

void read_options(const config_item& item, listening_transport& transport, websocket_settings& settings,
                  config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    read_common_options(keys, transport, settings, reading);
    read_origins(keys, settings, reading);
    settings.subprotocol_required = keys.boolean("require_websocket_subprotocol").value_or(true);
    settings.status_page = keys.boolean("enable_webstatus").value_or(true);
    settings.server_shown = keys.boolean("show_server_version").value_or(true);
    read_error_uris(keys, transport);
    keys.ignore({"external_port", "enable_hybi10", "enable_rfc6455", "mask_server_frames",
                 "require_masked_client_frames", "enable_flash_policy", "flash_policy"});
    keys.finish();
}

/// The path of a URL such as "ws://localhost:8080/ws"; empty if it names none.
std::string read_url(const config_item& item, config_reading& reading)
{
    const auto url = read_text(item, reading.problems);
    if (!url)
        return {};
    const bool plain = url->starts_with("ws://");
    if (!plain && !url->starts_with("wss://")) {
        reading.problems.error(item, "is no URL of a WebSocket", "such as \"ws://localhost:8080/ws\"");
        return {};
    }
    const auto path = url->find('/', plain ? 5 : 6);
    auto found = path == std::string::npos ? std::string() : url->substr(path, url->find_first_of("?#") - path);
    return found == "/" ? std::string() : found;
}

} // namespace

void read_origins(dict_reader& keys, websocket_settings& settings, config_reading& reading)
{
    const auto origins = keys.take("allowed_origins");
    if (origins) {
        for (const auto& element : read_list(*origins, reading.problems)) {
            const auto origin = read_text(element, reading.problems);
            if (!origin)
                continue;
            if (*origin != "*" && origin->find("://") == std::string::npos)
                reading.problems.error(element, "is no origin", "such as \"https://shop.example.com\", or \"*\"");
            settings.allowed_origins.push_back(*origin);
        }
        if (settings.allowed_origins.empty() && kind_of(*origins->node) == "list")
            reading.problems.error(*origins, "must name one origin at least",
                                   "leave the key out for pages of the same host");
    }
    const auto& named = settings.allowed_origins;
    const bool any = std::find(named.begin(), named.end(), "*") != named.end();
    settings.null_origin_allowed = keys.boolean("allow_null_origin").value_or(any);
}

void read_websocket_options(const config_item& item, websocket_connector& to, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    websocket_connection_settings settings;
    read_common_options(keys, to, settings, reading);
    keys.ignore({"version", "utf8validate_incoming", "accept_masked_server_frames", "mask_client_frames",
                 "server_connection_drop_timeout"});
    keys.finish();
    to.websocket(settings);
}

void read_websocket(dict_reader& keys, listening_transport& transport, config_reading& reading)
{
    websocket_settings settings;
    if (const auto url = keys.take("url"))
        settings.path = read_url(*url, reading);
    if (const auto options = keys.take("options"))
        read_options(*options, transport, settings, reading);
    if (const auto cookie = keys.take("cookie"))
        settings.cookie = read_cookie(*cookie, reading);
    transport.websocket(std::move(settings));
}

} // namespace junctor
