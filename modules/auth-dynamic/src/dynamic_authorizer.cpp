// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/dynamic.hpp>

#include <cstdint>
#include <limits>
#include <stdexcept>
#include <utility>

#include "peer_details.hpp"

namespace junctor::auth {

namespace {

dict session_details(const authorization_request& request)
{
    const auto& who = request.who();
    return {{"session", request.session_number()},
            {"realm", request.realm()},
            {"authid", who.authid},
            {"authrole", who.authrole},
            {"authmethod", who.authmethod},
            {"authprovider", who.authprovider},
            {"authextra", who.authextra},
            {"transport", transport_details(request.transport())}};
}

dict options_of(const authorization_question& question)
{
    auto options = question.options;
    if (question.what == action::register_ || question.what == action::subscribe)
        options.set("match", to_string(question.match));
    return options;
}

bool flag_in(const value& content, const std::string& key)
{
    const auto* const flag = content.get_if<bool>();
    if (flag == nullptr)
        throw std::runtime_error(key + " must be true or false");
    return *flag;
}

std::int32_t trust_level_in(const value& content)
{
    const auto* const level = content.get_if<std::int64_t>();
    if (level == nullptr || *level < 0 || *level > std::numeric_limits<std::int32_t>::max())
        throw std::runtime_error("trustlevel must be an integer that is not negative");
    return static_cast<std::int32_t>(*level);
}

/// A key that is not understood may have been meant to forbid something.
authorization_answer answer_in(const dict& answer)
{
    authorization_answer decision;
    if (!answer.contains("allow"))
        throw std::runtime_error("the answer has no key 'allow'");
    for (const auto& [key, content] : answer) {
        if (key == "allow")
            decision.decided.allowed = flag_in(content, key);
        else if (key == "disclose")
            decision.decided.disclose = flag_in(content, key);
        else if (key == "cache")
            decision.cache = flag_in(content, key);
        else if (key == "trustlevel")
            decision.decided.trust_level = trust_level_in(content);
        else
            throw std::runtime_error("the answer has an unknown key '" + key + "'");
    }
    return decision;
}

} // namespace

dynamic_authorizer::dynamic_authorizer(module_options& options)
    : procedure_{uri_option(options, "procedure")}, realm_{realm_option(options, "realm")}
{
}

awaitable<authorization_answer> dynamic_authorizer::decide(authorization_request& request)
{
    const auto& question = request.question();
    list args;
    args.emplace_back(session_details(request));
    args.emplace_back(question.uri);
    args.emplace_back(to_string(question.what));
    args.emplace_back(options_of(question));
    auto realm = realm_.empty() ? request.realm() : realm_;
    const auto answer = co_await request.call(std::move(realm), procedure_, std::move(args));
    if (!answer.succeeded())
        throw std::runtime_error(procedure_ + " answers with " + answer.error);

    const auto* const first = answer.args.empty() ? nullptr : &answer.args.front();
    if (const auto* const described = first != nullptr ? first->get_if<dict>() : nullptr)
        co_return answer_in(*described);
    const auto* const allowed = first != nullptr ? first->get_if<bool>() : nullptr;
    if (allowed == nullptr)
        throw std::runtime_error(procedure_ + " answers with neither true, nor false, nor a dict");
    authorization_answer decision;
    decision.decided.allowed = *allowed;
    co_return decision;
}

} // namespace junctor::auth
