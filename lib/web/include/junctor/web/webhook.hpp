// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Requests of HTTP as events of WAMP.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <junctor/auth/secret.hpp>
#include <junctor/web/http_bridge.hpp>

namespace junctor {

/// What a webhook makes of its requests.
struct webhook_options {
    std::string topic;
    secret github_secret; ///< Empty: requests need not be signed as those of GitHub are.
    std::string success_response{"OK"};
    std::string error_response{"NOT OK"};
};

/// Publishes each request as one event, whose argument is a dict: "headers" has the fields of its head, each as a list
/// under its name in the form "X-Github-Event", "body" is the body, which must be UTF-8, and "method" the method. It
/// answers with 202 when the router has taken the event, and with 500 if it has not.
class webhook final : public http_bridge {
public:
    webhook(bridge_options options, webhook_options hook) : http_bridge(std::move(options)), hook_{std::move(hook)} {}

private:
    std::optional<bridge_refusal> refusal_of(const http_request& request) override;
    awaitable<http_response> act(const http_request& request, shard_services& here) override;

    webhook_options hook_;
};

/// Whether the field X-Hub-Signature-256 of `request` is what GitHub makes of its body with `shared`: "sha256=" and the
/// HMAC-SHA-256 in hexadecimal digits.
[[nodiscard]] bool is_signed_by_github(const http_request& request, const secret& shared);

/// What is published of `request`.
[[nodiscard]] dict webhook_event(const http_request& request);

} // namespace junctor
