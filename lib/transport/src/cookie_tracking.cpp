// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "cookie_tracking.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>

#include <junctor/auth/secret.hpp>

namespace junctor {

namespace {

using clock = std::chrono::system_clock;

/// Cookies that are longer have not been made here.
constexpr std::size_t length_max = 64;

std::string random_value(std::size_t length)
{
    static constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::vector<std::byte> octets(length);
    fill_random(octets);
    std::string value;
    for (const auto octet : octets)
        value += alphabet[std::to_integer<std::size_t>(octet) % alphabet.size()];
    return value;
}

std::string_view trim(std::string_view text) noexcept
{
    const auto first = text.find_first_not_of(" \t");
    return first == std::string_view::npos ? "" : text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

/// The digest of the first cookie of that name in `field` that `store` knows; empty if there is none.
std::string known_in(std::string_view field, const cookie_settings& settings, clock::time_point now)
{
    while (!field.empty()) {
        const auto end = std::min(field.find(';'), field.size());
        const auto pair = trim(field.substr(0, end));
        field.remove_prefix(std::min(end + 1, field.size()));
        const auto equals = pair.find('=');
        if (equals == std::string_view::npos || pair.substr(0, equals) != settings.name ||
            pair.size() - equals - 1 > length_max)
            continue;
        auto digest = cookie_digest(pair.substr(equals + 1));
        if (settings.store->knows(digest, now))
            return digest;
    }
    return {};
}

std::string_view name_of(same_site pages) noexcept
{
    switch (pages) {
    case same_site::strict: return "Strict";
    case same_site::none: return "None";
    case same_site::lax: break;
    }
    return "Lax";
}

std::string line_of(const cookie_settings& settings, std::string_view value, protection by)
{
    return fmt::format("Set-Cookie: {}={}; Path=/; Max-Age={}{}{}; SameSite={}\r\n", settings.name, value,
                       settings.max_age.count(), settings.secure.value_or(by == protection::tls) ? "; Secure" : "",
                       settings.http_only ? "; HttpOnly" : "", name_of(settings.pages));
}

} // namespace

found_cookie find_cookie(const cookie_settings& settings, std::span<const std::string_view> fields, protection by)
{
    const auto now = clock::now();
    for (const auto field : fields) {
        if (auto digest = known_in(field, settings, now); !digest.empty())
            return {std::make_shared<tracked_cookie>(tracked_cookie{std::move(digest), settings.store}), {}};
    }
    const auto value = random_value(settings.length);
    auto digest = cookie_digest(value);
    settings.store->add(digest, now + settings.max_age, now);
    return {std::make_shared<tracked_cookie>(tracked_cookie{std::move(digest), settings.store}),
            line_of(settings, value, by)};
}

} // namespace junctor
