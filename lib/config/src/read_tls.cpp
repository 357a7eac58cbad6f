// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include <junctor/transport/tls_context.hpp>

#include "readers.hpp"

namespace junctor {
namespace {

std::string read_required_file(dict_reader& keys, std::string_view key, config_reading& reading)
{
    const auto item = keys.require(key);
    return item ? read_file_path(*item, reading) : std::string();
}

constexpr std::int64_t ticket_lifetime_max_s = 7 * 24 * 3600; // RFC 8446, section 4.6.1.

bool all_named(const std::vector<std::string>& paths)
{
    return std::none_of(paths.begin(), paths.end(), [](const std::string& path) { return path.empty(); });
}

/// Whether every file is there: only then is there a point in looking into them.
bool is_complete(const tls_server_options& options)
{
    const auto is_whole = [](const tls_certificate& c) {
        return all_named({c.key, c.certificate}) && all_named(c.chain_certificates);
    };
    return all_named({options.key, options.certificate}) && all_named(options.chain_certificates) &&
           all_named(options.ca_certificates) &&
           std::all_of(options.certificates.begin(), options.certificates.end(), is_whole);
}

/// Loads what `options` names, as the transport will, to find what is wrong with it now.
void try_out(const tls_server_options& options, const config_item& item, config_reading& reading)
{
    try {
        const tls_context context(options);
    } catch (const endpoint_error& error) {
        reading.problems.error(item, error.what());
    }
}

/// One element of `certificates`.
tls_certificate read_certificate(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    tls_certificate shown;
    shown.key = read_required_file(keys, "key", reading);
    shown.certificate = read_required_file(keys, "certificate", reading);
    shown.chain_certificates = read_file_paths(keys, "chain_certificates", reading);
    for (const auto& element : keys.list("server_names")) {
        if (auto name = read_text(element, reading.problems))
            shown.server_names.push_back(std::move(*name));
    }
    keys.finish();
    return shown;
}

void read_session_tickets(dict_reader& keys, tls_server_options& options, config_reading& reading)
{
    const auto wanted = keys.take("session_tickets");
    if (wanted)
        options.session_tickets = read_boolean(*wanted, reading.problems).value_or(false);
    if (wanted && options.session_tickets && !options.ca_certificates.empty())
        reading.problems.error(*wanted, "is not possible together with 'ca_certificates'",
                               "clients prove anew each time that they have the key of their certificate");
    if (const auto lifetime = keys.integer("session_ticket_lifetime", 1, ticket_lifetime_max_s))
        options.session_ticket_lifetime = std::chrono::seconds(*lifetime);
}

} // namespace

std::string read_file_path(const config_item& item, config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    if (!text)
        return {};
    auto path = reading.absolute(*text);
    std::error_code error;
    const bool is_file = std::filesystem::is_regular_file(path, error);
    if (error || !is_file)
        reading.problems.error(item, fmt::format("there is no file '{}'", path));
    else if (!std::ifstream(path))
        reading.problems.error(item, fmt::format("the file '{}' cannot be read", path), "check its owner and mode");
    else
        return path;
    return {};
}

std::vector<std::string> read_file_paths(dict_reader& keys, std::string_view key, config_reading& reading)
{
    std::vector<std::string> paths;
    for (const auto& item : keys.list(key))
        paths.push_back(read_file_path(item, reading));
    return paths;
}

tls_server_options read_tls(const config_item& item, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    tls_server_options options;
    options.key = read_required_file(keys, "key", reading);
    options.certificate = read_required_file(keys, "certificate", reading);
    options.chain_certificates = read_file_paths(keys, "chain_certificates", reading);
    options.ciphers = keys.text("ciphers").value_or("");
    options.ca_certificates = read_file_paths(keys, "ca_certificates", reading);
    const auto dhparam = keys.take("dhparam");
    if (dhparam)
        options.dhparam = read_file_path(*dhparam, reading);
    for (const auto& element : keys.list("certificates"))
        options.certificates.push_back(read_certificate(element, reading));
    read_session_tickets(keys, options, reading);
    options.optional = keys.boolean("optional").value_or(false);
    keys.finish();
    if (is_complete(options) && !(dhparam && options.dhparam.empty()))
        try_out(options, item, reading);
    return options;
}

} // namespace junctor
