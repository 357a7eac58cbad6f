// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Reading a configuration key by key, with every problem noted at its place.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/config/config_problem.hpp>

#include "json_tree.hpp"

namespace junctor {

/// A value of the configuration and the path to it. The tree must outlive it.
struct config_item {
    const json_node* node;
    std::string path;

    [[nodiscard]] config_item element(std::size_t index) const;
};

/// The problems found so far.
class problem_list {
public:
    explicit problem_list(std::string source) : source_{std::move(source)} {}

    void error(const config_item& at, std::string text, std::string hint = {});
    void warning(const config_item& at, std::string text, std::string hint = {});
    void add(problem_severity severity, text_position where, std::string path, std::string text, std::string hint = {});

    /// All of them, in the order of the text.
    [[nodiscard]] std::vector<config_problem> take_sorted();

private:
    std::string source_;
    std::vector<config_problem> problems_;
};

/// A name that a configuration may use, and what it stands for.
template <class T>
using named = std::pair<std::string_view, T>;

/// \name Single values
/// Nothing, and a problem, if the value is of another type or out of range.
/// @{
[[nodiscard]] std::optional<bool> read_boolean(const config_item& item, problem_list& problems);
[[nodiscard]] std::optional<std::string> read_text(const config_item& item, problem_list& problems);
[[nodiscard]] std::optional<std::int64_t> read_integer(const config_item& item, std::int64_t min, std::int64_t max,
                                                       problem_list& problems);
[[nodiscard]] std::vector<config_item> read_list(const config_item& item, problem_list& problems);

/// Notes that `item` is not what was `expected` ("a string").
void report_type(const config_item& item, std::string_view expected, problem_list& problems);

/// Notes that the word that `item` holds is none of `candidates`; `what` says what they are ("worker type").
void report_unknown_word(const config_item& item, std::string_view what, std::span<const std::string_view> candidates,
                         problem_list& problems);

template <class T, std::size_t Count>
[[nodiscard]] std::optional<T> read_choice(const config_item& item, std::string_view what,
                                           const std::array<named<T>, Count>& choices, problem_list& problems)
{
    const auto word = read_text(item, problems);
    if (!word)
        return std::nullopt;
    const auto at =
        std::find_if(choices.begin(), choices.end(), [&](const auto& choice) { return choice.first == *word; });
    if (at != choices.end())
        return at->second;
    std::vector<std::string_view> words;
    words.reserve(Count);
    for (const auto& choice : choices)
        words.push_back(choice.first);
    report_unknown_word(item, what, words, problems);
    return std::nullopt;
}
/// @}

/// One dict of the configuration. Its keys are taken one after the other; `finish` reports those that nobody asked for,
/// so a key is known exactly if some code reads it. Item, tree and problem list must outlive it.
class dict_reader {
public:
    /// If `item` is no dict, that is a problem, and every key is absent.
    dict_reader(config_item item, problem_list& problems);

    [[nodiscard]] const config_item& item() const noexcept { return item_; }

    /// The value of `key`, or nothing if it is absent.
    [[nodiscard]] std::optional<config_item> take(std::string_view key);

    /// The value of `key`; its absence is a problem.
    [[nodiscard]] std::optional<config_item> require(std::string_view key);

    /// \name Values of a certain type
    /// Nothing if `key` is absent or, which is a problem, wrong.
    /// @{
    [[nodiscard]] std::optional<bool> boolean(std::string_view key);
    [[nodiscard]] std::optional<std::string> text(std::string_view key);
    [[nodiscard]] std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
    [[nodiscard]] std::vector<config_item> list(std::string_view key);

    template <class T, std::size_t Count>
    [[nodiscard]] std::optional<T> choice(std::string_view key, std::string_view what,
                                          const std::array<named<T>, Count>& choices)
    {
        const auto found = take(key);
        return found ? read_choice(*found, what, choices, problems_) : std::nullopt;
    }
    /// @}

    /// Whether there is a dict, but in it nothing under `key` or an empty list.
    [[nodiscard]] bool lacks(std::string_view key) const;

    /// Every key that was not taken yet, with its value: for dicts whose keys are names.
    [[nodiscard]] std::vector<std::pair<std::string, config_item>> take_all();

    /// Accepts `keys` of Crossbar.io's form that have no meaning here: a warning for each that is there.
    void ignore(std::initializer_list<std::string_view> keys);

    /// Refuses `key`, which Crossbar.io knows and this version does not: `what` says in words what is not supported
    /// ("dynamic authorizers are").
    void refuse(std::string_view key, std::string_view what);

    /// Reports what is left: keys that nobody took, and keys that are given twice.
    void finish();

private:
    [[nodiscard]] config_item child(const json_member& member) const;
    [[nodiscard]] std::optional<config_item> find(std::string_view key) const;
    [[nodiscard]] bool knows(std::string_view key) const;

    config_item item_;
    problem_list& problems_;
    const json_node::members* members_;
    std::vector<std::string_view> known_;
    std::vector<std::string_view> useless_; ///< Known too, but not to be suggested to anybody.
};

} // namespace junctor
