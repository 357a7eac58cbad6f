// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <csignal>
#include <exception>

#include <junctor/auth/secret.hpp>

#include "client_run.hpp"
#include "commands.hpp"
#include "console_log.hpp"
#include "works.hpp"

namespace junctor {
namespace {

exit_code run_command(cli::client_run& run, cli::client_command what)
{
    using kind = cli::client_run::kind;
    switch (what) {
    case cli::client_command::call: break;
    case cli::client_command::publish: return run.run(cli::publish_events, kind::single_request);
    case cli::client_command::subscribe: return run.run(cli::print_events);
    case cli::client_command::register_: return run.run(cli::answer_calls);
    case cli::client_command::ping: return run.run(cli::measure_round_trips, kind::until_stopped);
    case cli::client_command::meta: return run.run(cli::ask_meta_api, kind::single_request);
    }
    return run.run(cli::call_procedure, kind::single_request);
}

} // namespace

exit_code run_client(const command_line& line)
{
    protect_secrets();
    std::signal(SIGPIPE, SIG_IGN); // Whoever reads the output may go: the session shall be left nevertheless.
    try {
        console_log log(line.level, line.format);
        cli::client_run run(line.client, log);
        return run_command(run, line.client.what);
    } catch (...) {
        return cli::tell(std::current_exception(), line.client.json ? cli::error_form::json : cli::error_form::text);
    }
}

} // namespace junctor
