// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/node_info.hpp>

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>
#include <junctor/version.hpp>
#include <junctor/web/fixed_answer.hpp>
#include <junctor/web/html.hpp>

namespace junctor {

namespace {

struct node_facts {
    std::int64_t uptime_s{};
    std::size_t connections{};
    std::vector<std::string> realms;
};

bool wants_json(const http_request& request)
{
    const auto accepted = request.field("Accept");
    return accepted.find("json") != std::string_view::npos && accepted.find("html") == std::string_view::npos;
}

http_response as_json(const node_facts& facts)
{
    list realms(facts.realms.begin(), facts.realms.end());
    const dict told{{"program", "Junctor"},
                    {"version", JUNCTOR_VERSION},
                    {"uptime", facts.uptime_s},
                    {"connections", facts.connections},
                    {"realms", std::move(realms)}};
    byte_buffer bytes;
    write_value(told, serializer::json, bytes);
    return {200,
            {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}},
            std::string(as_text(bytes.view())) + "\n",
            std::nullopt};
}

http_response as_page(const node_facts& facts)
{
    std::string realms;
    for (const auto& realm : facts.realms)
        realms += fmt::format("<li>{}</li>\n", html_escaped(realm));
    return html_page("Junctor " JUNCTOR_VERSION,
                     fmt::format("<p>Running for {} s, with {} connections.</p>\n<h2>Realms</h2>\n<ul>\n{}</ul>\n",
                                 facts.uptime_s, facts.connections, realms));
}

} // namespace

void node_info::start(web_host& host)
{
    host_ = &host;
    began_ = std::chrono::steady_clock::now();
}

awaitable<http_response> node_info::answer(const http_request& request, shard_services&)
{
    if (request.method != "GET" && request.method != "HEAD")
        co_return method_refused("GET, HEAD");
    node_facts facts;
    const auto uptime = std::chrono::steady_clock::now() - began_;
    facts.uptime_s = std::chrono::duration_cast<std::chrono::seconds>(uptime).count();
    facts.connections = host_->connection_count();
    facts.realms = host_->realms();
    std::sort(facts.realms.begin(), facts.realms.end());
    auto told = wants_json(request) ? as_json(facts) : as_page(facts);
    told.fields.push_back({"Vary", "Accept"});
    co_return told;
}

} // namespace junctor
