// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <system_error>

#include <fmt/format.h>

#include <junctor/transport/shared_port.hpp>
#include <junctor/web/static_files.hpp>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::int64_t cache_timeout_max_s = 315'360'000; // Ten years.

/// The value of `directory`; empty, and a problem, if there is none.
std::string read_directory(const config_item& item, config_reading& reading)
{
    const auto text = read_path(item, reading);
    if (!text)
        return {};
    auto path = reading.absolute(*text);
    std::error_code error;
    if (!std::filesystem::is_directory(path, error))
        reading.problems.error(item, fmt::format("there is no directory '{}'", path));
    return path;
}

/// Whether `text` can stand in a field of HTTP.
bool is_field_value(std::string_view text)
{
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= ' ' && c <= '~'; });
}

/// The value of `mime_types`, added to `types`.
void read_types(const config_item& item, content_types& types, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    for (const auto& [extension, type] : keys.take_all()) {
        const auto text = read_text(type, reading.problems);
        if (!text)
            continue;
        if (!extension.starts_with('.') || extension.find_last_of("./") != 0)
            reading.problems.error(type, "is for no end of a name", "such as \".svg\"");
        else if (!is_field_value(*text) || text->find('/') == std::string::npos)
            reading.problems.error(type, "is no type of content", "such as \"image/svg+xml\"");
        else
            types.add(extension, *text);
    }
}

/// The value of `cache_timeout`: seconds, or null for nothing to be said.
void read_cache_timeout(const config_item& item, static_file_options& options, config_reading& reading)
{
    if (std::holds_alternative<std::nullptr_t>(item.node->content))
        options.cache_timeout.reset();
    else if (const auto seconds = read_integer(item, 0, cache_timeout_max_s, reading.problems))
        options.cache_timeout = std::chrono::seconds(*seconds);
}

void read_default_file(const config_item& item, static_file_options& options, config_reading& reading)
{
    const auto name = read_text(item, reading.problems);
    if (!name)
        return;
    if (name->empty() || name->find('/') != std::string::npos || name->starts_with('.'))
        reading.problems.error(item, "must be the name of a file that is not hidden", "such as \"index.html\"");
    options.default_file = *name;
}

static_file_options read_options(const config_item& item, config_reading& reading)
{
    static_file_options options;
    dict_reader keys(item, reading.problems);
    options.directory_listing = keys.boolean("enable_directory_listing").value_or(false);
    if (const auto types = keys.take("mime_types"))
        read_types(*types, options.types, reading);
    if (const auto timeout = keys.take("cache_timeout"))
        read_cache_timeout(*timeout, options, reading);
    if (const auto name = keys.take("default_file"))
        read_default_file(*name, options, reading);
    keys.finish();
    return options;
}

} // namespace

void read_static_service(dict_reader& keys, web_path& path, config_reading& reading)
{
    keys.refuse("package", "packages of Python are");
    keys.refuse("resource", "packages of Python are");
    const auto directory = keys.require("directory");
    const auto given = keys.take("options");
    auto options = given ? read_options(*given, reading) : static_file_options();
    if (directory)
        path.service = std::make_shared<static_files>(read_directory(*directory, reading), std::move(options));
}

} // namespace junctor
