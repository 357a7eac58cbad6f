// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/http_message.hpp>

#include <algorithm>

#include <boost/beast/core/string.hpp>
#include <boost/beast/http/status.hpp>

namespace junctor {

namespace {

bool is_named(const http_field& field, std::string_view name)
{
    return boost::beast::iequals(field.name, boost::beast::string_view(name.data(), name.size()));
}

} // namespace

std::optional<std::string_view> find_field(const std::vector<http_field>& fields, std::string_view name)
{
    const auto at =
        std::find_if(fields.begin(), fields.end(), [&](const http_field& field) { return is_named(field, name); });
    return at == fields.end() ? std::nullopt : std::optional<std::string_view>(at->value);
}

std::string_view http_request::field(std::string_view name) const
{
    return find_field(fields, name).value_or("");
}

std::string http_request::list(std::string_view name) const
{
    std::string values;
    for (const auto& field : fields) {
        if (is_named(field, name))
            values.append(values.empty() ? "" : ",").append(field.value);
    }
    return values;
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
