// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What every writer offers: appending values one by one to a buffer.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>

namespace junctor {

/// A push writer that appends to a `byte_buffer`. Lists and dicts need not know their length beforehand: serializers
/// with length prefixes patch them at the end. The writer trusts its caller: calls must nest, a key comes before each
/// value of a dict, texts are UTF-8. Nesting deeper than `limits::nesting_depth_max` throws `std::length_error`.
///
/// `begin_list(count)` is for lists whose length is known: exactly `count` elements must follow before `end_list()`.
/// `raw(bytes)` appends one value that is encoded already, by the same serializer.
template <class Writer>
concept push_writer = requires(Writer writer, std::size_t count, std::string_view text, byte_view bytes)
{
    writer.begin_list();
    writer.begin_list(count);
    writer.end_list();
    writer.begin_dict();
    writer.end_dict();
    writer.key(text);
    writer.null();
    writer.boolean(true);
    writer.integer(std::int64_t{});
    writer.unsigned_integer(std::uint64_t{});
    writer.real(1.0);
    writer.text(text);
    writer.binary(bytes);
    writer.raw(bytes);
    {
        Writer::format
        } -> std::convertible_to<serializer>;
};

} // namespace junctor
