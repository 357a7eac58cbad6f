// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/http_bridge.hpp>

#include <algorithm>
#include <array>
#include <utility>

#include <fmt/format.h>

#include <junctor/base/errc.hpp>
#include <junctor/codec/codec.hpp>

namespace junctor {

namespace {

constexpr std::string_view methods = "POST, PUT, OPTIONS";

http_response json_answer(unsigned status, const dict& content)
{
    byte_buffer bytes;
    write_value(content, serializer::json, bytes);
    return {status, {{"Content-Type", "application/json; charset=utf-8"}}, std::string(as_text(bytes.view())), {}};
}

/// What is answered to a request that is refused, as an error of WAMP that says it, too.
http_response refused(const bridge_refusal& why)
{
    const bool is_wrong = why.status == 400 || why.status == 405;
    arguments told;
    told.args.emplace_back(why.text);
    auto answer =
        bridge_error(why.status, std::string(uri_of(is_wrong ? errc::invalid_argument : errc::not_authorized)), told);
    if (why.status == 401)
        answer.fields.push_back({"WWW-Authenticate", "HMAC-SHA256"});
    if (why.status == 405)
        answer.fields.push_back({"Allow", std::string(methods)});
    return answer;
}

/// What a browser is told that asks whether a page of another origin may ask.
http_response preflight_of(const http_request& request)
{
    http_response answer;
    answer.fields = {{"Allow", std::string(methods)},
                     {"Access-Control-Allow-Methods", std::string(methods)},
                     {"Access-Control-Max-Age", "600"}};
    if (const auto names = request.field("Access-Control-Request-Headers"); !names.empty())
        answer.fields.push_back({"Access-Control-Allow-Headers", std::string(names)});
    return answer;
}

/// What is answered if there is neither a result nor an ERROR.
http_response unavailable(std::string text)
{
    arguments told;
    told.args.emplace_back(std::move(text));
    auto answer = bridge_error(503, std::string(uri_of(errc::unavailable)), told);
    answer.fields.push_back({"Retry-After", "1"});
    return answer;
}

/// What is answered to whatever did not succeed. An ERROR is an answer as good as a result: the status is 200.
http_response failure_of(const bridge_answer& answer)
{
    switch (answer.what) {
    case bridge_answer::kind::refused: return bridge_error(200, answer.error, answer.content);
    case bridge_answer::kind::busy: return unavailable("too many requests wait");
    default: return unavailable("there is no session in the realm");
    }
}

} // namespace

http_response bridge_error(unsigned status, std::string uri, const arguments& content)
{
    return json_answer(status, {{"error", std::move(uri)}, {"args", content.args}, {"kwargs", content.kwargs}});
}

http_bridge::http_bridge(bridge_options options)
    : options_{std::move(options)}, session_{options_.realm, options_.authrole}
{
}

void http_bridge::start(web_host& host)
{
    host_ = &host;
    session_.start(host);
}

void http_bridge::stop() noexcept
{
    session_.stop();
}

awaitable<http_response> http_bridge::answer(const http_request& request, shard_services& here)
{
    http_response given;
    if (auto early = early_answer(request))
        given = std::move(*early);
    else
        given = co_await act(request, here);
    given.fields.push_back({"Access-Control-Allow-Origin", "*"});
    given.fields.push_back({"Cache-Control", "no-store"});
    co_return given;
}

/// The answer to a request that is not to be done; nothing if it is.
std::optional<http_response> http_bridge::early_answer(const http_request& request)
{
    if (request.method == "OPTIONS")
        return preflight_of(request);
    if (request.method != "POST" && request.method != "PUT")
        return refused({405, "this path takes POST and PUT only"});
    const auto why = refusal_of(request);
    return why ? std::optional(refuse(request, *why)) : std::nullopt;
}

http_response http_bridge::refuse(const http_request& request, const bridge_refusal& why)
{
    host_->log().write(log_level::info, "HTTP bridge refused a request",
                       {{"path", request.path}, {"peer", request.facts.peer}, {"cause", why.text}});
    return refused(why);
}

std::optional<bridge_refusal> http_bridge::refusal_of(const http_request& request)
{
    if (options_.sources && !options_.sources->contains(request.facts))
        return bridge_refusal{403, "requests from there are not allowed"};
    if (options_.tls_required && request.facts.tls == nullptr)
        return bridge_refusal{403, "TLS is required"};
    return options_.signing ? options_.signing->check(request, signed_requests::clock::now()) : std::nullopt;
}

awaitable<http_response> publisher::act(const http_request& request, shard_services& here)
{
    auto wanted = read_bridge_request(request, bridge_request::kind::publish, options());
    if (!wanted)
        co_return refuse(request, wanted.error());
    const auto answer = co_await session().perform(std::move(*wanted), here);
    if (answer.what != bridge_answer::kind::done)
        co_return failure_of(answer);
    dict told;
    told.set("id", answer.publication);
    co_return json_answer(200, told);
}

awaitable<http_response> caller::act(const http_request& request, shard_services& here)
{
    auto wanted = read_bridge_request(request, bridge_request::kind::call, options());
    if (!wanted)
        co_return refuse(request, wanted.error());
    auto answer = co_await session().perform(std::move(*wanted), here);
    if (answer.what != bridge_answer::kind::done)
        co_return failure_of(answer);
    auto& result = answer.content;
    if (result.args.empty() && result.kwargs.empty())
        result.args.emplace_back(); // As Crossbar.io gives it: a call has a value, be it null.
    dict told;
    if (!result.args.empty())
        told.set("args", std::move(result.args));
    if (!result.kwargs.empty())
        told.set("kwargs", std::move(result.kwargs));
    co_return json_answer(200, told);
}

} // namespace junctor
