// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <utility>

#include <fmt/format.h>

#include "text.hpp"
#include "works.hpp"

namespace junctor::cli {
namespace {

using row = std::vector<std::string>;

/// Something of which the meta API knows a list of identifiers, sorted by how they match, and the members of each.
struct listed {
    std::string get_list;
    std::string get_one;
    std::string count_members;
    std::string members; ///< The key under which their number is told.
    std::vector<std::string> keys;
    std::vector<std::string> heads;
};

listed registrations()
{
    return {"wamp.registration.list",
            "wamp.registration.get",
            "wamp.registration.count_callees",
            "callees",
            {"id", "uri", "match", "invoke", "callees", "created"},
            {"REGISTRATION", "URI", "MATCH", "INVOKE", "CALLEES", "CREATED"}};
}

listed subscriptions()
{
    return {"wamp.subscription.list",
            "wamp.subscription.get",
            "wamp.subscription.count_subscribers",
            "subscribers",
            {"id", "uri", "match", "subscribers", "created"},
            {"SUBSCRIPTION", "URI", "MATCH", "SUBSCRIBERS", "CREATED"}};
}

const value* find_within(const dict& in, std::string_view outer, std::string_view key)
{
    const auto* const found = in.find(outer);
    const auto* const inner = found != nullptr ? found->get_if<dict>() : nullptr;
    return inner != nullptr ? inner->find(key) : nullptr;
}

std::string cell(const value* content)
{
    if (content == nullptr || content->is_null())
        return "-";
    const auto* const text = content->get_if<std::string>();
    return in_one_line(text != nullptr ? *text : to_json(*content));
}

row session_row(const dict& one)
{
    return {cell(one.find("session")),
            cell(one.find("authid")),
            cell(one.find("authrole")),
            cell(one.find("authmethod")),
            cell(find_within(one, "transport", "channel_type")),
            cell(find_within(one, "transport", "channel_serializer")),
            cell(find_within(one, "transport", "peer"))};
}

row row_of(const dict& one, const std::vector<std::string>& keys)
{
    row cells;
    for (const auto& key : keys)
        cells.push_back(cell(one.find(key)));
    return cells;
}

client::call_options options_of(const client_run& run)
{
    client::call_options how;
    if (run.what().timeout)
        how.timeout(*run.what().timeout);
    return how;
}

/// What `procedure` tells about `id`; nothing if that has gone in the meantime.
awaitable<std::optional<value>> ask_about(client_run& run, client::session session, std::string procedure, value id)
{
    std::optional<value> answer;
    try {
        auto calling = session.call_with<value>(options_of(run), std::move(procedure), std::move(id));
        answer = co_await std::move(calling);
    } catch (const application_error& error) {
        const auto code = errc_of(error.uri());
        if (code != errc::no_such_session && code != errc::no_such_registration && code != errc::no_such_subscription)
            throw;
    }
    co_return answer;
}

void print_all(const client_run& run, const list& all, const std::vector<std::string>& heads,
               const std::vector<row>& rows)
{
    if (run.what().json)
        print_line(to_json(all));
    else
        print_text(to_table(heads, rows));
}

awaitable<void> print_sessions(client_run& run, client::session session)
{
    auto calling = session.call_with<list>(options_of(run), "wamp.session.list");
    const auto ids = co_await std::move(calling);
    list all;
    std::vector<row> rows;
    for (const auto& id : ids) {
        auto asking = ask_about(run, session, "wamp.session.get", id);
        const auto one = co_await std::move(asking);
        const auto* const details = one ? one->get_if<dict>() : nullptr;
        if (details == nullptr)
            continue;
        rows.push_back(session_row(*details));
        all.push_back(*one);
    }
    print_all(run, all, {"SESSION", "AUTHID", "AUTHROLE", "AUTHMETHOD", "TRANSPORT", "SERIALIZER", "PEER"}, rows);
}

void add_rows(const dict& of, std::string_view prefix, std::vector<row>& rows)
{
    for (const auto& [key, content] : of) {
        const auto* const inner = content.get_if<dict>();
        if (inner != nullptr)
            add_rows(*inner, std::string(prefix) + key + ".", rows);
        else
            rows.push_back({std::string(prefix) + key, cell(&content)});
    }
}

awaitable<void> print_session(client_run& run, client::session session)
{
    auto calling = session.call_with<dict>(options_of(run), "wamp.session.get", run.what().session);
    const auto details = co_await std::move(calling);
    std::vector<row> rows;
    add_rows(details, "", rows);
    if (run.what().json)
        print_line(to_json(details));
    else
        print_text(to_table({"KEY", "VALUE"}, rows));
}

/// The identifiers that a list of the meta API has, however they match.
list ids_of(const dict& lists)
{
    list ids;
    for (const auto& [match, some] : lists) {
        if (const auto* const each = some.get_if<list>())
            ids.insert(ids.end(), each->begin(), each->end());
    }
    return ids;
}

awaitable<void> print_listed(client_run& run, client::session session, listed what)
{
    auto calling = session.call_with<dict>(options_of(run), what.get_list);
    const auto lists = co_await std::move(calling);
    list all;
    std::vector<row> rows;
    for (const auto& id : ids_of(lists)) {
        auto asking = ask_about(run, session, what.get_one, id);
        auto one = co_await std::move(asking);
        auto counting = ask_about(run, session, what.count_members, id);
        const auto members = co_await std::move(counting);
        auto* const details = one ? one->get_if<dict>() : nullptr;
        if (details == nullptr || !members)
            continue;
        details->set(what.members, *members);
        rows.push_back(row_of(*details, what.keys));
        all.push_back(*details);
    }
    print_all(run, all, what.heads, rows);
}

awaitable<void> kill_session(client_run& run, client::session session)
{
    arguments content;
    content.args.emplace_back(run.what().session);
    if (!run.what().reason.empty())
        content.kwargs.set("reason", run.what().reason);
    if (!run.what().message.empty())
        content.kwargs.set("message", run.what().message);
    auto calling = session.call_with<void>(options_of(run), "wamp.session.kill", content);
    co_await std::move(calling);
}

} // namespace

awaitable<void> ask_meta_api(client_run& run, client::session session)
{
    switch (run.what().request) {
    case meta_request::sessions: return print_sessions(run, std::move(session));
    case meta_request::session: return print_session(run, std::move(session));
    case meta_request::registrations: return print_listed(run, std::move(session), registrations());
    case meta_request::subscriptions: return print_listed(run, std::move(session), subscriptions());
    case meta_request::kill: break;
    }
    return kill_session(run, std::move(session));
}

} // namespace junctor::cli
