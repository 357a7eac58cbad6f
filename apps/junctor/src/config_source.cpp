// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_source.hpp"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

namespace junctor {
namespace {

namespace fs = std::filesystem;

constexpr auto default_directory = ".crossbar";
constexpr auto default_file = "config.json";

struct config_text {
    std::string name;
    std::string text;
    fs::path base_directory;
};

/// The file to read; nothing if the built-in configuration is to be used.
std::optional<fs::path> choose_file(const command_line& line)
{
    if (line.config_file)
        return line.config_file;
    if (line.config_directory)
        return *line.config_directory / default_file;
    const auto usual = fs::path(default_directory) / default_file;
    std::error_code ignored; // What cannot be looked at is not there.
    return fs::exists(usual, ignored) ? std::optional(usual) : std::nullopt;
}

config_unreadable unreadable(const fs::path& path, int cause)
{
    return config_unreadable(
        fmt::format("{}: cannot be read: {}", path.string(), std::generic_category().message(cause)));
}

std::string read_file(const fs::path& path)
{
    if (path.extension() == ".yaml" || path.extension() == ".yml")
        throw config_unreadable(fmt::format("{}: YAML is not supported yet: write it as JSON", path.string()));
    std::error_code ignored; // What is not there fails to open.
    if (fs::is_directory(path, ignored))
        throw unreadable(path, EISDIR);
    errno = 0;
    std::ifstream file(path, std::ios::binary);
    if (!file)
        throw unreadable(path, errno);
    return {std::istreambuf_iterator<char>(file), {}};
}

config_text find_config(const command_line& line)
{
    const auto file = choose_file(line);
    if (!file)
        return {"built-in configuration", std::string(default_node_config()), fs::current_path()};
    const auto directory = fs::current_path() / line.config_directory.value_or(file->parent_path());
    return {file->string(), read_file(*file), directory.lexically_normal()};
}

std::optional<std::string> environment_variable(const std::string& name)
{
    const char* const content = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): there is one thread so far.
    return content != nullptr ? std::optional<std::string>(content) : std::nullopt;
}

/// The directory that modules are installed in together with this program; empty if that cannot be found out.
fs::path installed_modules()
{
    std::error_code error;
    const auto program = fs::read_symlink("/proc/self/exe", error);
    return error ? fs::path() : (program.parent_path() / JUNCTOR_MODULES_FROM_PROGRAM).lexically_normal();
}

} // namespace

loaded_config load_config(const command_line& line, module_registry& modules)
{
    const auto found = find_config(line);
    loaded_config loaded{found.name, {}, {}};
    const auto load = [&](const fs::path& file) { loaded.modules.push_back(load_module(file, modules)); };
    loaded.result = load_node_config(
        found.text, {found.name, found.base_directory, environment_variable, &modules, load, installed_modules()});
    return loaded;
}

void print_problems(const config_result& result)
{
    for (const auto& problem : result.problems)
        fmt::print(stderr, "{}\n", to_string(problem));
}

} // namespace junctor
