// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/codec.hpp>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>
#include <vector>

#include <junctor/codec/base64.hpp>

namespace junctor {

namespace {

/// The binary data that a text of `Reader`'s serializer stands for; nothing if it is a text and no more.
template <class Reader>
std::optional<binary> binary_in_text(std::string_view text)
{
    if constexpr (Reader::format == serializer::json) {
        if (text.starts_with('\0'))
            return read_base64(text.substr(1));
    }
    return std::nullopt;
}

/// Fails because of a value that only its own serializer knows, if it is at least well-formed.
template <class Reader>
void refuse(Reader& reader)
{
    reader.skip();
    reader.fail(errc::not_expressible);
}

template <class Writer>
void write_number(const any_number& n, Writer& writer)
{
    if (const auto* const natural = std::get_if<std::uint64_t>(&n))
        writer.unsigned_integer(*natural);
    else if (const auto* const negative = std::get_if<std::int64_t>(&n))
        writer.integer(*negative);
    else
        writer.real(std::get<double>(n));
}

template <class Reader, class Writer>
void copy_text(Reader& reader, Writer& writer)
{
    const auto text = reader.read_text();
    if (const auto bytes = binary_in_text<Reader>(text))
        writer.binary(*bytes);
    else
        writer.text(text);
}

/// Copies one value. The reader bounds the depth of the recursion, and fails on all that follows the first error.
template <class Reader, class Writer>
void copy_value(Reader& reader, Writer& writer)
{
    std::string_view key;
    switch (reader.peek()) {
    case value_kind::null:
        reader.read_null();
        writer.null();
        break;
    case value_kind::boolean: writer.boolean(reader.read_boolean()); break;
    case value_kind::integer:
    case value_kind::real: write_number(reader.read_number(), writer); break;
    case value_kind::text: copy_text(reader, writer); break;
    case value_kind::binary:
        if constexpr (Reader::format != serializer::json)
            writer.binary(reader.read_binary());
        break;
    case value_kind::list:
        if (!reader.enter_list())
            break;
        writer.begin_list();
        while (reader.next())
            copy_value(reader, writer);
        writer.end_list();
        break;
    case value_kind::dict:
        if (!reader.enter_dict())
            break;
        writer.begin_dict();
        while (reader.next_key(key)) {
            writer.key(key);
            copy_value(reader, writer);
        }
        writer.end_dict();
        break;
    case value_kind::other: refuse(reader); break;
    }
}

template <class Reader>
value build_value(Reader& reader);

template <class Reader>
value build_text(Reader& reader)
{
    const auto text = reader.read_text();
    if (auto bytes = binary_in_text<Reader>(text))
        return std::move(*bytes);
    return text;
}

template <class Reader>
value build_list(Reader& reader)
{
    list elements;
    if (reader.enter_list()) {
        while (reader.next())
            elements.push_back(build_value(reader));
    }
    return elements;
}

/// A key that comes twice is an error: peers that forward and peers that decide must not read different values. Sorting
/// finds it, as no choice of keys can make that slow.
template <class Reader>
value build_dict(Reader& reader)
{
    dict entries;
    std::vector<std::string_view> keys;
    std::string_view key;
    reader.enter_dict();
    while (reader.next_key(key)) {
        keys.push_back(key);
        entries.append(std::string(key), build_value(reader));
    }
    std::sort(keys.begin(), keys.end());
    if (std::adjacent_find(keys.begin(), keys.end()) != keys.end())
        reader.fail(errc::malformed);
    return entries;
}

template <class Reader>
value build_value(Reader& reader)
{
    switch (reader.peek()) {
    case value_kind::null: reader.read_null(); break;
    case value_kind::boolean: return reader.read_boolean();
    case value_kind::integer:
    case value_kind::real: return std::visit([](auto n) { return value(n); }, reader.read_number());
    case value_kind::text: return build_text(reader);
    case value_kind::binary:
        if constexpr (Reader::format != serializer::json) {
            const auto bytes = reader.read_binary();
            return binary(bytes.begin(), bytes.end());
        }
        break;
    case value_kind::list: return build_list(reader);
    case value_kind::dict: return build_dict(reader);
    case value_kind::other: refuse(reader); break;
    }
    return {};
}

template <class Writer>
void put_value(const value& content, Writer& writer)
{
    content.visit([&writer](const auto& held) {
        using type = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<type, std::nullptr_t>) {
            writer.null();
        } else if constexpr (std::is_same_v<type, bool>) {
            writer.boolean(held);
        } else if constexpr (std::is_same_v<type, std::int64_t>) {
            writer.integer(held);
        } else if constexpr (std::is_same_v<type, std::uint64_t>) {
            writer.unsigned_integer(held);
        } else if constexpr (std::is_same_v<type, double>) {
            writer.real(held);
        } else if constexpr (std::is_same_v<type, std::string>) {
            writer.text(held);
        } else if constexpr (std::is_same_v<type, binary>) {
            writer.binary(held);
        } else if constexpr (std::is_same_v<type, list>) {
            writer.begin_list(held.size());
            for (const auto& element : held)
                put_value(element, writer);
            writer.end_list();
        } else {
            writer.begin_dict();
            for (const auto& [key, entry] : held) {
                writer.key(key);
                put_value(entry, writer);
            }
            writer.end_dict();
        }
    });
}

} // namespace

errc transcode(encoded input, serializer to, byte_buffer& out)
{
    if (input.format == to) {
        out.append(input.bytes);
        return {};
    }
    text_scratch scratch;
    const auto code = with_reader(input, scratch, [&](auto& reader) {
        with_writer(to, out, [&](auto& writer) { copy_value(reader, writer); });
        reader.finish();
        return reader.error();
    });
    // What is wrong with the kind of a value that is valid as such is a dict key that WAMP has no form for.
    return code == errc::unexpected_type ? errc::not_expressible : code;
}

boost::system::result<value> read_value(encoded input)
{
    text_scratch scratch;
    return with_reader(input, scratch, [](auto& reader) -> boost::system::result<value> {
        auto content = build_value(reader);
        reader.finish();
        if (!reader.ok())
            return reader.error();
        return content;
    });
}

void write_value(const value& content, serializer format, byte_buffer& out)
{
    with_writer(format, out, [&content](auto& writer) { put_value(content, writer); });
}

} // namespace junctor
