// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <limits>

#include <fmt/format.h>

#include "readers.hpp"

namespace junctor {
namespace {

constexpr std::array<named<match_policy>, 3> match_policies{
    {{"exact", match_policy::exact}, {"prefix", match_policy::prefix}, {"wildcard", match_policy::wildcard}}};

constexpr std::array<named<action>, 4> actions{{{"call", action::call},
                                                {"register", action::register_},
                                                {"publish", action::publish},
                                                {"subscribe", action::subscribe}}};

constexpr std::int64_t trust_level_max = std::numeric_limits<std::int32_t>::max();

/// The pattern that `text` stands for if it may have stars: at its end for a prefix, elsewhere for whole components.
/// Nothing if a star stands for a part of a component.
std::optional<uri_pattern> parse_starred(std::string_view text)
{
    const auto stars = std::count(text.begin(), text.end(), '*');
    if (stars == 0)
        return uri_pattern{std::string(text), match_policy::exact};
    if (stars == 1 && text.back() == '*')
        return uri_pattern{std::string(text.substr(0, text.size() - 1)), match_policy::prefix};

    uri_pattern pattern{{}, match_policy::wildcard};
    for (std::size_t at = 0; at < text.size(); ++at) {
        const bool starts = at == 0 || text[at - 1] == '.';
        const bool ends = at + 1 == text.size() || text[at + 1] == '.';
        if (text[at] != '*')
            pattern.uri += text[at];
        else if (!starts || !ends)
            return std::nullopt;
    }
    return pattern;
}

std::optional<uri_pattern> read_unchecked_pattern(dict_reader& keys, config_reading& reading)
{
    const auto item = keys.require("uri");
    const auto match_item = keys.take("match");
    const auto uri = item ? read_text(*item, reading.problems) : std::nullopt;
    if (match_item) {
        const auto match = read_choice(*match_item, "match policy", match_policies, reading.problems);
        if (!uri || !match)
            return std::nullopt;
        if (uri->find('*') != std::string_view::npos)
            reading.problems.warning(*item, "the '*' is taken as it is, since there is a 'match'",
                                     "leave out one of the two");
        return uri_pattern{*uri, *match};
    }
    if (!uri)
        return std::nullopt;
    auto pattern = parse_starred(*uri);
    if (!pattern)
        reading.problems.error(*item, "a '*' must be the end of the URI or a whole component");
    return pattern;
}

/// For a URI with an empty component: which pattern it was probably meant to be.
std::string pattern_hint(std::string_view uri)
{
    if (uri.find("..") == std::string_view::npos && uri.ends_with('.'))
        return "set 'match' to \"prefix\", or end the URI in '*'";
    return "set 'match' to \"wildcard\" if it stands for any component";
}

void read_allow(const config_item& item, action_set& allowed, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    for (const auto& [name, what] : actions) {
        if (keys.boolean(name).value_or(false))
            allowed.add(what);
    }
    keys.finish();
}

void read_disclose(const config_item& item, permission_rule& rule, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    rule.disclose_caller = keys.boolean("caller").value_or(false);
    rule.disclose_publisher = keys.boolean("publisher").value_or(false);
    keys.finish();
}

} // namespace

std::optional<uri_pattern> read_pattern(dict_reader& keys, uri_check uris, config_reading& reading)
{
    auto pattern = read_unchecked_pattern(keys, reading);
    if (!pattern)
        return std::nullopt;
    const auto flaw = check_uri(pattern->uri, uris, pattern->match);
    if (flaw == uri_flaw::none)
        return pattern;
    const bool may_be_pattern = flaw == uri_flaw::empty_component && pattern->match == match_policy::exact;
    reading.problems.error(*keys.take("uri"), std::string(to_string(flaw)),
                           may_be_pattern ? pattern_hint(pattern->uri) : "");
    return std::nullopt;
}

std::optional<permission_rule> read_permission(const config_item& item, uri_check uris, config_reading& reading)
{
    dict_reader keys(item, reading.problems);
    const auto pattern = read_pattern(keys, uris, reading);
    permission_rule rule;
    if (const auto allow = keys.take("allow"))
        read_allow(*allow, rule.allowed, reading);
    if (const auto disclose = keys.take("disclose"))
        read_disclose(*disclose, rule, reading);
    if (const auto level = keys.integer("trustlevel", 0, trust_level_max))
        rule.trust_level = static_cast<std::int32_t>(*level);
    (void)keys.boolean("cache"); // Rules of a configuration need no cache.
    keys.refuse("validate", "checks of payload types are");
    keys.finish();
    if (!pattern)
        return std::nullopt;
    rule.pattern = *pattern;
    return rule;
}

} // namespace junctor
