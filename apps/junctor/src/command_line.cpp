// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "command_line.hpp"

#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <CLI/CLI.hpp>

#include "bench_options.hpp"
#include "client/client_options.hpp"
#include "client/completion.hpp"
#include "keygen_options.hpp"

namespace junctor {
namespace {

/// Where the explanations of help begin, so that every line fits on a terminal of 80 columns.
constexpr std::size_t help_column = 24;

/// Accepts `words` only. Help has them in its text already, so that each option takes one line.
CLI::Validator one_of(std::vector<std::string> words)
{
    return CLI::IsMember(std::move(words)).description("");
}

std::optional<log_level> parse_level(const std::string& name)
{
    for (const auto level :
         {log_level::trace, log_level::debug, log_level::info, log_level::warning, log_level::error}) {
        if (to_string(level) == name)
            return level;
    }
    return std::nullopt;
}

/// What stands at the end of help.
constexpr auto footer = "Clients: call, publish, subscribe, register, ping, meta. Each has a --help.\n"
                        "Without --config and --cbdir it reads .crossbar/config.json if there is one;\n"
                        "otherwise: realm 'realm1', role 'anonymous' may do everything, RawSocket on\n"
                        "127.0.0.1:8081 and on junctor.sock in $XDG_RUNTIME_DIR (or else in /tmp).\n"
                        "Signals: SIGINT or SIGTERM stop it; SIGHUP reloads the configuration.\n"
                        "Exit codes: 0 all went well; 1 bad configuration; 2 wrong usage; 3 not started;\n"
                        "4 benchmark failed; 5 no key made; 6 component failed; from 10: call --help.";

/// Lets the options of `app` fill `line`, which must outlive the parsing.
void add_options(CLI::App& app, command_line& line)
{
    app.add_option("-c,--config", line.config_file, "Read this configuration file (JSON)")->type_name("FILE");
    app.add_option("--cbdir", line.config_directory, "Find config.json and relative paths here")->type_name("DIR");
    app.add_option_function<std::string>(
           "--loglevel", [&line](const std::string& name) { line.level = parse_level(name); },
           "none, error, warning, info (default), debug or trace")
        ->type_name("LEVEL")
        ->check(one_of({"none", "error", "warning", "info", "debug", "trace"}));
    app.add_option_function<std::string>(
           "--logformat",
           [&line](const std::string& name) { line.format = name == "json" ? log_format::json : log_format::text; },
           "text (default) or json: one line per event, to stderr")
        ->type_name("FORMAT")
        ->check(one_of({"text", "json"}));
}

/// Prints a script for a shell. Not in the help: it is for whoever packages the program, and for profiles of shells.
void add_completion_command(CLI::App& app, command_line& line)
{
    auto* const added = app.add_subcommand("completion", "Print a script that completes commands: bash or zsh");
    added->group("")->set_help_flag("-h,--help", "Print this help");
    added
        ->add_option_function<std::string>(
            "SHELL",
            [&app, &line](const std::string& name) {
                line.script = completion_script(app, name == "zsh" ? shell::zsh : shell::bash);
            },
            "bash or zsh")
        ->type_name("")
        ->required()
        ->check(one_of({"bash", "zsh"}));
    added->callback([&line] { line.what = command::completion; });
}

/// The commands whose help is their own.
bool has_own_help(const CLI::App& command)
{
    return command.get_help_ptr() != nullptr;
}

/// Lets the commands of `app` fill `line`, which must outlive the parsing.
void add_commands(CLI::App& app, command_line& line)
{
    const auto add = [&](command what, const char* name, const char* purpose) {
        auto* const added = app.add_subcommand(name, purpose);
        added->callback([&line, what] { line.what = what; });
        added->fallthrough()->set_help_flag(); // Options and --help mean the same before and after the command.
    };
    add(command::start, "start", "Start the router (default)");
    add(command::check, "check", "Print all problems of the configuration");
    add(command::version, "version", "Print versions of the router and its libraries");
    add_keygen_command(app, line.keys, [&line] { line.what = command::keygen; });
    add_bench_command(app, line.benchmark, [&line] { line.what = command::bench; });
    add_client_commands(app, line.client, [&app, &line] {
        line.what = command::client;
        if (app.count("--loglevel") == 0)
            line.level = log_level::warning; // What is printed shall not drown in what is logged.
    });
    add_completion_command(app, line);
}

} // namespace

std::variant<command_line, exit_code> parse_command_line(int argc, const char* const* argv)
{
    CLI::App app("A router for WAMP. Without a command it starts.", "junctor");
    app.set_help_flag("-h,--help", "Print this help");
    app.require_subcommand(0, 1);
    app.get_formatter()->column_width(help_column);
    app.footer(footer);

    command_line line;
    add_options(app, line);
    add_commands(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::CallForHelp&) {
        const auto chosen = app.get_subcommands();
        std::cout << (!chosen.empty() && has_own_help(*chosen.front())
                          ? app.help()
                          : app.get_formatter()->make_help(&app, app.get_name(), CLI::AppFormatMode::Normal));
        return exit_ok;
    } catch (const CLI::ParseError& error) {
        app.exit(error); // It prints what is wrong.
        return exit_bad_usage;
    }
    return line;
}

} // namespace junctor
