// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include <boost/beast/core/string.hpp>
#include <fmt/format.h>

#include <junctor/base/convert.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/web/http_bridge.hpp>

namespace junctor {

namespace {

using boost::system::result;

bridge_refusal bad(std::string text)
{
    return {400, std::move(text)};
}

bool equals(std::string_view a, std::string_view b)
{
    return boost::beast::iequals({a.data(), a.size()}, {b.data(), b.size()});
}

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    return begin == std::string_view::npos ? "" : text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Whether the content is said to be JSON in UTF-8. Nothing said is fine, too.
bool may_be_json(std::string_view type)
{
    if (type.empty())
        return true;
    const auto semicolon = std::min(type.find(';'), type.size());
    if (!equals(trimmed(type.substr(0, semicolon)), "application/json"))
        return false;
    const auto parameter = trimmed(type.substr(std::min(semicolon + 1, type.size())));
    return parameter.empty() || equals(parameter, "charset=utf-8") || equals(parameter, "charset=utf8") ||
           equals(parameter, "charset=\"utf-8\"");
}

/// The value of `key` as a `T`, which is empty if it is not there or null; nothing if it is of another type.
template <class T>
std::optional<T> take(const dict& content, std::string_view key)
{
    const auto* const found = content.find(key);
    if (found == nullptr || found->is_null())
        return T();
    const auto* const typed = found->get_if<T>();
    return typed != nullptr ? std::optional(*typed) : std::nullopt;
}

/// One of the lists of sessions in `options` of an event, set by `setter`.
using id_setter = client::publish_options& (client::publish_options::*)(std::vector<session_id>);
using name_setter = client::publish_options& (client::publish_options::*)(std::vector<std::string>);

constexpr std::array<std::pair<std::string_view, id_setter>, 2> id_lists{
    {{"exclude", &client::publish_options::exclude}, {"eligible", &client::publish_options::eligible}}};
constexpr std::array<std::pair<std::string_view, name_setter>, 4> name_lists{
    {{"exclude_authid", &client::publish_options::exclude_authid},
     {"exclude_authrole", &client::publish_options::exclude_authrole},
     {"eligible_authid", &client::publish_options::eligible_authid},
     {"eligible_authrole", &client::publish_options::eligible_authrole}}};

std::optional<std::vector<session_id>> ids_of(const value& content)
{
    const auto numbers = value_to<std::vector<std::uint64_t>>(content);
    if (!numbers)
        return std::nullopt;
    std::vector<session_id> ids;
    for (const auto number : *numbers)
        ids.emplace_back(number);
    return ids;
}

/// Reads the options of an event that have a meaning here. The name of one that is wrong; empty if none is.
std::string_view read_publish_options(const dict& given, client::publish_options& options)
{
    for (const auto& [key, set] : id_lists) {
        const auto* const content = given.find(key);
        if (content == nullptr || content->is_null())
            continue;
        auto ids = ids_of(*content);
        if (!ids)
            return key;
        (options.*set)(std::move(*ids));
    }
    for (const auto& [key, set] : name_lists) {
        const auto* const content = given.find(key);
        if (content == nullptr || content->is_null())
            continue;
        auto names = value_to<std::vector<std::string>>(*content);
        if (!names)
            return key;
        (options.*set)(std::move(*names));
    }
    const auto retain = take<bool>(given, "retain");
    options.retain(retain.value_or(false));
    return retain ? "" : "retain";
}

/// Reads the options of a call: its timeout in milliseconds, which cannot be longer than it would be anyway.
std::string_view read_call_options(const dict& given, std::chrono::milliseconds& timeout)
{
    const auto limit = take<std::int64_t>(given, "timeout");
    if (!limit || *limit < 0)
        return "timeout";
    if (*limit != 0)
        timeout = std::min(timeout, std::chrono::milliseconds(*limit));
    return "";
}

std::string_view read_options(const dict& given, bridge_request& wanted)
{
    return wanted.what == bridge_request::kind::publish ? read_publish_options(given, wanted.options)
                                                        : read_call_options(given, wanted.timeout);
}

/// Reads what `body`, the dict of a request, says.
result<bridge_request, bridge_refusal> read_dict(const dict& body, bridge_request wanted)
{
    const auto* const key = wanted.what == bridge_request::kind::publish ? "topic" : "procedure";
    const auto* const uri = body.find(key);
    if (uri == nullptr || uri->get_if<std::string>() == nullptr)
        return bad(fmt::format("'{}' is missing or no string", key));
    auto args = take<list>(body, "args");
    auto kwargs = take<dict>(body, "kwargs");
    const auto options = take<dict>(body, "options");
    if (!args || !kwargs || !options)
        return bad(fmt::format("'{}' is no {}",
                               !args     ? "args"
                               : !kwargs ? "kwargs"
                                         : "options",
                               !args ? "list" : "dict"));
    wanted.uri = *uri->get_if<std::string>();
    wanted.content = {std::move(*args), std::move(*kwargs)};
    if (const auto wrong = read_options(*options, wanted); !wrong.empty())
        return bad(fmt::format("the option '{}' is of another type", wrong));
    return wanted;
}

} // namespace

result<bridge_request, bridge_refusal> read_bridge_request(const http_request& request, bridge_request::kind what,
                                                           const bridge_options& options)
{
    if (!may_be_json(request.field("Content-Type")))
        return bad("the content must be application/json in UTF-8");
    const auto body = read_value({serializer::json, as_bytes(request.body)});
    const auto* const content = body ? body->get_if<dict>() : nullptr;
    if (content == nullptr)
        return bad("the body must be a dict in JSON");
    bridge_request wanted;
    wanted.what = what;
    wanted.timeout = options.call_timeout;
    return read_dict(*content, std::move(wanted));
}

} // namespace junctor
