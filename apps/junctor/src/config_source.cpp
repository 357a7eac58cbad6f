// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "config_source.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include <fmt/format.h>

namespace junctor {
namespace {

namespace fs = std::filesystem;

constexpr auto default_directory = ".crossbar";
constexpr auto default_file = "config.json";

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

std::optional<std::string> environment_variable(const std::string& name)
{
    const char* const content = std::getenv(name.c_str()); // NOLINT(concurrency-mt-unsafe): nobody sets any.
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

config_source::config_source(const command_line& line, module_registry modules)
    : file_{choose_file(line)}, base_directory_{fs::current_path()}, modules_{std::move(modules)}
{
    if (file_)
        base_directory_ = (base_directory_ / line.config_directory.value_or(file_->parent_path())).lexically_normal();
}

std::string config_source::name() const
{
    return file_ ? file_->string() : "built-in configuration";
}

loaded_config config_source::load()
{
    const auto text = file_ ? read_file(*file_) : std::string(default_node_config());
    loaded_config loaded;
    const auto load = [&](const fs::path& file) {
        if (std::find(module_files_.begin(), module_files_.end(), file) != module_files_.end())
            return;
        loaded.modules.push_back(load_module(file, modules_));
        module_files_.push_back(file);
    };
    loaded.result =
        load_node_config(text, {name(), base_directory_, environment_variable, &modules_, load, installed_modules()});
    return loaded;
}

void print_problems(const config_result& result)
{
    for (const auto& problem : result.problems)
        fmt::print(stderr, "{}\n", to_string(problem));
}

} // namespace junctor
