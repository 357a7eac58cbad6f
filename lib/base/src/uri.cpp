// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/uri.hpp>

#include <algorithm>
#include <array>

#include <junctor/base/limits.hpp>

namespace junctor {

namespace {

constexpr bool is_strict_character(char c) noexcept
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
}

/// White space, control characters and `#` are out; bytes of 0x80 and above belong to UTF-8 that the codec has checked.
constexpr bool is_loose_character(char c) noexcept
{
    const auto octet = static_cast<unsigned char>(c);
    return octet > 0x20 && octet != 0x7F && c != '#';
}

/// Unicode's separators beyond ASCII are white space too: U+0085, U+00A0, U+1680, U+2000-200A, U+2028, U+2029, U+202F,
/// U+205F and U+3000, here as their UTF-8 bytes.
bool has_wide_space(std::string_view text) noexcept
{
    static constexpr std::array<std::string_view, 9> single{"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80",
                                                            "\xE2\x80\xA8", "\xE2\x80\xA9", "\xE2\x80\xAF",
                                                            "\xE2\x81\x9F", "\xE3\x80\x80", "\xE2\x80\x8A"};
    const auto contains = [text](std::string_view space) { return text.find(space) != std::string_view::npos; };
    if (std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }))
        return false;
    if (std::any_of(single.begin(), single.end(), contains))
        return true;
    for (auto at = text.find("\xE2\x80"); at != std::string_view::npos; at = text.find("\xE2\x80", at + 1)) {
        if (at + 2 < text.size() && static_cast<unsigned char>(text[at + 2]) <= 0x8A)
            return true;
    }
    return false;
}

bool next_component(std::string_view& rest, std::string_view& component) noexcept
{
    const auto dot = rest.find('.');
    component = rest.substr(0, dot);
    if (dot == std::string_view::npos)
        return false;
    rest.remove_prefix(dot + 1);
    return true;
}

} // namespace

std::string_view to_string(match_policy policy) noexcept
{
    switch (policy) {
    case match_policy::exact: return "exact";
    case match_policy::prefix: return "prefix";
    case match_policy::wildcard: return "wildcard";
    }
    return "exact";
}

std::optional<match_policy> parse_match_policy(std::string_view name) noexcept
{
    for (const auto policy : {match_policy::exact, match_policy::prefix, match_policy::wildcard}) {
        if (to_string(policy) == name)
            return policy;
    }
    return std::nullopt;
}

std::string_view to_string(uri_flaw flaw) noexcept
{
    switch (flaw) {
    case uri_flaw::none: return "valid";
    case uri_flaw::empty: return "empty";
    case uri_flaw::too_long: return "too long";
    case uri_flaw::too_many_components: return "too many components";
    case uri_flaw::empty_component: return "empty component";
    case uri_flaw::forbidden_character: return "forbidden character";
    }
    return "invalid";
}

uri_flaw check_uri(std::string_view uri, uri_check check, match_policy policy) noexcept
{
    if (uri.empty())
        return policy == match_policy::prefix ? uri_flaw::none : uri_flaw::empty;
    if (uri.size() > limits::uri_bytes_max)
        return uri_flaw::too_long;

    std::size_t components = 1;
    bool at_component_start = true;
    for (const char c : uri) {
        if (c == '.') {
            if (at_component_start && policy != match_policy::wildcard)
                return uri_flaw::empty_component;
            if (++components > limits::uri_components_max)
                return uri_flaw::too_many_components;
            at_component_start = true;
            continue;
        }
        if (check == uri_check::strict ? !is_strict_character(c) : !is_loose_character(c))
            return uri_flaw::forbidden_character;
        at_component_start = false;
    }
    if (at_component_start && policy == match_policy::exact)
        return uri_flaw::empty_component;
    return has_wide_space(uri) ? uri_flaw::forbidden_character : uri_flaw::none;
}

bool matches(std::string_view pattern, match_policy policy, std::string_view uri) noexcept
{
    if (policy == match_policy::exact)
        return pattern == uri;
    if (policy == match_policy::prefix)
        return uri.starts_with(pattern);

    for (;;) {
        std::string_view wanted;
        std::string_view given;
        const bool more_wanted = next_component(pattern, wanted);
        const bool more_given = next_component(uri, given);
        if (more_wanted != more_given || (!wanted.empty() && wanted != given))
            return false;
        if (!more_wanted)
            return true;
    }
}

uri_pattern exact(std::string_view uri)
{
    return {std::string(uri), match_policy::exact};
}

uri_pattern prefix(std::string_view uri)
{
    return {std::string(uri), match_policy::prefix};
}

uri_pattern wildcard(std::string_view uri)
{
    return {std::string(uri), match_policy::wildcard};
}

} // namespace junctor
