// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "json_tree.hpp"

#include <algorithm>
#include <array>

#include <boost/json/basic_parser_impl.hpp>
#include <fmt/format.h>

namespace junctor {
namespace {

namespace json = boost::json;

constexpr std::string_view white_space = " \t\r\n";

/// Finds where each value and key of a valid JSON text starts, in the order in which the parser reports them. Looks
/// only at what the parser has accepted already.
class token_finder {
public:
    explicit token_finder(std::string_view text) : text_{text} {}

    /// The start of the next value or key.
    text_position next()
    {
        advance(text_.find_first_not_of(" \t\r\n,:]}", at_) - at_);
        const auto start = position_;
        skip_token();
        return start;
    }

    /// The position of the character at `offset`, which must not stand before what was found so far.
    text_position position_of(std::size_t offset)
    {
        advance(offset - at_);
        return position_;
    }

private:
    void skip_token()
    {
        if (text_[at_] == '"')
            skip_string();
        else if (text_[at_] == '{' || text_[at_] == '[')
            advance(1);
        else
            advance(std::min(text_.find_first_of(" \t\r\n,]}", at_), text_.size()) - at_);
    }

    void skip_string()
    {
        auto end = at_ + 1;
        while (text_[end] != '"')
            end += text_[end] == '\\' ? 2 : 1;
        advance(end + 1 - at_);
    }

    void advance(std::size_t count)
    {
        for (const auto end = std::min(at_ + count, text_.size()); at_ < end; ++at_) {
            const auto octet = static_cast<unsigned char>(text_[at_]);
            if (octet == '\n')
                position_ = {position_.line + 1, 1};
            else if ((octet & 0xC0U) != 0x80U) // Not a continuation of a UTF-8 sequence.
                ++position_.column;
        }
    }

    std::string_view text_;
    std::size_t at_{0};
    text_position position_;
};

/// Builds the tree from what the parser reports.
struct tree_builder {
    static constexpr auto max_array_size = std::size_t(-1);
    static constexpr auto max_object_size = std::size_t(-1);
    static constexpr auto max_string_size = std::size_t(-1);
    static constexpr auto max_key_size = std::size_t(-1);

    explicit tree_builder(std::string_view document) : tokens{document} {}

    bool on_document_begin(json::error_code&) { return true; }
    bool on_document_end(json::error_code&) { return true; }
    bool on_array_begin(json::error_code&) { return open(json_node::elements()); }
    bool on_object_begin(json::error_code&) { return open(json_node::members()); }
    bool on_array_end(std::size_t, json::error_code&) { return close(); }
    bool on_object_end(std::size_t, json::error_code&) { return close(); }
    bool on_string_part(json::string_view part, std::size_t, json::error_code&) { return gather(part); }
    bool on_key_part(json::string_view part, std::size_t, json::error_code&) { return gather(part); }
    bool on_number_part(json::string_view, json::error_code&) { return true; }
    bool on_int64(std::int64_t number, json::string_view, json::error_code&) { return add(number); }
    bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) { return add(number); }
    bool on_double(double number, json::string_view, json::error_code&) { return add(number); }
    bool on_bool(bool flag, json::error_code&) { return add(flag); }
    bool on_null(json::error_code&) { return add(nullptr); }
    bool on_comment_part(json::string_view, json::error_code&) { return true; }
    bool on_comment(json::string_view, json::error_code&) { return true; }

    bool on_string(json::string_view part, std::size_t, json::error_code&)
    {
        gather(part);
        return add(std::exchange(text, {}));
    }

    bool on_key(json::string_view part, std::size_t, json::error_code&)
    {
        gather(part);
        auto& members = std::get<json_node::members>(open_nodes.back()->content);
        members.push_back({std::exchange(text, {}), tokens.next(), json_node()});
        return true;
    }

    bool gather(json::string_view part)
    {
        text.append(part.data(), part.size());
        return true;
    }

    template <class Content>
    bool add(Content content)
    {
        place(std::move(content));
        return true;
    }

    template <class Content>
    bool open(Content content)
    {
        // A pointer to a container that is open stays good: its parent grows again only after it was closed.
        open_nodes.push_back(&place(std::move(content)));
        return true;
    }

    bool close()
    {
        open_nodes.pop_back();
        return true;
    }

    template <class Content>
    json_node& place(Content content)
    {
        auto& node = next_slot();
        node.where = tokens.next();
        node.content = std::move(content);
        return node;
    }

    json_node& next_slot()
    {
        if (open_nodes.empty())
            return root;
        auto& parent = open_nodes.back()->content;
        if (auto* const elements = std::get_if<json_node::elements>(&parent))
            return elements->emplace_back();
        return std::get<json_node::members>(parent).back().content;
    }

    token_finder tokens;
    json_node root;
    std::vector<json_node*> open_nodes;
    std::string text; ///< Of a string or key that comes in parts.
};

/// The character of `text` at `offset`, in a form for people.
std::string character_at(std::string_view text, std::size_t offset)
{
    const auto octet = static_cast<unsigned char>(text[offset]);
    if (octet > ' ' && octet < 0x7F)
        return fmt::format("'{}'", text[offset]);
    return octet == '\n' ? "end of line" : fmt::format("octet 0x{:02X}", octet);
}

std::string hint_for(std::string_view text, std::size_t offset)
{
    switch (text[offset]) {
    case '/':
    case '#': return "JSON has no comments";
    case '\'': return "JSON has strings in double quotes only";
    case '}':
    case ']': {
        const auto before = text.find_last_not_of(white_space, offset - 1);
        return offset > 0 && before != std::string_view::npos && text[before] == ',' ? "remove the comma before it"
                                                                                     : "";
    }
    case '"': return "is a comma missing before it?";
    default: return "";
    }
}

json_flaw flaw_at(std::string_view text, std::size_t offset, json::error_code error)
{
    const auto where = token_finder(text).position_of(offset);
    if (offset >= text.size())
        return {where, "not proper JSON: the text ends too early", "is a '}' or ']' missing?"};
    if (!error)
        return {where, fmt::format("not proper JSON: unexpected {} after the end", character_at(text, offset)), ""};
    if (error == json::error::syntax)
        return {where, fmt::format("not proper JSON: unexpected {}", character_at(text, offset)),
                hint_for(text, offset)};
    return {where, "not proper JSON: " + error.message(), ""};
}

} // namespace

std::variant<json_node, json_flaw> parse_json(std::string_view text)
{
    json::error_code error;
    json::basic_parser<tree_builder> parser(json::parse_options(), text);
    const auto taken = parser.write_some(false, text.data(), text.size(), error);
    const auto rest = text.find_first_not_of(white_space, taken);
    if (error)
        return flaw_at(text, taken, error);
    if (rest != std::string_view::npos)
        return flaw_at(text, rest, error);
    return std::move(parser.handler().root);
}

value to_value(const json_node& node)
{
    return std::visit(
        []<class Content>(const Content& content) -> value {
            if constexpr (std::is_same_v<Content, json_node::elements>) {
                list elements;
                elements.reserve(content.size());
                for (const auto& element : content)
                    elements.push_back(to_value(element));
                return elements;
            } else if constexpr (std::is_same_v<Content, json_node::members>) {
                dict entries;
                for (const auto& member : content)
                    entries.set(member.key, to_value(member.content));
                return entries;
            } else {
                return value(content);
            }
        },
        node.content);
}

std::string_view kind_of(const json_node& node) noexcept
{
    static constexpr std::array<std::string_view, std::variant_size_v<decltype(json_node::content)>> names{
        "null", "boolean", "integer", "integer", "real", "string", "list", "dict"};
    return names[node.content.index()];
}

} // namespace junctor
