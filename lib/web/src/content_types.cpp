// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/content_types.hpp>

#include <algorithm>
#include <array>
#include <utility>

namespace junctor {

namespace {

using entry = std::pair<std::string_view, std::string_view>;

/// What pages are made of. Sorted.
constexpr std::array<entry, 45> known{{
    {".aac", "audio/aac"},
    {".apng", "image/apng"},
    {".avif", "image/avif"},
    {".bin", "application/octet-stream"},
    {".bmp", "image/bmp"},
    {".br", "application/octet-stream"},
    {".css", "text/css; charset=utf-8"},
    {".csv", "text/csv; charset=utf-8"},
    {".flac", "audio/flac"},
    {".gif", "image/gif"},
    {".gz", "application/gzip"},
    {".htm", "text/html; charset=utf-8"},
    {".html", "text/html; charset=utf-8"},
    {".ico", "image/vnd.microsoft.icon"},
    {".ics", "text/calendar; charset=utf-8"},
    {".jpeg", "image/jpeg"},
    {".jpg", "image/jpeg"},
    {".js", "text/javascript; charset=utf-8"},
    {".json", "application/json"},
    {".jsonld", "application/ld+json"},
    {".m4a", "audio/mp4"},
    {".map", "application/json"},
    {".md", "text/markdown; charset=utf-8"},
    {".mjs", "text/javascript; charset=utf-8"},
    {".mp3", "audio/mpeg"},
    {".mp4", "video/mp4"},
    {".oga", "audio/ogg"},
    {".ogg", "audio/ogg"},
    {".ogv", "video/ogg"},
    {".opus", "audio/ogg"},
    {".otf", "font/otf"},
    {".pdf", "application/pdf"},
    {".png", "image/png"},
    {".svg", "image/svg+xml"},
    {".ttf", "font/ttf"},
    {".txt", "text/plain; charset=utf-8"},
    {".wasm", "application/wasm"},
    {".wav", "audio/wav"},
    {".webm", "video/webm"},
    {".webmanifest", "application/manifest+json"},
    {".webp", "image/webp"},
    {".woff", "font/woff"},
    {".woff2", "font/woff2"},
    {".xml", "text/xml; charset=utf-8"},
    {".zip", "application/zip"},
}};

std::string lower_case(std::string_view text)
{
    std::string lower(text);
    std::transform(lower.begin(), lower.end(), lower.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return lower;
}

} // namespace

content_types& content_types::add(std::string extension, std::string type)
{
    added_.insert_or_assign(lower_case(extension), std::move(type));
    return *this;
}

std::string content_types::of(std::string_view name) const
{
    const auto dot = name.rfind('.');
    const auto extension = dot == std::string_view::npos ? std::string() : lower_case(name.substr(dot));
    if (const auto at = added_.find(extension); at != added_.end())
        return at->second;
    const auto at = std::lower_bound(known.begin(), known.end(), extension,
                                     [](const entry& each, std::string_view wanted) { return each.first < wanted; });
    return std::string(at != known.end() && at->first == extension ? at->second : "application/octet-stream");
}

} // namespace junctor
