// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/websocket_settings.hpp>

#include <algorithm>
#include <stdexcept>

namespace junctor {

namespace {

char lower(char letter) noexcept
{
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool same_letters(std::string_view one, std::string_view other) noexcept
{
    return std::equal(one.begin(), one.end(), other.begin(), other.end(),
                      [](char a, char b) { return lower(a) == lower(b); });
}

/// Whether `text` is what `pattern` says, in which `*` stands for any characters. The latest `*` is tried with more
/// and more of them, so that the time is bounded by the product of the lengths.
bool matches(std::string_view pattern, std::string_view text) noexcept
{
    std::size_t p = 0;
    std::size_t t = 0;
    auto star = std::string_view::npos;
    std::size_t star_end = 0;
    while (t != text.size()) {
        if (p != pattern.size() && pattern[p] == '*') {
            star = p++;
            star_end = t;
        } else if (p != pattern.size() && lower(pattern[p]) == lower(text[t])) {
            ++p;
            ++t;
        } else if (star != std::string_view::npos) {
            p = star + 1;
            t = ++star_end;
        } else {
            return false;
        }
    }
    return pattern.find_first_not_of('*', p) == std::string_view::npos;
}

/// The port that a URL of this scheme need not name.
std::string_view usual_port(std::string_view scheme) noexcept
{
    if (same_letters(scheme, "http"))
        return ":80";
    return same_letters(scheme, "https") ? ":443" : "";
}

std::string_view without_port(std::string_view host, std::string_view port) noexcept
{
    return !port.empty() && host.ends_with(port) ? host.substr(0, host.size() - port.size()) : host;
}

bool is_window(int bits) noexcept
{
    return bits >= deflate_window_bits_min && bits <= deflate_window_bits_max;
}

bool can_be_meant(const deflate_settings& settings) noexcept
{
    const auto asked = settings.request_max_window_bits;
    return is_window(settings.max_window_bits) && (asked == 0 || is_window(asked)) && settings.memory_level >= 1 &&
           settings.memory_level <= deflate_memory_level_max;
}

} // namespace

void check_settings(const websocket_connection_settings& settings)
{
    if (settings.deflate && !can_be_meant(*settings.deflate))
        throw std::invalid_argument("windows of compression are from 9 to 15 bits, and memory levels from 1 to 9");
    if (settings.open_handshake_timeout.count() < 0 || settings.close_handshake_timeout.count() < 0)
        throw std::invalid_argument("a handshake cannot have less than no time");
}

bool admits_origin(const websocket_settings& settings, std::string_view origin, std::string_view host)
{
    if (same_letters(origin, "null"))
        return settings.null_origin_allowed;
    const auto separator = origin.find("://");
    if (separator == std::string_view::npos)
        return false;
    const auto port = usual_port(origin.substr(0, separator));
    const auto plain = without_port(origin, port);
    if (settings.allowed_origins.empty())
        return same_letters(plain.substr(separator + 3), without_port(host, port));
    const std::string full = std::string(plain).append(port);
    const bool names_port = plain.find(':', separator + 3) != std::string_view::npos;
    return std::any_of(settings.allowed_origins.begin(), settings.allowed_origins.end(), [&](const auto& pattern) {
        return matches(pattern, plain) || (!names_port && matches(pattern, full));
    });
}

} // namespace junctor
