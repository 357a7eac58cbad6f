// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "values.hpp"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>

namespace interop {

namespace {

using namespace junctor;

value parsed(const std::string& json)
{
    auto content = read_value({serializer::json, as_bytes(json)});
    if (!content)
        throw std::runtime_error("no JSON: " + json);
    return std::move(*content);
}

/// The part of the table with that title.
dict part_of_table(std::string_view title)
{
    std::ifstream file(INTEROP_VALUES);
    const auto table = parsed({std::istreambuf_iterator<char>(file), {}});
    const auto* const parts = table.get_if<dict>();
    const auto* const part = parts != nullptr ? parts->find(title) : nullptr;
    if (part == nullptr || part->get_if<dict>() == nullptr)
        throw std::runtime_error(fmt::format("{} has no {}", INTEROP_VALUES, title));
    return *part->get_if<dict>();
}

void add(dict& to, const dict& more)
{
    for (const auto& [name, content] : more)
        to.set(name, content);
}

/// JSON itself has a form for what is written in base64.
dict binary_values()
{
    dict all;
    for (const auto& [name, text] : part_of_table("binary, as base64"))
        all.set(name, parsed("\"\\u0000" + *text.get_if<std::string>() + '"'));
    constexpr auto octets = 256;
    binary every(octets);
    for (std::size_t i = 0; i < every.size(); ++i)
        every[i] = static_cast<std::byte>(i);
    all.set("every octet", every);
    return all;
}

const dict& common_values()
{
    static const auto common = part_of_table("any client");
    return common;
}

std::string shown(const value& content)
{
    byte_buffer text;
    write_value(content, serializer::json, text);
    return std::string(as_text(text.view()));
}

} // namespace

const dict& all_values()
{
    static const auto all = [] {
        auto made = common_values();
        add(made, part_of_table("clients with 64-bit integers"));
        add(made, part_of_table("clients that tell 1.0 from 1"));
        add(made, binary_values());
        return made;
    }();
    return all;
}

const dict& values_held_by(std::string_view family)
{
    return family == "node" ? common_values() : all_values();
}

const value& value_named(std::string_view name)
{
    const auto* const found = all_values().find(name);
    if (found == nullptr)
        throw std::out_of_range(fmt::format("no value is named {}", name));
    return *found;
}

void expect(const value& actual, const value& expected, std::string_view what)
{
    if (actual != expected)
        throw std::runtime_error(fmt::format("{}: {} instead of {}", what, shown(actual), shown(expected)));
}

} // namespace interop
