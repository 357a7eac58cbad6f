// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/json_value.hpp>

#include <string>
#include <utility>

#include <junctor/codec/codec.hpp>
#include <junctor/web/fixed_answer.hpp>

namespace junctor {

namespace {

constexpr std::size_t indent = 3;

/// JSON that was written without white space, with it.
class pretty_json {
public:
    [[nodiscard]] std::string of(std::string_view compact)
    {
        for (std::size_t at = 0; at != compact.size(); ++at)
            take(compact[at], at + 1 == compact.size() ? '\0' : compact[at + 1]);
        return std::move(text_);
    }

private:
    void take(char c, char next)
    {
        if (in_text_)
            return take_of_text(c);
        const bool opens = c == '{' || c == '[';
        if (c == '}' || c == ']')
            close();
        text_ += c;
        in_text_ = c == '"';
        if (c == ':')
            text_ += ' ';
        if (opens)
            ++depth_;
        if ((opens && next != '}' && next != ']') || c == ',')
            break_line();
        is_empty_ = opens;
    }

    void take_of_text(char c)
    {
        text_ += c;
        in_text_ = escaped_ || c != '"';
        escaped_ = !escaped_ && c == '\\';
    }

    void close()
    {
        --depth_;
        if (!is_empty_)
            break_line();
    }

    void break_line()
    {
        text_ += '\n';
        text_.append(indent * depth_, ' ');
    }

    std::string text_;
    std::size_t depth_{0};
    bool in_text_{false};
    bool escaped_{false};
    bool is_empty_{false}; ///< What came last has opened a container.
};

std::string json_text(const value& content, bool prettified)
{
    byte_buffer bytes;
    write_value(content, serializer::json, bytes);
    const auto text = as_text(bytes.view());
    return prettified ? pretty_json().of(text) : std::string(text);
}

} // namespace

std::shared_ptr<web_service> json_value(const value& content, json_value_options options)
{
    std::vector<http_field> fields{{"Content-Type", "application/json; charset=utf-8"}};
    if (options.cross_origin_allowed)
        fields.push_back({"Access-Control-Allow-Origin", "*"});
    if (options.caching_discouraged)
        fields.push_back({"Cache-Control", "no-store"});
    return std::make_shared<fixed_answer>(200, std::move(fields), json_text(content, options.prettified));
}

} // namespace junctor
