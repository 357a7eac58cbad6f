// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>

#include <junctor/transport/shared_port.hpp>
#include <junctor/web/longpoll.hpp>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::int64_t timeout_max_s = 3600;
constexpr std::int64_t queue_bytes_max = std::int64_t{64} << 20;
constexpr std::int64_t queue_messages_max = 1'000'000;

/// A number of seconds; nothing changes if the key is left out.
void read_seconds(dict_reader& keys, std::string_view key, std::chrono::milliseconds& duration)
{
    if (const auto given = keys.integer(key, 1, timeout_max_s))
        duration = std::chrono::seconds(*given);
}

void read_bound(dict_reader& keys, std::string_view key, std::int64_t max, std::size_t& bound)
{
    if (const auto given = keys.integer(key, 1, max))
        bound = static_cast<std::size_t>(*given);
}

/// `debug_transport_id` is ignored because whoever knows a transport's name may speak for its client.
void read_options(const config_item& item, longpoll_settings& settings, listening_transport& transport,
                  config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    read_seconds(keys, "request_timeout", settings.request_timeout);
    read_seconds(keys, "session_timeout", settings.session_timeout);
    read_bound(keys, "queue_limit_bytes", queue_bytes_max, settings.queue_bytes_max);
    read_bound(keys, "queue_limit_messages", queue_messages_max, settings.queue_messages_max);
    if (const auto size = keys.integer("max_message_size", 1, limits::rawsocket_message_bytes_max))
        transport.max_message_size(static_cast<std::size_t>(*size));
    transport.debug(keys.boolean("debug").value_or(false));
    read_origins(keys, settings.origins, reading);
    read_error_uris(keys, transport);
    keys.ignore({"debug_transport_id"});
    keys.finish();
}

} // namespace

void read_longpoll_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    longpoll_settings settings;
    auto transport = std::make_shared<listening_transport>(unix_socket(""));
    if (const auto options = keys.take("options"))
        read_options(*options, settings, *transport, reading);
    if (const auto serializers = keys.take("serializers"))
        read_serializers(*serializers, *transport, reading);
    if (const auto bounds = keys.take("limits"))
        read_limits(*bounds, *transport, reading);
    read_auth(keys, std::nullopt, *transport, reading);
    path.transport = transport;
    path.service = std::make_shared<longpoll>(std::move(transport), std::move(settings));
}

} // namespace junctor
