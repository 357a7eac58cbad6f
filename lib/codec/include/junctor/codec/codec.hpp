// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Values as trees, and encoded values carried from one serializer to another.

#include <utility>

#include <boost/system/result.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/base/value.hpp>
#include <junctor/codec/cbor.hpp>
#include <junctor/codec/json.hpp>
#include <junctor/codec/msgpack.hpp>
#include <junctor/codec/serializer.hpp>

namespace junctor {

/// Calls `use` with a reader of `input`'s serializer. The reader lives for the call only; texts that it read stay valid
/// as long as the input and `scratch`.
template <class Use>
decltype(auto) with_reader(encoded input, text_scratch& scratch, Use&& use)
{
    switch (input.format) {
    case serializer::msgpack: {
        msgpack_reader reader(input.bytes, scratch);
        return std::forward<Use>(use)(reader);
    }
    case serializer::cbor: {
        cbor_reader reader(input.bytes, scratch);
        return std::forward<Use>(use)(reader);
    }
    case serializer::json: break;
    }
    json_reader reader(input.bytes, scratch);
    return std::forward<Use>(use)(reader);
}

/// Calls `use` with a writer of `format` that appends to `out`.
template <class Use>
decltype(auto) with_writer(serializer format, byte_buffer& out, Use&& use)
{
    switch (format) {
    case serializer::msgpack: {
        msgpack_writer writer{growing_output(out)};
        return std::forward<Use>(use)(writer);
    }
    case serializer::cbor: {
        cbor_writer writer(out);
        return std::forward<Use>(use)(writer);
    }
    case serializer::json: break;
    }
    json_writer writer(out);
    return std::forward<Use>(use)(writer);
}

/// Appends `input`, which must be one valid value, to `out` in serializer `to`: verbatim if it is the same serializer,
/// else by streaming from a reader into a writer, without a tree in between. Integers, texts, binary, reals, lists and
/// dicts come through unchanged; what `to` has no form for (extension types, dict keys that are neither text nor
/// integer) is `errc::not_expressible`; a real number that JSON has no form for (NaN, infinity) becomes null. Returns
/// `errc{}` on success; on failure what was appended must be truncated by the caller.
[[nodiscard]] errc transcode(encoded input, serializer to, byte_buffer& out);

/// The value that `input` holds, or why it holds none. The whole input must be that one value.
[[nodiscard]] boost::system::result<value> read_value(encoded input);

/// Appends `content` to `out`.
void write_value(const value& content, serializer format, byte_buffer& out);

} // namespace junctor
