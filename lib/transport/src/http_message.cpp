// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/http_message.hpp>

#include <algorithm>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

namespace junctor {

std::optional<std::string_view> find_field(const std::vector<http_field>& fields, std::string_view name)
{
    const boost::beast::string_view wanted(name.data(), name.size());
    const auto at = std::find_if(fields.begin(), fields.end(),
                                 [&](const http_field& field) { return boost::beast::iequals(field.name, wanted); });
    return at == fields.end() ? std::nullopt : std::optional<std::string_view>(at->value);
}

std::string_view http_request::field(std::string_view name) const
{
    return find_field(fields, name).value_or("");
}

http_response text_response(unsigned status, std::string text)
{
    text += '\n';
    return {status, {{"Content-Type", "text/plain; charset=utf-8"}}, std::move(text), std::nullopt};
}

std::string_view reason_phrase(unsigned status) noexcept
{
    const auto reason = boost::beast::http::obsolete_reason(boost::beast::http::int_to_status(status));
    return {reason.data(), reason.size()};
}

} // namespace junctor
