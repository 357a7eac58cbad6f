// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <cstdio>

#include <unistd.h>

#include "text.hpp"
#include "works.hpp"

namespace junctor::cli {
namespace {

/// People see which lines are not the result; programs get the same lines as the result.
void print_progress(client_run& run, const arguments& part)
{
    if (run.what().json) {
        auto line = to_dict(part);
        line.set("progress", true);
        run.print(to_json(line));
    } else {
        run.print((isatty(STDOUT_FILENO) != 0 ? "progress: " : "") + to_text(part));
    }
}

client::call_options options_of(client_run& run)
{
    client::call_options how;
    how.disclose_me(run.what().disclose_me);
    if (run.what().timeout)
        how.timeout(*run.what().timeout);
    if (run.what().progress)
        how.on_progress([&run](const arguments& part) { print_progress(run, part); });
    return how;
}

} // namespace

awaitable<void> call_procedure(client_run& run, client::session session)
{
    auto calling = session.call_with(options_of(run), run.what().uris.front(), run.content());
    const auto result = co_await std::move(calling);
    if (run.what().json)
        print_line(to_json(to_dict(result)));
    else if (!result.args.empty() || !result.kwargs.empty())
        print_line(to_text(result));
}

} // namespace junctor::cli
