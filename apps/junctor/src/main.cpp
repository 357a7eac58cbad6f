// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <cstdio>
#include <exception>

#include <fmt/format.h>

#include "commands.hpp"
#include "config_source.hpp"

namespace {

junctor::exit_code run(const junctor::command_line& line)
{
    switch (line.what) {
    case junctor::command::start: return junctor::start(line);
    case junctor::command::check: return junctor::check(line);
    case junctor::command::version: return junctor::print_version();
    case junctor::command::bench: return junctor::run_bench(line);
    case junctor::command::keygen: return junctor::run_keygen(line);
    case junctor::command::client: return junctor::run_client(line);
    case junctor::command::completion: fmt::print("{}", line.script); return junctor::exit_ok;
    }
    return junctor::exit_bad_usage;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const auto parsed = junctor::parse_command_line(argc, argv);
        if (const auto* const code = std::get_if<junctor::exit_code>(&parsed))
            return *code;
        return run(std::get<junctor::command_line>(parsed));
    } catch (const junctor::config_unreadable& error) {
        fmt::print(stderr, "{}\n", error.what());
        return junctor::exit_bad_config;
    } catch (const std::exception& error) {
        fmt::print(stderr, "junctor: {}\n", error.what());
        return junctor::exit_not_started;
    }
}
