// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/pattern_index.hpp>

#include <algorithm>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

namespace {

struct entry {
    std::string pattern;
    match_policy match;
};

/// An index with entries of its own.
struct filled_index {
    explicit filled_index(std::uint64_t seed = 3) : index(seed) {}

    void add(match_policy match, std::string pattern)
    {
        auto& made = *entries.emplace_back(std::make_unique<entry>(entry{std::move(pattern), match}));
        index.insert(made.pattern, match, made);
    }

    void remove(std::size_t which)
    {
        index.erase(entries[which]->pattern, entries[which]->match);
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(which));
    }

    [[nodiscard]] std::vector<std::string> matching(std::string_view uri) const
    {
        std::vector<std::string> found;
        index.for_each_match(
            uri, [&](const entry& e) { found.push_back(std::string(to_string(e.match)) + ":" + e.pattern); });
        return found;
    }

    pattern_index<entry> index;
    std::vector<std::unique_ptr<entry>> entries;
};

std::string best(const filled_index& from, std::string_view uri)
{
    const auto* const found = from.index.best_match(uri);
    return found != nullptr ? found->pattern : "none";
}

std::string most_specific(const filled_index& from, std::string_view uri)
{
    const auto* const found = from.index.most_specific(uri);
    return found != nullptr ? found->pattern : "none";
}

} // namespace

TEST_CASE("pattern index: an empty one finds nothing", "[realm][patterns]")
{
    const filled_index empty;
    CHECK(best(empty, "com.a") == "none");
    CHECK(empty.matching("com.a").empty());
    CHECK(empty.index.size() == 0);
    for (const auto match : {match_policy::exact, match_policy::prefix, match_policy::wildcard})
        CHECK(empty.index.find("", match) == nullptr);
}

TEST_CASE("pattern index: exact before the longest prefix before wildcards", "[realm][patterns]")
{
    filled_index all;
    all.add(match_policy::wildcard, "com..x");
    CHECK(best(all, "com.a.x") == "com..x");
    all.add(match_policy::prefix, "com.");
    CHECK(best(all, "com.a.x") == "com.");
    all.add(match_policy::prefix, "com.a");
    CHECK(best(all, "com.a.x") == "com.a");
    all.add(match_policy::exact, "com.a.x");
    CHECK(best(all, "com.a.x") == "com.a.x");
    CHECK(all.matching("com.a.x") ==
          std::vector<std::string>{"exact:com.a.x", "prefix:com.a", "prefix:com.", "wildcard:com..x"});
}

TEST_CASE("pattern index: a call goes to a wildcard rather than to a prefix that ends within a component",
          "[realm][patterns]")
{
    filled_index all;
    all.add(match_policy::prefix, "com.a");
    CHECK(best(all, "com.ab.x") == "com.a");
    all.add(match_policy::wildcard, "com..x");
    CHECK(best(all, "com.ab.x") == "com..x");
    CHECK(best(all, "com.a.x") == "com.a");
    CHECK(best(all, "com.ab.y") == "com.a");
    CHECK(most_specific(all, "com.ab.x") == "com.a"); // of permissions the longest prefix decides
}

TEST_CASE("pattern index: wildcards are ranked by their portions before each wildcard", "[realm][patterns]")
{
    filled_index all;
    for (const auto* const pattern : {"...", "a...", "a.b..", "a..c.", "a.b..d", ".b.c.d", "a..c.d", "a.b.c."})
        all.add(match_policy::wildcard, pattern);
    CHECK(all.matching("a.b.c.d") == std::vector<std::string>{"wildcard:a.b.c.", "wildcard:a.b..d", "wildcard:a.b..",
                                                              "wildcard:a..c.d", "wildcard:a..c.", "wildcard:a...",
                                                              "wildcard:.b.c.d", "wildcard:..."});
    CHECK(best(all, "a.x.c.y") == "a..c.");
    CHECK(best(all, "z.z.z.z") == "...");
    CHECK(best(all, "a.b.c") == "none");
}

TEST_CASE("pattern index: the empty prefix matches everything", "[realm][patterns]")
{
    filled_index all;
    all.add(match_policy::prefix, "");
    CHECK(best(all, "com.a") == "");
    CHECK(all.index.best_match("com.a") != nullptr);
    all.remove(0);
    CHECK(all.index.best_match("com.a") == nullptr);
}

TEST_CASE("pattern index: patterns as long and as deep as they may be", "[realm][patterns]")
{
    std::string dots(limits::uri_components_max - 1, '.');
    filled_index all;
    all.add(match_policy::wildcard, dots);
    std::string uri = "a";
    for (std::size_t i = 1; i < limits::uri_components_max; ++i)
        uri += ".a";
    CHECK(best(all, uri) == dots);
    CHECK(best(all, uri + ".a") == "none");
    all.remove(0);
    CHECK(best(all, uri) == "none");
}

TEST_CASE("pattern index: agrees with a plain search, whatever is added and removed", "[realm][patterns]")
{
    const auto seed = GENERATE(range(1u, 21u));
    CAPTURE(seed);
    std::mt19937 random(seed);
    const auto draw = [&](std::size_t count) { return static_cast<std::size_t>(random() % count); };
    const auto component = [&] { return std::string(1, "abc"[draw(3)]) + (draw(4) == 0 ? "x" : ""); };
    const auto text = [&](bool holes) {
        std::string made = holes && draw(3) == 0 ? "" : component();
        for (auto more = draw(4); more > 0; --more)
            made += "." + (holes && draw(3) == 0 ? "" : component());
        return made;
    };

    filled_index all(seed);
    for (int step = 0; step < 400; ++step) {
        const auto match = static_cast<match_policy>(draw(3));
        auto pattern = text(match == match_policy::wildcard);
        if (match == match_policy::prefix)
            pattern.resize(draw(pattern.size() + 1));
        if (!all.entries.empty() && draw(5) < 2)
            all.remove(draw(all.entries.size()));
        else if (all.index.find(pattern, match) == nullptr && !(match == match_policy::wildcard && pattern.empty()))
            all.add(match, pattern);

        const auto uri = text(false);
        auto found = all.matching(uri);
        std::vector<std::string> wanted;
        for (const auto& each : all.entries) {
            if (matches(each->pattern, each->match, uri))
                wanted.push_back(std::string(to_string(each->match)) + ":" + each->pattern);
        }
        const auto first = found.empty() ? std::string("none") : found.front().substr(found.front().find(':') + 1);
        CHECK(most_specific(all, uri) == first);
        std::sort(found.begin(), found.end());
        std::sort(wanted.begin(), wanted.end());
        REQUIRE(found == wanted);
        REQUIRE(all.index.size() == all.entries.size());
    }
    while (!all.entries.empty())
        all.remove(draw(all.entries.size()));
    CHECK(all.matching("a.b.c").empty());
}
