// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "spelling.hpp"

#include <algorithm>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace junctor {

std::size_t edit_distance(std::string_view a, std::string_view b)
{
    // Row i holds the distances between the first i characters of a and each start of b.
    std::vector<std::size_t> before_last;
    std::vector<std::size_t> last(b.size() + 1);
    for (std::size_t j = 0; j <= b.size(); ++j)
        last[j] = j;

    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::vector<std::size_t> row(b.size() + 1);
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
            row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
            if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                row[j] = std::min(row[j], before_last[j - 2] + 1);
        }
        before_last = std::move(last);
        last = std::move(row);
    }
    return last.back();
}

std::optional<std::string_view> nearest(std::string_view word, std::span<const std::string_view> candidates)
{
    // A third of the word may be wrong: "perfix" is meant to be "prefix", but "web" is not meant to be "tcp".
    std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
    std::optional<std::string_view> best;
    for (const auto candidate : candidates) {
        const auto distance = edit_distance(word, candidate);
        if (distance < best_distance) {
            best_distance = distance;
            best = candidate;
        }
    }
    return best;
}

std::string spelling_hint(std::string_view word, std::span<const std::string_view> candidates)
{
    if (const auto meant = nearest(word, candidates))
        return fmt::format("did you mean '{}'?", *meant);
    if (candidates.empty())
        return {};
    return fmt::format("possible here: {}", fmt::join(candidates, ", "));
}

} // namespace junctor
