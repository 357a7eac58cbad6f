// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/conditional_request.hpp>

#include <algorithm>
#include <charconv>

#include <junctor/web/http_date.hpp>

namespace junctor {

namespace {

constexpr std::string_view weak = "W/";

std::string_view trimmed(std::string_view text)
{
    const auto begin = text.find_first_not_of(" \t");
    if (begin == std::string_view::npos)
        return {};
    return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

/// Whether the list `tags` of entity tags, or "*", contains `tag`. Our tags are strong, so that weak ones are only ever
/// equal where `weakly` is asked for.
bool names_tag(std::string_view tags, std::string_view tag, bool weakly)
{
    while (!tags.empty()) {
        const auto comma = std::min(tags.find(','), tags.size());
        auto one = trimmed(tags.substr(0, comma));
        tags.remove_prefix(std::min(comma + 1, tags.size()));
        if (weakly && one.starts_with(weak))
            one.remove_prefix(weak.size());
        if (one == tag || one == "*")
            return true;
    }
    return false;
}

bool fails(const http_request& request, const file_version& now)
{
    if (const auto tags = find_field(request.fields, "If-Match"))
        return !names_tag(*tags, now.tag, false);
    const auto since = read_http_date(request.field("If-Unmodified-Since"));
    return since && now.modified > *since;
}

bool has_it(const http_request& request, const file_version& now)
{
    if (const auto tags = find_field(request.fields, "If-None-Match"))
        return names_tag(*tags, now.tag, true);
    const auto since = read_http_date(request.field("If-Modified-Since"));
    return since && now.modified <= *since;
}

/// Whether the range is wanted only of another version.
bool is_of_another(const http_request& request, const file_version& now)
{
    const auto wanted = find_field(request.fields, "If-Range");
    if (!wanted)
        return false;
    if (wanted->find('"') != std::string_view::npos)
        return *wanted != now.tag;
    return read_http_date(*wanted) != now.modified;
}

/// All of `digits` as a number; nothing if it is none that fits.
std::optional<std::uint64_t> number_of(std::string_view digits)
{
    std::uint64_t number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, number);
    return error == std::errc() && at == end ? std::optional(number) : std::nullopt;
}

asked_range part_of(byte_range part)
{
    return {asked_range::kind::part, part};
}

/// The last `count` bytes of `size`.
asked_range last_bytes(std::uint64_t count, std::uint64_t size)
{
    count = std::min(count, size);
    return count == 0 ? asked_range{asked_range::kind::none, {}} : part_of({size - count, count});
}

/// What `text`, such as "0-99", "100-" or "-50", stands for.
asked_range read_spec(std::string_view text, std::uint64_t size)
{
    const auto dash = text.find('-');
    if (dash == std::string_view::npos)
        return {};
    const auto first = number_of(text.substr(0, dash));
    const auto last = number_of(text.substr(dash + 1));
    if (dash == 0)
        return last ? last_bytes(*last, size) : asked_range();
    const bool is_open = dash + 1 == text.size();
    if (!first || (!last && !is_open) || (last && *last < *first))
        return {};
    if (*first >= size)
        return {asked_range::kind::none, {}};
    const auto end = last ? std::min(*last, size - 1) + 1 : size;
    return part_of({*first, end - *first});
}

} // namespace

unsigned status_by_conditions(const http_request& request, const file_version& now)
{
    if (fails(request, now))
        return 412;
    return has_it(request, now) ? 304 : 200;
}

asked_range read_range(const http_request& request, const file_version& now, std::uint64_t size)
{
    constexpr std::string_view unit = "bytes=";
    const auto asked = request.field("Range");
    const bool is_single = asked.starts_with(unit) && asked.find(',') == std::string_view::npos;
    if (request.method != "GET" || !is_single || is_of_another(request, now))
        return {};
    return read_spec(trimmed(asked.substr(unit.size())), size);
}

} // namespace junctor
