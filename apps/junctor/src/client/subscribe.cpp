// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <memory>

#include "text.hpp"
#include "works.hpp"

namespace junctor::cli {
namespace {

/// An event as one line of JSON.
std::string json_of(const client::incoming_event& event)
{
    auto line = to_dict(event.content);
    line.set("topic", event.topic).set("publication", event.publication.number());
    if (event.publisher)
        line.set("publisher", event.publisher->number());
    if (!event.publisher_authid.empty())
        line.set("publisher_authid", event.publisher_authid);
    if (!event.publisher_authrole.empty())
        line.set("publisher_authrole", event.publisher_authrole);
    if (event.retained)
        line.set("retained", true);
    return to_json(line);
}

/// Whether events of several topics may come, so that each line must name its own.
bool has_several_topics(const options& what)
{
    return what.uris.size() > 1 || what.match != match_policy::exact;
}

/// An event as one line for people: texts that would be several lines are told as JSON.
std::string text_of(const client::incoming_event& event, bool with_topic)
{
    auto text = to_text(event.content);
    if (text != in_one_line(text))
        text = to_json(event.content.args);
    return with_topic ? event.topic + " " + text : text;
}

/// How many events are still wanted.
class countdown {
public:
    explicit countdown(std::optional<std::uint64_t> count) : left_{count} {}

    /// Counts one; true if it was the last one.
    bool is_last() { return left_ && --*left_ == 0; }

private:
    std::optional<std::uint64_t> left_;
};

} // namespace

void print_events(client_run& run, client::component& serving)
{
    const auto& what = run.what();
    const auto left = std::make_shared<countdown>(what.count);
    const auto print = [&run, left](const client::incoming_event& event) {
        if (run.stopping())
            return;
        run.print(run.what().json ? json_of(event) : text_of(event, has_several_topics(run.what())));
        if (left->is_last())
            run.stop(nullptr);
    };
    client::subscribe_options how;
    how.match(what.match).get_retained(what.get_retained);
    for (const auto& uri : what.uris)
        serving.topic(uri, print, how);
}

} // namespace junctor::cli
