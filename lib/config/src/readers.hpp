// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The parts of a node configuration, one reader for each.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/client/credentials.hpp>
#include <junctor/config/load_config.hpp>
#include <junctor/transport/remote_endpoint.hpp>

#include "dict_reader.hpp"
#include "used_names.hpp"

namespace junctor {

struct cookie_settings;
struct web_path;

/// What every reader needs besides its item.
struct config_reading {
    const config_context& context;
    problem_list& problems;
    used_names names{}; ///< Of the worker that is being read.

    /// `path` of a file as the configuration means it: relative to its own directory.
    [[nodiscard]] std::string absolute(std::string_view path) const;
};

/// The node as a whole.
[[nodiscard]] node_config read_node(const config_item& item, config_reading& reading);

/// The value of `modules` of the node: loads what it names.
void read_modules(const config_item& item, config_reading& reading);

/// What of a worker of type "guest" follows its type; nothing if it is disabled.
[[nodiscard]] std::optional<guest_config> read_guest(dict_reader& keys, std::string id, config_reading& reading);

/// What of a worker of type "container" follows its type; nothing if it is disabled.
[[nodiscard]] std::optional<container_config> read_container(dict_reader& keys, std::string id,
                                                             config_reading& reading);

/// The key `components` of a router that has these `realms`.
[[nodiscard]] std::vector<router_component_config>
read_router_components(dict_reader& keys, const std::vector<realm_config>& realms, config_reading& reading);

/// The keys that components have wherever they run, for the one with the id `id`. Nothing if it is of another type,
/// whose keys are others.
[[nodiscard]] std::optional<component_config> read_component(dict_reader& keys, std::string id,
                                                             config_reading& reading);

/// The value of `transport` of the `number`th component of a container; nothing if it is not usable.
[[nodiscard]] std::optional<upstream_config> read_connecting_transport(const config_item& item, std::size_t number,
                                                                       config_reading& reading);

/// The value of `auth` of a component of a container; null if it is not usable.
[[nodiscard]] std::shared_ptr<const client::credentials> read_credentials(const config_item& item,
                                                                          config_reading& reading);

/// The keys `restart`, `restart_delay` and `restart_delay_max`, each of which may be left out.
void read_restart(dict_reader& keys, restart_policy& policy, std::chrono::milliseconds& delay,
                  std::chrono::milliseconds& delay_max, config_reading& reading);

/// A duration in milliseconds from `min` to an hour, longer than which nothing is waited for. Nothing changes if the
/// key is left out.
void read_duration(dict_reader& keys, std::string_view key, std::int64_t min, std::chrono::milliseconds& duration);

/// The value of `disabled` of a worker: true, false, or a variable of the environment that says so.
[[nodiscard]] bool read_disabled(const config_item& item, config_reading& reading);

/// One element of `realms`, the `number`th one, counting from 1.
[[nodiscard]] realm_config read_realm(const config_item& item, std::size_t number, config_reading& reading);

/// A list of networks, addresses and the word "unix".
[[nodiscard]] session_sources read_places(const config_item& item, config_reading& reading);

/// The value of `sources` of a role: such a list, which should not be empty.
[[nodiscard]] session_sources read_sources(const config_item& item, config_reading& reading);

/// The value of `store` of a realm, added to its `options`.
void read_store(const config_item& item, realm_options& options, config_reading& reading);

/// The keys `uri` and `match`; nothing if they are not usable.
[[nodiscard]] std::optional<uri_pattern> read_pattern(dict_reader& keys, uri_check uris, config_reading& reading);

/// One element of `permissions`; nothing if its URI is not usable.
[[nodiscard]] std::optional<permission_rule> read_permission(const config_item& item, uri_check uris,
                                                             config_reading& reading);

/// One element of `transports`, the `number`th one; nothing if it has no usable endpoint.
[[nodiscard]] std::optional<listening_transport> read_transport(const config_item& item, std::size_t number,
                                                                config_reading& reading);

/// The keys of a transport on which sessions join, of the type "rawsocket" or "websocket", which listens at `where` if
/// that is known.
void read_session_transport(dict_reader& keys, std::string_view type, const std::optional<endpoint>& where,
                            listening_transport& transport, config_reading& reading);

/// The keys of a transport of type "web".
void read_web(dict_reader& keys, const std::optional<endpoint>& where, listening_transport& transport,
              config_reading& reading);

/// The keys of a transport of type "universal".
void read_universal(dict_reader& keys, const std::optional<endpoint>& where, listening_transport& transport,
                    config_reading& reading);

/// What only a transport of type "websocket" has: `url`, and the keys of its `options`.
void read_websocket(dict_reader& keys, listening_transport& transport, config_reading& reading);

/// The value of `options` of a transport of that type which connects.
void read_websocket_options(const config_item& item, websocket_connector& to, config_reading& reading);

/// The keys `allowed_origins` and `allow_null_origin`: where browsers may come from. Who names any origin means those
/// without one, too, unless told otherwise.
void read_origins(dict_reader& keys, websocket_settings& settings, config_reading& reading);

/// The value of `cookie` of a transport.
[[nodiscard]] std::shared_ptr<const cookie_settings> read_cookie(const config_item& item, config_reading& reading);

/// The value of `serializers` of a transport.
void read_serializers(const config_item& item, listening_transport& transport, config_reading& reading);

/// What of a path of type "longpoll" follows its type: sets its service and its transport, which still needs a name.
void read_longpoll_service(dict_reader& keys, web_path& path, config_reading& reading);

/// The option `error_uri_profile` of a transport.
void read_error_uris(dict_reader& keys, listening_transport& transport);

/// \name Services of a path of the web
/// What follows `type` of each, for `path`; its service stays null if it cannot be made.
/// @{
void read_static_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_json_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_redirect_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_nodeinfo_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_health_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_publisher_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_caller_service(dict_reader& keys, web_path& path, config_reading& reading);
void read_webhook_service(dict_reader& keys, web_path& path, config_reading& reading);
/// @}

/// The value of `limits` of a transport.
void read_limits(const config_item& item, listening_transport& transport, config_reading& reading);

/// The value of `endpoint` of a transport that listens.
[[nodiscard]] std::optional<endpoint> read_endpoint(const config_item& item, config_reading& reading);

/// The path of a file that must be readable; empty, and a problem, if it is not.
[[nodiscard]] std::string read_file_path(const config_item& item, config_reading& reading);

/// The list of such paths under `key`.
[[nodiscard]] std::vector<std::string> read_file_paths(dict_reader& keys, std::string_view key,
                                                       config_reading& reading);

/// A number from `min` to 65535, or "$NAME" for a variable of the environment that holds one; 0 if it is wrong.
[[nodiscard]] std::uint16_t read_port(const config_item& item, std::int64_t min, config_reading& reading);

/// Where a transport connects to; nothing if that is wrong.
[[nodiscard]] std::optional<remote_endpoint> read_remote_endpoint(const config_item& item, config_reading& reading);

/// The value of `tls` of an endpoint.
[[nodiscard]] tls_server_options read_tls(const config_item& item, config_reading& reading);

/// Adds the authmethods of `auth` to `transport`, which listens at `where` if that is known; anonymous if the key is
/// absent.
void read_auth(dict_reader& keys, const std::optional<endpoint>& where, listening_transport& transport,
               config_reading& reading);

/// The value of `id`, or `otherwise` if there is none. What is no proper identifier is a problem.
[[nodiscard]] std::string read_id(dict_reader& keys, std::string otherwise, problem_list& problems);

/// A path as it is written, not empty, with its variables replaced; nothing, and a problem, if it is none.
[[nodiscard]] std::optional<std::string> read_path(const config_item& item, config_reading& reading);

/// Names that must not occur twice.
class unique_names {
public:
    /// `what` says what the names are, such as "realm".
    explicit unique_names(std::string_view what) : what_{what} {}

    /// Notes a problem at `item` if `name` was added before.
    void add(const std::string& name, const config_item& item, problem_list& problems);

private:
    std::string what_;
    std::vector<std::string> names_;
};

/// The value of the key `type`, if it is one of `supported`. One of `planned` is known to Crossbar.io but not to this
/// version; `what` says what it is a type of, such as "endpoint".
[[nodiscard]] std::optional<std::string> read_type(dict_reader& keys, std::string_view what,
                                                   std::span<const std::string_view> supported,
                                                   std::span<const std::string_view> planned, problem_list& problems);

} // namespace junctor
