// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <stdexcept>

#include <fmt/format.h>

#include <junctor/transport/tls_context.hpp>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<std::string_view, 2> endpoint_types{"tcp", "unix"};
constexpr std::array<std::string_view, 2> planned_endpoint_types{"twisted", "tor"};

constexpr std::int64_t version_4 = 4;
constexpr std::int64_t version_6 = 6;

std::string read_required_text(dict_reader& keys, std::string_view key, config_reading& reading)
{
    const auto item = keys.require(key);
    auto text = item ? read_text(*item, reading.problems) : std::nullopt;
    if (text && text->empty())
        reading.problems.error(*item, "must not be empty");
    return std::move(text).value_or("");
}

std::chrono::milliseconds read_timeout(dict_reader& keys)
{
    const auto most = std::chrono::duration_cast<std::chrono::seconds>(connect_timeout_max);
    const auto timeout = keys.integer("timeout", 0, most.count());
    return timeout ? std::chrono::seconds(*timeout) : connect_timeout_default;
}

std::optional<ip_version> read_version(dict_reader& keys, config_reading& reading)
{
    const auto item = keys.take("version");
    const auto version = item ? read_integer(*item, version_4, version_6, reading.problems) : std::nullopt;
    if (!version)
        return std::nullopt;
    if (*version != version_4 && *version != version_6)
        reading.problems.error(*item, "must be 4 or 6");
    return *version == version_6 ? ip_version::v6 : ip_version::v4;
}

/// Loads what `options` names, as connecting will, to find what is wrong with it now.
void try_out(const tls_client_options& options, const config_item& item, config_reading& reading)
{
    const auto& authorities = options.ca_certificates;
    if (std::any_of(authorities.begin(), authorities.end(), [](const auto& path) { return path.empty(); }))
        return; // That has been said already.
    try {
        const tls_context context(options);
    } catch (const endpoint_error& error) {
        reading.problems.error(item, error.what());
    }
}

/// The value of `tls`; nothing if it is not usable.
std::optional<tls_client_options> read_tls_client(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    tls_client_options options;
    options.hostname = read_required_text(keys, "hostname", reading);
    options.ca_certificates = read_file_paths(keys, "ca_certificates", reading);
    const auto certificate = keys.take("certificate");
    const auto key = keys.take("key");
    if (certificate)
        options.certificate = read_file_path(*certificate, reading);
    if (key)
        options.key = read_file_path(*key, reading);
    keys.finish();
    if (certificate.has_value() != key.has_value())
        reading.problems.error(item, "must have both 'certificate' and 'key', or none of them");
    if (options.hostname.empty() || options.certificate.empty() != options.key.empty())
        return std::nullopt;
    try_out(options, item, reading);
    return options;
}

std::optional<remote_endpoint> read_tcp(dict_reader& keys, config_reading& reading)
{
    remote_tcp where;
    where.host = read_required_text(keys, "host", reading);
    if (const auto port = keys.require("port"))
        where.port = read_port(*port, 1, reading);
    where.version = read_version(keys, reading);
    where.timeout = read_timeout(keys);
    const auto tls = keys.take("tls");
    if (tls)
        where.tls = read_tls_client(*tls, reading);
    if (where.host.empty() || where.port == 0 || (tls && !where.tls))
        return std::nullopt;
    return where;
}

std::optional<remote_endpoint> read_unix(dict_reader& keys, config_reading& reading)
{
    remote_unix where;
    const auto item = keys.require("path");
    const auto path = item ? read_path(*item, reading) : std::nullopt;
    where.timeout = read_timeout(keys);
    if (!path)
        return std::nullopt;
    where.path = path->starts_with('@') ? *path : reading.absolute(*path);
    return where;
}

} // namespace

std::optional<remote_endpoint> read_remote_endpoint(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto type = read_type(keys, "endpoint", endpoint_types, planned_endpoint_types, reading.problems);
    if (!type)
        return std::nullopt;
    auto where = *type == "tcp" ? read_tcp(keys, reading) : read_unix(keys, reading);
    keys.finish();
    return where;
}

} // namespace junctor
