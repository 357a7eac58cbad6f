// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::int64_t seconds_max = 86'400; // A day, as Crossbar.io has it.
constexpr std::int64_t hsts_seconds_max = std::int64_t{10} * 365 * 86'400;

/// What of a transport its parts begin with.
struct port_reading {
    const std::optional<endpoint>& where;
    const listening_transport& whole;
    shared_port& port;
    config_reading& reading;
};

using service_reader = void (*)(dict_reader& keys, web_path& path, config_reading& reading);

/// What a path may lead to, besides a WebSocket and further paths.
constexpr std::array<named<service_reader>, 9> services{{{"caller", read_caller_service},
                                                         {"health", read_health_service},
                                                         {"json", read_json_service},
                                                         {"longpoll", read_longpoll_service},
                                                         {"nodeinfo", read_nodeinfo_service},
                                                         {"publisher", read_publisher_service},
                                                         {"redirect", read_redirect_service},
                                                         {"static", read_static_service},
                                                         {"webhook", read_webhook_service}}};

constexpr std::array<std::string_view, 2> common_types{"websocket", "path"};
constexpr std::array<std::string_view, 10> planned_types{
    "none", "resource", "reverseproxy", "cgi", "wsgi", "websocket-reverseproxy", "archive", "wap", "catalog", "upload"};

/// A part of the transport, which has the bounds of the whole unless it says otherwise.
std::shared_ptr<listening_transport> read_part(dict_reader& keys, std::string_view type, port_reading& in)
{
    auto part = std::make_shared<listening_transport>(in.whole.endpoint());
    part->limits(in.whole.per_session()).limits(in.whole.per_transport());
    keys.refuse("endpoint", "endpoints of their own for what shares a port are");
    if (const auto bounds = keys.take("limits"); bounds && kind_of(*bounds->node) == "dict") {
        if (const auto count = dict_reader(*bounds, in.reading.problems).take("connections_max"))
            in.reading.problems.error(*count, "belongs to the port as a whole",
                                      "give it in the limits of the transport");
    }
    read_session_transport(keys, type, in.where, *part, in.reading);
    return part;
}

void read_websocket_path(dict_reader& keys, web_path path, port_reading& in)
{
    path.transport = read_part(keys, "websocket", in);
    auto settings = *path.transport->websocket();
    settings.path.clear(); // The port has led here by it.
    path.transport->websocket(std::move(settings));
    in.port.paths.push_back(std::move(path));
}

bool is_segment(std::string_view name) noexcept
{
    return !name.empty() && name != "." && name != ".." && std::all_of(name.begin(), name.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
}

void read_paths(const config_item& item, const std::string& below, port_reading& in);

std::vector<std::string_view> path_types()
{
    std::vector<std::string_view> types(common_types.begin(), common_types.end());
    for (const auto& service : services)
        types.push_back(service.first);
    return types;
}

void read_path(const config_item& item, web_path path, port_reading& in)
{
    dict_reader keys(item, in.reading.problems);
    const auto type = read_type(keys, "path service", path_types(), planned_types, in.reading.problems);
    if (!type)
        return;
    if (*type == "path") {
        if (const auto paths = keys.require("paths"))
            read_paths(*paths, path.at == "/" ? "" : path.at, in);
    } else if (*type == "websocket") {
        read_websocket_path(keys, std::move(path), in);
    } else {
        const auto at = std::find_if(services.begin(), services.end(), [&](const auto& s) { return s.first == *type; });
        static_cast<void>(read_id(keys, {}, in.reading.problems)); // Nothing names paths by their ids.
        at->second(keys, path, in.reading);
        if (path.service != nullptr)
            in.port.paths.push_back(std::move(path));
    }
    keys.finish();
}

/// The path that `name` stands for below `below`, unless that is wrong or taken.
std::optional<web_path> new_path(const std::string& name, const std::string& below, const config_item& item,
                                 port_reading& in)
{
    if (name != "/" && !is_segment(name)) {
        in.reading.problems.error(item, fmt::format("'{}' is no segment of a path", name),
                                  "letters, digits, '_', '-' and '.'; or \"/\" for the path itself");
        return std::nullopt;
    }
    web_path path;
    path.at = name != "/" ? below + "/" + name : below.empty() ? "/" : below;
    const auto& taken = in.port.paths;
    if (std::any_of(taken.begin(), taken.end(), [&](const auto& other) { return other.at == path.at; })) {
        in.reading.problems.error(item, fmt::format("the path '{}' leads to something else already", path.at));
        return std::nullopt;
    }
    return path;
}

void read_paths(const config_item& item, const std::string& below, port_reading& in)
{
    dict_reader names(item, in.reading.problems);
    for (const auto& [name, content] : names.take_all()) {
        if (auto path = new_path(name, below, content, in))
            read_path(content, std::move(*path), in);
    }
    names.finish();
}

/// The WebSockets of a universal transport: a dict of their paths, which need not say their type.
void read_websocket_paths(const config_item& item, port_reading& in)
{
    static constexpr std::array<std::string_view, 1> types{"websocket"};
    dict_reader names(item, in.reading.problems);
    for (const auto& [name, content] : names.take_all()) {
        auto path = new_path(name, "", content, in);
        if (!path)
            continue;
        dict_reader keys(content, in.reading.problems);
        if (!keys.lacks("type"))
            static_cast<void>(read_type(keys, "transport", types, {}, in.reading.problems));
        read_websocket_path(keys, std::move(*path), in);
        keys.finish();
    }
    names.finish();
}

void read_web_options(const config_item& item, http_settings& settings, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    settings.access_log = keys.boolean("access_log").value_or(false);
    settings.hsts = keys.boolean("hsts").value_or(false);
    if (const auto age = keys.integer("hsts_max_age", 0, hsts_seconds_max))
        settings.hsts_max_age = std::chrono::seconds(*age);
    if (const auto timeout = keys.integer("client_timeout", 1, seconds_max))
        settings.client_timeout = std::chrono::seconds(*timeout);
    if (const auto timeout = keys.integer("request_timeout", 1, seconds_max))
        settings.request_timeout = std::chrono::seconds(*timeout);
    settings.server_shown = keys.boolean("show_server_version").value_or(true);
    keys.ignore({"display_tracebacks"});
    keys.finish();
}

/// The keys of the web, whether they stand in the transport itself or in one that is universal.
void read_web_keys(dict_reader& keys, port_reading& in)
{
    if (const auto options = keys.take("options"))
        read_web_options(*options, in.port.http, in.reading);
    if (const auto paths = keys.require("paths")) {
        read_paths(*paths, "", in);
        if (in.port.paths.empty() && kind_of(*paths->node) == "dict" &&
            dict_reader(*paths, in.reading.problems).take_all().empty())
            in.reading.problems.error(*paths, "must name one path at least");
    }
}

/// The bounds and the log of the transport as a whole.
void read_whole(dict_reader& keys, listening_transport& transport, config_reading& reading)
{
    if (const auto bounds = keys.take("limits"))
        read_limits(*bounds, transport, reading);
    transport.debug(keys.boolean("debug").value_or(false));
}

} // namespace

void read_web(dict_reader& keys, const std::optional<endpoint>& where, listening_transport& transport,
              config_reading& reading)
{
    read_whole(keys, transport, reading);
    shared_port port;
    port_reading in{where, transport, port, reading};
    read_web_keys(keys, in);
    transport.share(std::move(port));
}

void read_universal(dict_reader& keys, const std::optional<endpoint>& where, listening_transport& transport,
                    config_reading& reading)
{
    read_whole(keys, transport, reading);
    shared_port port;
    port_reading in{where, transport, port, reading};
    if (const auto item = keys.take("rawsocket")) {
        dict_reader part(*item, reading.problems);
        static_cast<void>(part.text("type"));
        port.rawsocket = read_part(part, "rawsocket", in);
        part.finish();
    }
    const auto websockets = keys.take("websocket");
    if (websockets)
        read_websocket_paths(*websockets, in);
    const auto web = keys.take("web");
    if (web) {
        dict_reader part(*web, reading.problems);
        static_cast<void>(part.text("type"));
        read_web_keys(part, in);
        part.finish();
    }
    keys.refuse("mqtt", "MQTT clients are");
    if (port.rawsocket == nullptr && !websockets && !web)
        reading.problems.error(keys.item(), "serves nothing", "give it 'rawsocket', 'websocket' or 'web'");
    transport.share(std::move(port));
}

} // namespace junctor
