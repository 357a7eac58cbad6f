// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What somebody may have meant who wrote an unknown word.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace junctor {

/// How many characters must be inserted, deleted, replaced or swapped with their neighbour to make `b` of `a`.
[[nodiscard]] std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate that is nearest to `word`, if one is near enough to be meant.
[[nodiscard]] std::optional<std::string_view> nearest(std::string_view word,
                                                      std::span<const std::string_view> candidates);

/// A hint that helps who wrote `word` where one of `candidates` was expected: the one that was probably meant, or all.
[[nodiscard]] std::string spelling_hint(std::string_view word, std::span<const std::string_view> candidates);

} // namespace junctor
