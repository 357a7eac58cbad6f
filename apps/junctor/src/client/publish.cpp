// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <utility>

#include "content.hpp"
#include "standard_input.hpp"
#include "text.hpp"
#include "works.hpp"

namespace junctor::cli {
namespace {

std::vector<session_id> sessions_of(const std::vector<std::uint64_t>& numbers)
{
    std::vector<session_id> sessions;
    for (const auto number : numbers)
        sessions.emplace_back(number);
    return sessions;
}

client::publish_options options_of(const options& what)
{
    client::publish_options how;
    const auto& who = what.receivers;
    how.disclose_me(what.disclose_me).retain(what.retain).exclude_me(who.exclude_me);
    if (!who.exclude.empty())
        how.exclude(sessions_of(who.exclude));
    if (!who.exclude_authid.empty())
        how.exclude_authid(who.exclude_authid);
    if (!who.exclude_authrole.empty())
        how.exclude_authrole(who.exclude_authrole);
    if (!who.eligible.empty())
        how.eligible(sessions_of(who.eligible));
    if (!who.eligible_authid.empty())
        how.eligible_authid(who.eligible_authid);
    if (!who.eligible_authrole.empty())
        how.eligible_authrole(who.eligible_authrole);
    return how;
}

awaitable<void> publish(client_run& run, client::session session, arguments content)
{
    run.limit_time();
    auto publishing = session.publish_acknowledged(options_of(run.what()), run.what().uris.front(), content);
    const auto publication = co_await std::move(publishing);
    if (run.what().json) {
        const dict told{{"publication", publication.number()}};
        print_line(to_json(told));
    }
}

awaitable<void> publish_lines(client_run& run, client::session session)
{
    standard_input input(run.io());
    for (;;) {
        auto reading = input.next_line();
        const auto line = co_await std::move(reading);
        if (!line)
            break;
        auto content = run.content();
        content.args.push_back(read_argument(*line, run.what().content.as_strings));
        auto publishing = publish(run, session, std::move(content));
        co_await std::move(publishing);
    }
}

} // namespace

awaitable<void> publish_events(client_run& run, client::session session)
{
    const auto& what = run.what();
    if (!what.lines && !what.acknowledge) {
        session.publish_with(options_of(what), what.uris.front(), run.content());
        co_return;
    }
    auto publishing = what.lines ? publish_lines(run, session) : publish(run, session, run.content());
    co_await std::move(publishing);
}

} // namespace junctor::cli
