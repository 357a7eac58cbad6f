// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What each of the commands does in its session. The docstrings say how they end; all throw what requests throw.

#include <junctor/auth/awaitable.hpp>
#include <junctor/client/component.hpp>
#include <junctor/client/session.hpp>

#include "client/client_run.hpp"

namespace junctor::cli {

/// Calls the procedure and prints the result.
awaitable<void> call_procedure(client_run& run, client::session session);

/// Publishes an event, or one for each line of standard input.
awaitable<void> publish_events(client_run& run, client::session session);

/// Prints events. Adds to `serving` what is to be subscribed to.
void print_events(client_run& run, client::component& serving);

/// Answers calls by running a program. Adds to `serving` what is to be registered. Throws `bad_usage`.
void answer_calls(client_run& run, client::component& serving);

/// Measures round trips until the command is stopped or there were as many as wanted, and prints a summary.
awaitable<void> measure_round_trips(client_run& run, client::session session);

/// Asks the meta API and prints what it says.
awaitable<void> ask_meta_api(client_run& run, client::session session);

} // namespace junctor::cli
