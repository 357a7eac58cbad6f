// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
// The codecs against libraries that others wrote: what one writes, the other must read as the same value.

#include <junctor/codec/codec.hpp>

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <string>

#include <boost/json.hpp>
#include <msgpack.hpp>

#include <junctor/codec/base64.hpp>

#include "codec_support.hpp"

namespace msgpack_reference = ::msgpack;

using namespace junctor;
using namespace junctor::test;

namespace {

/// Random values of all kinds.
class value_source {
public:
    explicit value_source(std::uint32_t seed) : random_{seed} {}

    value make(int depth = 0)
    {
        switch (below(depth < 5 ? 10 : 8)) {
        case 0: return {};
        case 1: return below(2) == 0;
        case 2: return static_cast<std::int64_t>(bits());
        case 3: return bits();
        case 4: return -static_cast<std::int64_t>(below(1000));
        case 5: return real();
        case 6: return text();
        case 7: return bytes();
        case 8: return make_list(depth);
        default: return make_dict(depth);
        }
    }

private:
    std::uint64_t below(std::uint64_t end) { return std::uniform_int_distribution<std::uint64_t>(0, end - 1)(random_); }

    /// A number of few or many bits alike.
    std::uint64_t bits() { return random_() >> below(64); }

    std::size_t size() { return static_cast<std::size_t>(below(40) == 0 ? below(400) : below(20)); }

    /// Not integral, as some libraries write integral ones as integers; but it may be as large as real numbers get.
    double real()
    {
        for (;;) {
            const auto n = below(2) == 0 ? std::bit_cast<double>(random_()) : static_cast<double>(below(1000)) / 8;
            if (std::isfinite(n) && (std::trunc(n) != n || std::abs(n) > 0x1p65))
                return n;
        }
    }

    /// Never begins with U+0000: that would be binary data in JSON.
    std::string text()
    {
        static const std::vector<std::string> pieces{"a",
                                                     "word ",
                                                     "\"",
                                                     "\\",
                                                     "\n",
                                                     "\x1F",
                                                     "\x7F",
                                                     std::string(1, '\0'),
                                                     "\xC2\x80",
                                                     "\xDF\xBF",
                                                     "\xE0\xA0\x80",
                                                     "\xED\x9F\xBF",
                                                     "\xEE\x80\x80",
                                                     "\xEF\xBF\xBF",
                                                     "\xF0\x90\x80\x80",
                                                     "\xF4\x8F\xBF\xBF",
                                                     "/",
                                                     "<script>"};
        std::string made;
        for (auto left = size(); left != 0; --left)
            made += pieces[below(made.empty() ? 7 : pieces.size())];
        return made;
    }

    binary bytes()
    {
        binary made(size());
        for (auto& octet : made)
            octet = static_cast<std::byte>(below(256));
        return made;
    }

    value make_list(int depth)
    {
        list made(size() / 2);
        for (auto& element : made)
            element = make(depth + 1);
        return made;
    }

    value make_dict(int depth)
    {
        dict made;
        for (auto left = size() / 2; left != 0; --left)
            made.set(text(), make(depth + 1));
        return made;
    }

    std::mt19937_64 random_;
};

using reference_packer = msgpack_reference::packer<msgpack_reference::sbuffer>;

void pack(reference_packer& to, const value& content)
{
    content.visit([&to](const auto& held) {
        using type = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<type, std::nullptr_t>) {
            to.pack_nil();
        } else if constexpr (std::is_same_v<type, binary>) {
            to.pack_bin(static_cast<std::uint32_t>(held.size()));
            to.pack_bin_body(reinterpret_cast<const char*>(held.data()), static_cast<std::uint32_t>(held.size()));
        } else if constexpr (std::is_same_v<type, list>) {
            to.pack_array(static_cast<std::uint32_t>(held.size()));
            for (const auto& element : held)
                pack(to, element);
        } else if constexpr (std::is_same_v<type, dict>) {
            to.pack_map(static_cast<std::uint32_t>(held.size()));
            for (const auto& [key, entry] : held) {
                to.pack(key);
                pack(to, entry);
            }
        } else {
            to.pack(held);
        }
    });
}

value unpack(const msgpack_reference::object& from)
{
    using namespace msgpack_reference::type;
    switch (from.type) {
    case NIL: return {};
    case BOOLEAN: return from.via.boolean;
    case POSITIVE_INTEGER: return from.via.u64;
    case NEGATIVE_INTEGER: return from.via.i64;
    case FLOAT64: return from.via.f64;
    case STR: return std::string_view(from.via.str.ptr, from.via.str.size);
    case BIN: {
        const auto bytes = as_bytes({from.via.bin.ptr, from.via.bin.size});
        return binary(bytes.begin(), bytes.end());
    }
    case ARRAY: {
        list elements;
        for (const auto& element : from.via.array)
            elements.push_back(unpack(element));
        return elements;
    }
    case MAP: {
        dict entries;
        for (const auto& [key, entry] : from.via.map)
            entries.append(key.as<std::string>(), unpack(entry));
        return entries;
    }
    default: FAIL("a type that no value has"); return {};
    }
}

std::string binary_text(const binary& bytes)
{
    byte_buffer text;
    text.push('\0');
    write_base64(bytes, text);
    return std::string(as_text(text.view()));
}

boost::json::value to_dom(const value& content)
{
    return content.visit([](const auto& held) -> boost::json::value {
        using type = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<type, binary>) {
            return boost::json::string(binary_text(held));
        } else if constexpr (std::is_same_v<type, list>) {
            boost::json::array elements;
            for (const auto& element : held)
                elements.push_back(to_dom(element));
            return elements;
        } else if constexpr (std::is_same_v<type, dict>) {
            boost::json::object entries;
            for (const auto& [key, entry] : held)
                entries.insert_or_assign(key, to_dom(entry));
            return entries;
        } else if constexpr (std::is_same_v<type, std::string>) {
            return boost::json::string(held);
        } else {
            return held;
        }
    });
}

/// Whether the library read what we wrote. Its real numbers may be off by some units in the last place.
bool same(const boost::json::value& read, const boost::json::value& written)
{
    if (written.is_double() && read.is_double()) {
        const auto difference = std::abs(read.get_double() - written.get_double());
        return difference <= std::abs(written.get_double()) * 1e-14 + std::numeric_limits<double>::denorm_min() * 4;
    }
    if (written.is_array() && read.is_array()) {
        const auto& a = read.get_array();
        const auto& b = written.get_array();
        return std::equal(a.begin(), a.end(), b.begin(), b.end(), same);
    }
    if (written.is_object() && read.is_object()) {
        const auto& a = read.get_object();
        const auto& b = written.get_object();
        return a.size() == b.size() && std::all_of(b.begin(), b.end(), [&a](const auto& entry) {
                   const auto* const other = a.if_contains(entry.key());
                   return other != nullptr && same(*other, entry.value());
               });
    }
    return read == written;
}

/// Calls `check` with many random values; a failure shows the seed.
template <class Check>
void for_random_values(Check check)
{
    const auto seed = std::random_device{}();
    CAPTURE(seed);
    value_source source(seed);
    for (int i = 0; i < 1500; ++i)
        check(source.make());
}

} // namespace

TEST_CASE("reference: msgpack-cxx reads what we write", "[codec][reference]")
{
    for_random_values([](const value& content) {
        const auto bytes = encode(content, serializer::msgpack);
        const auto handle = msgpack_reference::unpack(reinterpret_cast<const char*>(bytes.data()), bytes.size());
        REQUIRE(unpack(handle.get()) == content);
    });
}

TEST_CASE("reference: we read what msgpack-cxx writes, and write the same bytes", "[codec][reference]")
{
    for_random_values([](const value& content) {
        msgpack_reference::sbuffer buffer;
        reference_packer packer(buffer);
        pack(packer, content);
        const auto bytes = as_bytes({buffer.data(), buffer.size()});
        const auto back = read_exactly(serializer::msgpack, bytes);
        REQUIRE(back.has_value());
        REQUIRE(*back == content);
        REQUIRE(skip_error<msgpack_reader>(bytes) == errc{});
        REQUIRE(to_hex(encode(content, serializer::msgpack)) == to_hex(bytes));
    });
}

TEST_CASE("reference: Boost.JSON reads what we write", "[codec][reference]")
{
    for_random_values([](const value& content) {
        const auto text = encode(content, serializer::json);
        const auto dom = boost::json::parse(as_text(text));
        REQUIRE(same(dom, to_dom(content)));
    });
}

TEST_CASE("reference: we read what Boost.JSON writes", "[codec][reference]")
{
    for_random_values([](const value& content) {
        const auto text = boost::json::serialize(to_dom(content));
        const auto back = read_exactly(serializer::json, as_bytes(text));
        REQUIRE(back.has_value());
        REQUIRE(*back == content);
        REQUIRE(skip_error<json_reader>(as_bytes(text)) == errc{});
    });
}

TEST_CASE("reference: random values come through every pair of serializers unchanged", "[codec][reference]")
{
    for_random_values([](const value& content) {
        for (const auto from : all_serializers) {
            const exact_bytes source(encode(content, from));
            for (const auto to : all_serializers) {
                byte_buffer out;
                REQUIRE(transcode({from, source}, to, out) == errc{});
                const auto expected = encode(content, to);
                REQUIRE(std::ranges::equal(out.view(), expected));
                REQUIRE(*read_exactly(to, out.view()) == content);
            }
        }
    });
}
