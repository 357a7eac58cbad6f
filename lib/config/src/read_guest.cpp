// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <filesystem>
#include <system_error>

#include <unistd.h>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>

#include "module_item.hpp"
#include "readers.hpp"

namespace junctor {
namespace {

namespace fs = std::filesystem;

constexpr std::array<named<output_use>, 3> output_uses{
    {{"log", output_use::log}, {"drop", output_use::drop}, {"close", output_use::close}}};

constexpr std::array<named<bool>, 1> stdin_words{{{"close", true}}};
constexpr std::array<named<bool>, 1> stdin_types{{{"json", true}}};

/// `text` unless it has a zero in it, at which programs would take it to end.
std::optional<std::string> without_zero(std::optional<std::string> text, const config_item& item,
                                        config_reading& reading)
{
    if (!text || text->find('\0') == std::string::npos)
        return text;
    reading.problems.error(item, "must not have a NUL character in it");
    return std::nullopt;
}

/// The text at `item`, or the content of the environment variable that all of it names.
std::optional<std::string> read_text_or_variable(const config_item& item, config_reading& reading)
{
    const auto text = read_text(item, reading.problems);
    const auto variable = text ? variable_name(*text) : std::nullopt;
    if (!variable)
        return without_zero(text, item, reading);
    auto content = reading.context.environment(*variable);
    if (content)
        return content;
    reading.problems.warning(
        item, fmt::format("the environment variable '{}' is not set: the text is taken as it is", *variable));
    return text;
}

bool is_executable(const fs::path& path)
{
    std::error_code ignored; // What cannot be looked at cannot be executed.
    return fs::is_regular_file(path, ignored) && access(path.c_str(), X_OK) == 0;
}

/// The executable `name` in a directory of the PATH; empty if there is none.
std::string find_in_path(const std::string& name, const config_reading& reading)
{
    auto rest = reading.context.environment("PATH").value_or("") + ":";
    while (!rest.empty()) {
        const auto colon = rest.find(':');
        const auto path = fs::path(rest.substr(0, colon)) / name;
        if (path.is_absolute() && is_executable(path))
            return path.string();
        rest.erase(0, colon + 1);
    }
    return {};
}

/// The path of the program at `item`. As with Crossbar.io, what is in the working directory goes before the PATH.
std::string read_executable(const config_item& item, const std::string& work_directory, config_reading& reading)
{
    const auto name = without_zero(read_path(item, reading), item, reading);
    if (!name)
        return {};
    const auto path = (fs::path(work_directory) / *name).lexically_normal();
    if (is_executable(path))
        return path.string();
    const bool is_path = name->find('/') != std::string::npos;
    auto found = is_path ? std::string() : find_in_path(*name, reading);
    std::error_code ignored;
    if (!found.empty())
        return found;
    if (fs::exists(path, ignored))
        reading.problems.error(item, fmt::format("'{}' cannot be executed", path.string()), "check its owner and mode");
    else if (is_path)
        reading.problems.error(item, fmt::format("there is no file '{}'", path.string()));
    else
        reading.problems.error(item,
                               fmt::format("there is no program '{}' in '{}' nor in the PATH", *name, work_directory));
    return {};
}

std::vector<std::string> read_arguments(dict_reader& keys, config_reading& reading)
{
    std::vector<std::string> arguments;
    for (const auto& item : keys.list("arguments"))
        arguments.push_back(read_text_or_variable(item, reading).value_or(""));
    return arguments;
}

void read_inherit(const config_item& item, guest_environment& environment, config_reading& reading)
{
    const auto* const all = std::get_if<bool>(&item.node->content);
    if (all != nullptr && *all)
        return;
    auto& names = environment.inherited.emplace();
    if (all != nullptr)
        return;
    if (kind_of(*item.node) != "list")
        return report_type(item, "true, false or a list of names", reading.problems);
    for (const auto& element : read_list(item, reading.problems))
        names.push_back(without_zero(read_text(element, reading.problems), element, reading).value_or(""));
}

void read_variables(const config_item& item, guest_environment& environment, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    for (const auto& [name, element] : keys.take_all()) {
        if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos)
            reading.problems.error(element, "is no name of an environment variable");
        environment.variables.emplace_back(name, read_text_or_variable(element, reading).value_or(""));
    }
    keys.finish();
}

void read_environment(const config_item& item, guest_environment& environment, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    if (const auto inherit = keys.take("inherit"))
        read_inherit(*inherit, environment, reading);
    if (const auto variables = keys.take("vars"))
        read_variables(*variables, environment, reading);
    keys.finish();
}

std::string json_text(const config_item& item, config_reading& reading)
{
    report_repeated_keys(item, reading.problems);
    byte_buffer bytes;
    write_value(to_value(*item.node), serializer::json, bytes);
    return std::string(as_text(bytes.view()));
}

/// The value of `stdin`: "close" or a dict.
std::optional<guest_input> read_input(const config_item& item, config_reading& reading)
{
    if (kind_of(*item.node) == "string") {
        (void)read_choice(item, "use of stdin", stdin_words, reading.problems);
        return std::nullopt;
    }
    dict_reader keys(item, reading.problems);
    guest_input input;
    if (const auto type = keys.require("type"))
        (void)read_choice(*type, "type of stdin", stdin_types, reading.problems);
    if (const auto content = keys.require("value"))
        input.text = json_text(*content, reading);
    input.closes = keys.boolean("close").value_or(true);
    keys.finish();
    return input;
}

std::string read_work_directory(const config_item& item, config_reading& reading)
{
    const auto text = without_zero(read_path(item, reading), item, reading);
    if (!text)
        return {};
    auto path = reading.absolute(*text);
    std::error_code ignored; // What cannot be looked at is not there.
    if (!fs::is_directory(path, ignored))
        reading.problems.error(item, fmt::format("there is no directory '{}'", path));
    return path;
}

/// Whether the guest is enabled.
bool read_options(const config_item& item, guest_config& guest, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    if (const auto environment = keys.take("env"))
        read_environment(*environment, guest.environment, reading);
    if (const auto directory = keys.take("workdir"))
        guest.work_directory = read_work_directory(*directory, reading);
    if (const auto input = keys.take("stdin"))
        guest.input = read_input(*input, reading);
    guest.standard_output = keys.choice("stdout", "use of stdout", output_uses).value_or(guest.standard_output);
    guest.standard_error = keys.choice("stderr", "use of stderr", output_uses).value_or(guest.standard_error);
    read_restart(keys, guest.restart, guest.restart_delay, guest.restart_delay_max, reading);
    read_duration(keys, "stop_timeout", 0, guest.stop_timeout);
    if (const auto watch = keys.take("watch"))
        reading.problems.warning(*watch, "is not supported yet: changes of files do not restart the guest");
    const auto disabled = keys.take("disabled");
    keys.finish();
    return !disabled || !read_disabled(*disabled, reading);
}

} // namespace

std::optional<guest_config> read_guest(dict_reader& keys, std::string id, config_reading& reading)
{
    guest_config guest;
    guest.id = std::move(id);
    guest.work_directory = reading.context.base_directory.string();
    const auto executable = keys.require("executable");
    guest.arguments = read_arguments(keys, reading);
    const auto options = keys.take("options");
    const bool enabled = !options || read_options(*options, guest, reading);
    if (executable && !guest.work_directory.empty())
        guest.executable = read_executable(*executable, guest.work_directory, reading);
    keys.finish();
    if (!enabled)
        return std::nullopt;
    return guest;
}

} // namespace junctor
