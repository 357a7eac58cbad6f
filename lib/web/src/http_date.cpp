// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/http_date.hpp>

#include <array>

#include <fmt/format.h>

namespace junctor {

namespace {

constexpr std::array<const char*, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr std::array<const char*, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                             "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// The form of today, that of RFC 850, and that of asctime().
constexpr std::array<const char*, 3> forms{"%a, %d %b %Y %H:%M:%S GMT", "%A, %d-%b-%y %H:%M:%S GMT",
                                           "%a %b %d %H:%M:%S %Y"};

} // namespace

std::string http_date(std::time_t when)
{
    std::tm parts{};
    ::gmtime_r(&when, &parts);
    return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", days[static_cast<std::size_t>(parts.tm_wday)],
                       parts.tm_mday, months[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                       parts.tm_hour, parts.tm_min, parts.tm_sec);
}

std::optional<std::time_t> read_http_date(std::string_view text)
{
    const std::string ended(text);
    for (const auto* const form : forms) {
        std::tm parts{};
        const auto* const rest = ::strptime(ended.c_str(), form, &parts);
        if (rest == ended.c_str() + ended.size())
            return ::timegm(&parts);
    }
    return std::nullopt;
}

} // namespace junctor
