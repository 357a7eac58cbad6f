// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>

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

/// Whether every file is there: only then is there a point in looking into them.
bool is_complete(const tls_server_options& options)
{
    const auto is_named = [](const std::string& path) { return !path.empty(); };
    return is_named(options.key) && is_named(options.certificate) &&
           std::all_of(options.chain_certificates.begin(), options.chain_certificates.end(), is_named) &&
           std::all_of(options.ca_certificates.begin(), options.ca_certificates.end(), is_named);
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
    keys.finish();
    if (is_complete(options) && !(dhparam && options.dhparam.empty()))
        try_out(options, item, reading);
    return options;
}

} // namespace junctor
