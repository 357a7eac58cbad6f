// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/dynamic.hpp>

#include <stdexcept>
#include <utility>

#include "peer_details.hpp"

namespace junctor::auth {

namespace {

dict details_of(const auth_exchange& exchange, dict evidence)
{
    dict details = std::move(evidence);
    details.set("authmethod", exchange.authmethod());
    details.set("authextra", exchange.hello().authextra);
    details.set("agent", exchange.hello().agent);
    details.set("session", exchange.session_number());
    details.set("transport", transport_details(exchange.transport()));
    return details;
}

/// Whether an ERROR with this URI is a refusal, as opposed to one that tells how the router is set up, such as that of
/// a procedure that is not registered.
bool is_refusal(const std::string& uri)
{
    switch (errc_of(uri)) {
    case errc::authentication_denied:
    case errc::not_authorized:
    case errc::no_such_principal:
    case errc::no_such_role: return true;
    default: return !uri.starts_with("wamp.");
    }
}

/// Denies as the procedure says.
[[noreturn]] void deny(const procedure_answer& answer, const std::string& procedure)
{
    if (!is_refusal(answer.error))
        throw std::runtime_error(procedure + " answers with " + answer.error);
    const auto* const text = answer.args.empty() ? nullptr : answer.args.front().get_if<std::string>();
    throw authentication_denied(
        verdict::deny(answer.error, text != nullptr ? *text : std::string(text_of(errc::authentication_denied))));
}

/// Moves the text under `key` of `from` to `to`, if there is one.
void take_text(dict& from, std::string_view key, std::string& to)
{
    auto* const found = from.find(key);
    if (found == nullptr || found->is_null())
        return;
    auto* const text = found->get_if<std::string>();
    if (text == nullptr)
        throw std::runtime_error(std::string(key) + " must be a string");
    to = std::move(*text);
}

principal_record record_in(dict answer, principal_record record)
{
    take_text(answer, "role", record.authrole);
    take_text(answer, "authid", record.authid);
    take_text(answer, "realm", record.realm);
    if (auto* const extra = answer.find("extra"); extra != nullptr && extra->get_if<dict>() != nullptr)
        record.authextra = std::move(*extra->get_if<dict>());
    for (const auto& [key, content] : answer) {
        if (key != "role" && key != "authid" && key != "realm" && key != "extra")
            record.credentials.set(key, content);
    }
    return record;
}

} // namespace

dynamic_principals::dynamic_principals(module_options& options)
{
    settings_.authenticator = uri_option(options, "authenticator");
    settings_.realm = realm_option(options, "authenticator-realm");
    settings_.default_role = options.role("default-role", "");
    if (options.has("authenticator-role"))
        options.warning("authenticator-role", "has no effect: the router calls the procedure as itself");
}

awaitable<std::optional<principal_record>> dynamic_principals::find(auth_exchange& exchange, dict evidence)
{
    const auto& hello = exchange.hello();
    list args;
    args.emplace_back(hello.realm);
    args.emplace_back(hello.authid);
    const bool shown = !evidence.empty();
    args.emplace_back(details_of(exchange, std::move(evidence)));
    auto realm = settings_.realm.empty() ? hello.realm : settings_.realm;
    auto answer = co_await exchange.call(std::move(realm), settings_.authenticator, std::move(args));
    if (!answer.succeeded())
        deny(answer, settings_.authenticator);

    principal_record record;
    record.authid = hello.authid;
    record.authrole = settings_.default_role;
    auto* const first = answer.args.empty() ? nullptr : &answer.args.front();
    if (first == nullptr || first->is_null())
        co_return std::nullopt;
    if (const auto* const role = first->get_if<std::string>())
        record.authrole = *role;
    else if (auto* const described = first->get_if<dict>())
        record = record_in(std::move(*described), std::move(record));
    else
        throw std::runtime_error(settings_.authenticator + " answers with neither a role nor a dict");
    if (record.authrole.empty())
        throw std::runtime_error(settings_.authenticator + " answers without a role, and there is no default-role");
    // Who has been shown the evidence and answers without anything to check it by has checked it.
    record.verified = shown && record.credentials.empty();
    co_return record;
}

void register_dynamic(module_registry& registry)
{
    registry.add_principal_source(
        "dynamic", [](module_options& options) { return std::make_unique<dynamic_principals>(options); });
    registry.add_authorizer("dynamic",
                            [](module_options& options) { return std::make_unique<dynamic_authorizer>(options); });
}

} // namespace junctor::auth
