// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/webhook.hpp>

#include <cctype>

#include <junctor/auth/digest.hpp>
#include <junctor/base/hex.hpp>
#include <junctor/codec/utf8.hpp>

namespace junctor {

namespace {

/// `name` of a field with capitals where words begin, whatever it came with.
std::string capitalised(std::string_view name)
{
    std::string capital;
    bool begins = true;
    for (const char c : name) {
        const auto octet = static_cast<unsigned char>(c);
        capital += static_cast<char>(begins ? std::toupper(octet) : std::tolower(octet));
        begins = c == '-';
    }
    return capital;
}

} // namespace

bool is_signed_by_github(const http_request& request, const secret& shared)
{
    const auto code = auth::hmac_sha256(shared.bytes(), request.body);
    return equal_constant_time("sha256=" + to_hex(code.bytes()), request.field("X-Hub-Signature-256"));
}

dict webhook_event(const http_request& request)
{
    dict headers;
    for (const auto& [name, content] : request.fields) {
        auto& values = headers[capitalised(name)];
        if (values.is_null())
            values = list();
        values.get_if<list>()->emplace_back(content);
    }
    return {{"headers", std::move(headers)}, {"body", request.body}, {"method", request.method}};
}

std::optional<bridge_refusal> webhook::refusal_of(const http_request& request)
{
    if (auto why = http_bridge::refusal_of(request))
        return why;
    if (!hook_.github_secret.empty() && !is_signed_by_github(request, hook_.github_secret))
        return bridge_refusal{401, "the signature is missing or wrong"};
    if (!is_utf8(request.body))
        return bridge_refusal{400, "the body is no UTF-8"};
    return std::nullopt;
}

awaitable<http_response> webhook::act(const http_request& request, shard_services& here)
{
    bridge_request event;
    event.what = bridge_request::kind::publish;
    event.uri = hook_.topic;
    event.content.args.emplace_back(webhook_event(request));
    event.timeout = options().call_timeout;
    const auto answer = co_await session().perform(std::move(event), here);
    if (answer.what == bridge_answer::kind::done)
        co_return http_response{202, {{"Content-Type", "text/plain; charset=utf-8"}}, hook_.success_response, {}};
    log().write(log_level::warning, "webhook cannot publish",
                {{"topic", hook_.topic}, {"peer", request.facts.peer}, {"cause", answer.error}});
    co_return http_response{500, {{"Content-Type", "text/plain; charset=utf-8"}}, hook_.error_response, {}};
}

} // namespace junctor
