// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/uri.hpp>

#include <string>

#include <junctor/base/limits.hpp>

#include "support/catch.hpp"

using junctor::check_uri;
using junctor::match_policy;
using junctor::matches;
using junctor::uri_check;
using junctor::uri_flaw;

namespace limits = junctor::limits;

namespace {

struct check_row {
    std::string uri;
    uri_flaw loose;
    uri_flaw strict;
};

void check_rows(match_policy policy, std::initializer_list<check_row> rows)
{
    for (const auto& [uri, loose, strict] : rows) {
        CAPTURE(uri, junctor::to_string(policy));
        CHECK(check_uri(uri, uri_check::loose, policy) == loose);
        CHECK(check_uri(uri, uri_check::strict, policy) == strict);
    }
}

constexpr auto none = uri_flaw::none;
constexpr auto empty_component = uri_flaw::empty_component;
constexpr auto forbidden = uri_flaw::forbidden_character;

std::string components(std::size_t count)
{
    std::string uri = "a";
    for (std::size_t i = 1; i < count; ++i)
        uri += ".a";
    return uri;
}

} // namespace

TEST_CASE("check_uri: an exact URI has components, none of them empty", "[base][uri]")
{
    check_rows(match_policy::exact, {
                                        {"com.myapp.topic1", none, none},
                                        {"a", none, none},
                                        {"com.my_app.0", none, none},
                                        {"", uri_flaw::empty, uri_flaw::empty},
                                        {".", empty_component, empty_component},
                                        {".com", empty_component, empty_component},
                                        {"com.", empty_component, empty_component},
                                        {"com..app", empty_component, empty_component},
                                    });
}

TEST_CASE("check_uri: loose rules allow all but white space, # and control characters; strict ones far less",
          "[base][uri]")
{
    check_rows(match_policy::exact, {
                                        {"com.MyApp", none, forbidden},
                                        {"com.my-app", none, forbidden},
                                        {"com.my/app:1", none, forbidden},
                                        {"com.caf\xC3\xA9", none, forbidden},
                                        {"com.\xF0\x9F\x98\x80", none, forbidden},
                                        {"com.my app", forbidden, forbidden},
                                        {"com.my#app", forbidden, forbidden},
                                        {"com.my\tapp", forbidden, forbidden},
                                        {"com.my\napp", forbidden, forbidden},
                                        {"com.my\x7F", forbidden, forbidden},
                                        {std::string("com.my\0app", 10), forbidden, forbidden},
                                        {" com", forbidden, forbidden},
                                    });
}

TEST_CASE("check_uri: white space beyond ASCII is white space too", "[base][uri]")
{
    for (const std::string space :
         {"\xC2\x85", "\xC2\xA0", "\xE1\x9A\x80", "\xE2\x80\x80", "\xE2\x80\x85", "\xE2\x80\x8A", "\xE2\x80\xA8",
          "\xE2\x80\xA9", "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"})
        CHECK(check_uri("com.a" + space + "b", uri_check::loose) == forbidden);
    // U+200B and U+2010 are next to those, and none of them.
    CHECK(check_uri("com.a\xE2\x80\x8B", uri_check::loose) == none);
    CHECK(check_uri("com.a\xE2\x80\x90", uri_check::loose) == none);
}

TEST_CASE("check_uri: a prefix may be empty and may end anywhere in a component", "[base][uri]")
{
    check_rows(match_policy::prefix, {
                                         {"", none, none},
                                         {"com", none, none},
                                         {"com.", none, none},
                                         {"com.my", none, none},
                                         {".com", empty_component, empty_component},
                                         {"com..", empty_component, empty_component},
                                         {"com.my app", forbidden, forbidden},
                                     });
}

TEST_CASE("check_uri: a wildcard may have empty components everywhere", "[base][uri]")
{
    check_rows(match_policy::wildcard, {
                                           {"com..topic", none, none},
                                           {".topic", none, none},
                                           {"com.", none, none},
                                           {"...", none, none},
                                           {"com.my#", forbidden, forbidden},
                                           {"", uri_flaw::empty, uri_flaw::empty},
                                       });
}

TEST_CASE("check_uri: length and number of components are bounded", "[base][uri]")
{
    CHECK(check_uri(std::string(limits::uri_bytes_max, 'a'), uri_check::strict) == none);
    CHECK(check_uri(std::string(limits::uri_bytes_max + 1, 'a'), uri_check::strict) == uri_flaw::too_long);
    CHECK(check_uri(components(limits::uri_components_max), uri_check::strict) == none);
    CHECK(check_uri(components(limits::uri_components_max + 1), uri_check::strict) == uri_flaw::too_many_components);
    CHECK(check_uri(std::string(limits::uri_components_max, '.'), uri_check::loose, match_policy::wildcard) ==
          uri_flaw::too_many_components);
}

TEST_CASE("uri_flaw: every flaw has a text", "[base][uri]")
{
    CHECK(junctor::to_string(uri_flaw::empty) == "empty");
    CHECK(junctor::to_string(uri_flaw::too_long) == "too long");
    CHECK(junctor::to_string(uri_flaw::too_many_components) == "too many components");
    CHECK(junctor::to_string(uri_flaw::empty_component) == "empty component");
    CHECK(junctor::to_string(uri_flaw::forbidden_character) == "forbidden character");
    CHECK(junctor::to_string(uri_flaw::none) == "valid");
}

TEST_CASE("match_policy: names and policies are one to one", "[base][uri]")
{
    for (const auto policy : {match_policy::exact, match_policy::prefix, match_policy::wildcard})
        CHECK(junctor::parse_match_policy(junctor::to_string(policy)) == policy);
    CHECK(junctor::to_string(match_policy::wildcard) == "wildcard");
    CHECK_FALSE(junctor::parse_match_policy("regex").has_value());
    CHECK_FALSE(junctor::parse_match_policy("").has_value());
    CHECK_FALSE(junctor::parse_match_policy("Exact").has_value());
}

TEST_CASE("is_reserved: only the name space of the protocol is", "[base][uri]")
{
    CHECK(junctor::is_reserved("wamp.session.on_join"));
    CHECK_FALSE(junctor::is_reserved("wamp"));
    CHECK_FALSE(junctor::is_reserved("wampum.session"));
    CHECK_FALSE(junctor::is_reserved("com.wamp.session"));
}

TEST_CASE("matches: exact, prefix and wildcard patterns", "[base][uri]")
{
    struct row {
        match_policy policy;
        std::string_view pattern;
        std::string_view uri;
        bool expected;
    };
    const auto exact = match_policy::exact;
    const auto prefix = match_policy::prefix;
    const auto wildcard = match_policy::wildcard;
    const row rows[] = {
        {exact, "com.app.a", "com.app.a", true},  {exact, "com.app.a", "com.app.ab", false},
        {exact, "com.app.a", "com.app", false},   {prefix, "com.app", "com.app", true},
        {prefix, "com.app", "com.app.a", true},   {prefix, "com.app", "com.application", true},
        {prefix, "com.app", "com.ap", false},     {prefix, "", "anything.at.all", true},
        {wildcard, "com..a", "com.app.a", true},  {wildcard, "com..a", "com.other.a", true},
        {wildcard, "com..a", "com.app.b", false}, {wildcard, "com..a", "com.app.x.a", false},
        {wildcard, "com..a", "com.a", false},     {wildcard, ".app.", "com.app.a", true},
        {wildcard, ".app.", "com.app", false},    {wildcard, "..", "com.app.a", true},
        {wildcard, "..", "com.app.a.b", false},   {wildcard, "..", "com.app", false},
        {wildcard, "com.app", "com.app", true},   {wildcard, "com.app.", "com.app.a", true},
    };
    for (const auto& [policy, pattern, uri, expected] : rows) {
        CAPTURE(junctor::to_string(policy), pattern, uri);
        CHECK(matches(pattern, policy, uri) == expected);
    }
}
