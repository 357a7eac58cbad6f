// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the tests of the codec have in common: bytes in hexadecimal, exact buffers, and the three codecs as types.

#include <cstddef>
#include <cstring>
#include <memory>
#include <ostream>
#include <string>
#include <string_view>

#include <junctor/base/ids.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/codec/codec.hpp>

#include "support/catch.hpp"

namespace junctor::test {

/// A copy of bytes in an allocation of exactly their size, so that a sanitizer sees every read past the end.
class exact_bytes {
public:
    exact_bytes(byte_view bytes) : size_{bytes.size()}, data_{std::make_unique<std::byte[]>(size_)}
    {
        if (!bytes.empty())
            std::memcpy(data_.get(), bytes.data(), size_);
    }

    operator byte_view() const { return {data_.get(), size_}; }

private:
    std::size_t size_;
    std::unique_ptr<std::byte[]> data_;
};

/// The bytes that pairs of hexadecimal digits stand for; white space between them is ignored.
inline binary hex(std::string_view digits)
{
    const auto digit = [](char c) { return c <= '9' ? c - '0' : (c | 0x20) - 'a' + 10; };
    binary bytes;
    std::string packed;
    for (const char c : digits) {
        if (c != ' ')
            packed.push_back(c);
    }
    for (std::size_t i = 0; i + 1 < packed.size(); i += 2)
        bytes.push_back(static_cast<std::byte>(digit(packed[i]) << 4 | digit(packed[i + 1])));
    return bytes;
}

inline std::string to_hex(byte_view bytes)
{
    std::string text;
    for (const auto octet : bytes) {
        constexpr std::string_view digits = "0123456789abcdef";
        text.push_back(digits[std::to_integer<std::size_t>(octet >> 4)]);
        text.push_back(digits[std::to_integer<std::size_t>(octet & std::byte{0x0F})]);
    }
    return text;
}

/// The bytes of `content` in `format`.
inline binary encode(const value& content, serializer format)
{
    byte_buffer out;
    write_value(content, format, out);
    return {out.view().begin(), out.view().end()};
}

/// `depth` lists around `content`.
inline value nested_lists(std::size_t depth, value content = {})
{
    for (std::size_t i = 0; i < depth; ++i)
        content = list{std::move(content)};
    return content;
}

/// One codec; test cases for all of them are templates over these.
struct json {
    using reader = json_reader;
    using writer = json_writer;
};
struct msgpack {
    using reader = msgpack_reader;
    using writer = msgpack_writer;
};
struct cbor {
    using reader = cbor_reader;
    using writer = cbor_writer;
};

/// A reader together with what must outlive it.
template <class Reader>
class reading {
public:
    explicit reading(byte_view input) : bytes_{input}, reader_{bytes_, scratch_} {}

    Reader* operator->() { return &reader_; }
    Reader& operator*() { return reader_; }
    byte_view bytes() const { return bytes_; }

private:
    exact_bytes bytes_;
    text_scratch scratch_;
    Reader reader_;
};

using reading_json = reading<json_reader>;
using reading_msgpack = reading<msgpack_reader>;
using reading_cbor = reading<cbor_reader>;

/// Reads a whole value of `input` from an exact copy.
inline boost::system::result<value> read_exactly(serializer format, byte_view input)
{
    const exact_bytes copy(input);
    return read_value({format, copy});
}

/// What the first `skip` of a reader says about `input`; the slice must be all of it if there is no error.
template <class Reader>
errc skip_error(byte_view input)
{
    reading<Reader> r(input);
    r->skip();
    r->finish();
    return r->error();
}

inline errc skip_error(serializer format, byte_view input)
{
    switch (format) {
    case serializer::msgpack: return skip_error<msgpack_reader>(input);
    case serializer::cbor: return skip_error<cbor_reader>(input);
    case serializer::json: break;
    }
    return skip_error<json_reader>(input);
}

} // namespace junctor::test

namespace Catch {

template <>
struct StringMaker<junctor::value> {
    static std::string convert(const junctor::value& v)
    {
        const auto bytes = junctor::test::encode(v, junctor::serializer::json);
        return std::string(junctor::as_text(bytes));
    }
};

template <>
struct StringMaker<junctor::errc> {
    static std::string convert(junctor::errc code)
    {
        return code == junctor::errc{} ? "no error" : std::string(junctor::text_of(code));
    }
};

template <>
struct StringMaker<junctor::serializer> {
    static std::string convert(junctor::serializer format) { return std::string(junctor::to_string(format)); }
};

} // namespace Catch
