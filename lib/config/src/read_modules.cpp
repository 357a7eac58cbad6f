// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <filesystem>
#include <optional>
#include <system_error>
#include <vector>

#include <fmt/format.h>

#include <junctor/auth/load_module.hpp>

#include "readers.hpp"
#include "spelling.hpp"

namespace junctor {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view suffix = ".so";

/// The names of the modules in `directory`, sorted.
std::vector<std::string> names_in(const fs::path& directory)
{
    std::vector<std::string> names;
    std::error_code error; // What cannot be read has no modules.
    for (fs::directory_iterator at(directory, error); !error && at != fs::directory_iterator(); at.increment(error)) {
        if (at->path().extension() == suffix)
            names.push_back(at->path().stem().string());
    }
    std::sort(names.begin(), names.end());
    return names;
}

/// Where modules are that are named without a path; nothing if that is wrong.
std::optional<fs::path> read_directory(dict_reader& keys, config_reading& reading)
{
    const auto item = keys.take("directory");
    if (!item)
        return reading.context.modules_directory;
    const auto text = read_text(*item, reading.problems);
    if (!text)
        return std::nullopt;
    const auto directory = fs::path(reading.absolute(*text)).lexically_normal();
    std::error_code error;
    if (fs::is_directory(directory, error))
        return directory;
    reading.problems.error(*item, fmt::format("there is no directory '{}'", directory.string()));
    return std::nullopt;
}

/// The file of the module `name` in `directory`; nothing if there is none.
std::optional<fs::path> find_by_name(const config_item& item, const std::string& name, const fs::path& directory,
                                     config_reading& reading)
{
    if (directory.empty()) {
        reading.problems.error(item, fmt::format("it is not said where the module '{}' is", name),
                               "give the key 'directory' or an absolute path");
        return std::nullopt;
    }
    auto file = directory / name;
    if (file.extension() != suffix)
        file += suffix;
    std::error_code error;
    if (fs::exists(file, error))
        return file;
    const auto names = names_in(directory);
    const std::vector<std::string_view> candidates(names.begin(), names.end());
    reading.problems.error(item, fmt::format("there is no module '{}' in '{}'", name, directory.string()),
                           spelling_hint(file.stem().string(), candidates));
    return std::nullopt;
}

/// The file that `item`, an element of `load`, means; nothing if that is wrong.
std::optional<fs::path> find_module(const config_item& item, const std::optional<fs::path>& directory,
                                    config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    if (!text)
        return std::nullopt;
    if (fs::path(*text).is_absolute())
        return fs::path(*text).lexically_normal();
    if (!text->empty() && text->find('/') == std::string::npos)
        return directory ? find_by_name(item, *text, *directory, reading) : std::nullopt;
    reading.problems.error(item, "must be the name of a module or an absolute path",
                           "the key 'directory' says where named modules are");
    return std::nullopt;
}

void load(const config_item& item, const fs::path& file, config_reading& reading)
{
    try {
        reading.context.load_module(file);
    } catch (const module_error& error) {
        reading.problems.error(item, error.what());
    }
}

} // namespace

void read_modules(const config_item& item, config_reading& reading)
{
    if (!reading.context.load_module) {
        reading.problems.error(item, "modules cannot be loaded here");
        return;
    }
    dict_reader keys(item, reading.problems);
    const auto directory = read_directory(keys, reading);
    std::vector<fs::path> files;
    for (const auto& element : keys.list("load")) {
        const auto file = find_module(element, directory, reading);
        if (!file)
            continue;
        if (std::find(files.begin(), files.end(), *file) != files.end())
            reading.problems.error(element, "is loaded already");
        else
            load(element, files.emplace_back(*file), reading);
    }
    keys.finish();
    if (keys.lacks("load"))
        reading.problems.warning(item, "loads no module");
}

} // namespace junctor
