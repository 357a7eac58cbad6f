// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "dict_reader.hpp"

#include <cctype>
#include <tuple>

#include <fmt/format.h>

#include "spelling.hpp"

namespace junctor {
namespace {

const json_node::members no_members;

/// The integer in `node`; nothing if it is none or beyond the range of int64_t.
std::optional<std::int64_t> integer_in(const json_node& node)
{
    const auto* const number = std::get_if<std::int64_t>(&node.content);
    return number != nullptr ? std::optional(*number) : std::nullopt;
}

/// `kind` of a value with its article, such as "an integer".
std::string with_article(std::string_view kind)
{
    return fmt::format("{} {}", kind == "integer" ? "an" : "a", kind);
}

/// `text` in single quotes and on one line, whatever it has in it.
std::string quoted(std::string_view text)
{
    std::string result = "'";
    for (const char c : text)
        result += static_cast<unsigned char>(c) < ' ' ? '?' : c;
    return result + "'";
}

} // namespace

config_item config_item::element(std::size_t index) const
{
    return {&std::get<json_node::elements>(node->content)[index], fmt::format("{}[{}]", path, index)};
}

void problem_list::error(const config_item& at, std::string text, std::string hint)
{
    add(problem_severity::error, at.node->where, at.path, std::move(text), std::move(hint));
}

void problem_list::warning(const config_item& at, std::string text, std::string hint)
{
    add(problem_severity::warning, at.node->where, at.path, std::move(text), std::move(hint));
}

void problem_list::add(problem_severity severity, text_position where, std::string path, std::string text,
                       std::string hint)
{
    problems_.push_back({severity, source_, where, std::move(path), std::move(text), std::move(hint)});
}

std::vector<config_problem> problem_list::take_sorted()
{
    std::stable_sort(problems_.begin(), problems_.end(), [](const config_problem& a, const config_problem& b) {
        return std::tie(a.where.line, a.where.column) < std::tie(b.where.line, b.where.column);
    });
    return std::exchange(problems_, {});
}

void report_type(const config_item& item, std::string_view expected, problem_list& problems)
{
    problems.error(item, fmt::format("must be {}, not {}", expected, with_article(kind_of(*item.node))));
}

void report_unknown_word(const config_item& item, std::string_view what, std::span<const std::string_view> candidates,
                         problem_list& problems)
{
    const auto& word = std::get<std::string>(item.node->content);
    problems.error(item, fmt::format("unknown {} {}", what, quoted(word)), spelling_hint(word, candidates));
}

std::optional<bool> read_boolean(const config_item& item, problem_list& problems)
{
    if (const auto* const flag = std::get_if<bool>(&item.node->content))
        return *flag;
    report_type(item, "true or false", problems);
    return std::nullopt;
}

std::optional<std::string> read_text(const config_item& item, problem_list& problems)
{
    if (const auto* const text = std::get_if<std::string>(&item.node->content))
        return *text;
    report_type(item, "a string", problems);
    return std::nullopt;
}

std::optional<std::int64_t> read_integer(const config_item& item, std::int64_t min, std::int64_t max,
                                         problem_list& problems)
{
    if (kind_of(*item.node) != "integer") {
        report_type(item, "an integer", problems);
        return std::nullopt;
    }
    const auto number = integer_in(*item.node);
    if (number && *number >= min && *number <= max)
        return number;
    problems.error(item, fmt::format("must be from {} to {}", min, max));
    return std::nullopt;
}

std::vector<config_item> read_list(const config_item& item, problem_list& problems)
{
    const auto* const elements = std::get_if<json_node::elements>(&item.node->content);
    if (elements == nullptr) {
        report_type(item, "a list", problems);
        return {};
    }
    std::vector<config_item> result;
    for (std::size_t index = 0; index < elements->size(); ++index)
        result.push_back(item.element(index));
    return result;
}

dict_reader::dict_reader(config_item item, problem_list& problems)
    : item_{std::move(item)}, problems_{problems}, members_{std::get_if<json_node::members>(&item_.node->content)}
{
    if (members_ == nullptr) {
        report_type(item_, "a dict", problems_);
        members_ = &no_members;
    }
}

config_item dict_reader::child(const json_member& member) const
{
    const auto is_plain = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    };
    if (!std::all_of(member.key.begin(), member.key.end(), is_plain))
        return {&member.content, fmt::format("{}[{}]", item_.path, quoted(member.key))};
    return {&member.content, item_.path.empty() ? member.key : item_.path + "." + member.key};
}

bool dict_reader::knows(std::string_view key) const
{
    const auto is_key = [&](std::string_view other) { return other == key; };
    return std::any_of(known_.begin(), known_.end(), is_key) || std::any_of(useless_.begin(), useless_.end(), is_key);
}

std::optional<config_item> dict_reader::find(std::string_view key) const
{
    const auto at =
        std::find_if(members_->begin(), members_->end(), [&](const json_member& member) { return member.key == key; });
    return at == members_->end() ? std::nullopt : std::optional(child(*at));
}

std::optional<config_item> dict_reader::take(std::string_view key)
{
    known_.push_back(key);
    return find(key);
}

std::optional<config_item> dict_reader::require(std::string_view key)
{
    auto found = take(key);
    if (!found && members_ != &no_members)
        problems_.error(item_, fmt::format("the key '{}' is missing", key));
    return found;
}

std::optional<bool> dict_reader::boolean(std::string_view key)
{
    const auto found = take(key);
    return found ? read_boolean(*found, problems_) : std::nullopt;
}

std::optional<std::string> dict_reader::text(std::string_view key)
{
    const auto found = take(key);
    return found ? read_text(*found, problems_) : std::nullopt;
}

std::optional<std::int64_t> dict_reader::integer(std::string_view key, std::int64_t min, std::int64_t max)
{
    const auto found = take(key);
    return found ? read_integer(*found, min, max, problems_) : std::nullopt;
}

std::vector<config_item> dict_reader::list(std::string_view key)
{
    const auto found = take(key);
    return found ? read_list(*found, problems_) : std::vector<config_item>();
}

bool dict_reader::lacks(std::string_view key) const
{
    const auto found = find(key);
    const auto* const elements = found ? std::get_if<json_node::elements>(&found->node->content) : nullptr;
    return members_ != &no_members && (!found || (elements != nullptr && elements->empty()));
}

std::vector<std::pair<std::string, config_item>> dict_reader::take_all()
{
    std::vector<std::pair<std::string, config_item>> result;
    for (const auto& member : *members_) {
        if (knows(member.key))
            continue;
        known_.push_back(member.key);
        result.emplace_back(member.key, child(member));
    }
    return result;
}

void dict_reader::ignore(std::initializer_list<std::string_view> keys)
{
    for (const auto key : keys) {
        useless_.push_back(key);
        if (const auto found = find(key))
            problems_.warning(*found, "has no meaning here and is ignored");
    }
}

void dict_reader::refuse(std::string_view key, std::string_view what)
{
    useless_.push_back(key);
    if (const auto found = find(key))
        problems_.error(*found, fmt::format("{} not supported yet by this version", what));
}

void dict_reader::finish()
{
    for (auto member = members_->begin(); member != members_->end(); ++member) {
        const auto first =
            std::find_if(members_->begin(), member, [&](const json_member& other) { return other.key == member->key; });
        if (first != member)
            problems_.add(problem_severity::error, member->where, child(*member).path, "the key is given twice",
                          fmt::format("the first one is in line {}", first->where.line));
        else if (!knows(member->key))
            problems_.add(problem_severity::error, member->where, child(*member).path, "unknown key",
                          spelling_hint(member->key, known_));
    }
}

} // namespace junctor
