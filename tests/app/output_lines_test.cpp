// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "output_lines.hpp"

#include <string>
#include <utility>
#include <vector>

#include "support/catch.hpp"

using namespace junctor;

namespace {

/// Each line, and whether the next one is more of it.
using cut = std::vector<std::pair<std::string, bool>>;

cut lines_of(const std::vector<std::string>& parts)
{
    cut found;
    output_lines lines([&](std::string_view line, bool continues) { found.emplace_back(line, continues); });
    for (const auto& part : parts)
        lines.add(part);
    lines.finish();
    return found;
}

} // namespace

TEST_CASE("output lines: lines are the same however their octets come", "[app][guest]")
{
    const cut expected{{"one", false}, {"", false}, {"two", false}, {"three", false}};
    CHECK(lines_of({"one\n\ntwo\r\nthree"}) == expected);
    CHECK(lines_of({"o", "ne", "\n", "\n", "two\r", "\nthr", "ee", "\n"}) == expected);
    CHECK(lines_of({}).empty());
}

TEST_CASE("output lines: a line that is too long is cut, and nothing of it is lost", "[app][guest]")
{
    constexpr auto most = output_lines::line_bytes_max;
    CHECK(lines_of({std::string(most, 'a') + "\n"}) == cut{{std::string(most, 'a'), false}});
    CHECK(lines_of({std::string(2 * most + 1, 'a'), "b\nc"}) ==
          cut{{std::string(most, 'a'), true}, {std::string(most, 'a'), true}, {"ab", false}, {"c", false}});
}

TEST_CASE("output lines: a line is not cut within a character", "[app][guest]")
{
    constexpr auto most = output_lines::line_bytes_max;
    for (const std::string character : {"\xC3\xA4", "\xE2\x82\xAC", "\xF0\x9F\x98\x80"}) {
        for (std::size_t inside = 1; inside != character.size(); ++inside) {
            const std::string before(most - inside, 'a');
            CHECK(lines_of({before + character}) == cut{{before, true}, {character, false}});
        }
        const std::string whole(most - character.size(), 'a');
        CHECK(lines_of({whole + character + "b"}) == cut{{whole + character, true}, {"b", false}});
    }
}

TEST_CASE("output lines: what is not UTF-8 is cut anywhere", "[app][guest]")
{
    constexpr auto most = output_lines::line_bytes_max;
    CHECK(lines_of({std::string(most + 1, '\x80')}) == cut{{std::string(most, '\x80'), true}, {"\x80", false}});
}
