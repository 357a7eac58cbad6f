// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/html.hpp>

#include <fmt/format.h>

namespace junctor {

namespace {

std::string_view entity_of(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
    }
}

bool is_unreserved(char c)
{
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' || c == '~';
}

} // namespace

std::string html_escaped(std::string_view text)
{
    std::string escaped;
    for (const char c : text) {
        if (const auto entity = entity_of(c); !entity.empty())
            escaped += entity;
        else
            escaped += c;
    }
    return escaped;
}

std::string percent_encoded(std::string_view name)
{
    std::string encoded;
    for (const char c : name) {
        if (is_unreserved(c))
            encoded += c;
        else
            encoded += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

http_response html_page(std::string_view title, std::string_view content)
{
    return {
        200,
        {{"Content-Type", "text/html; charset=utf-8"},
         {"Content-Security-Policy", "default-src 'none'"},
         {"X-Content-Type-Options", "nosniff"},
         {"Cache-Control", "no-store"}},
        fmt::format("<!DOCTYPE html>\n<html lang=\"en\">\n<head><title>{0}</title></head>\n<body>\n<h1>{0}</h1>\n{1}"
                    "</body>\n</html>\n",
                    title, content),
        std::nullopt};
}

} // namespace junctor
