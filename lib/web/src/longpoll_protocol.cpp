// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "longpoll_protocol.hpp"

#include <algorithm>
#include <utility>

#include <boost/endian/conversion.hpp>

#include <junctor/codec/codec.hpp>

namespace junctor {

namespace {

constexpr std::string_view prefix = "wamp.2.";
constexpr std::string_view suffix = ".batched";

/// What stands behind every message of a batch in JSON, in which it cannot occur otherwise.
constexpr auto record_separator = std::byte{0x1E};

/// The length that stands before every other message of a batch.
constexpr std::size_t length_bytes = 4;

/// Cuts the messages of a batch in JSON apart.
std::optional<std::vector<byte_view>> split_records(byte_view batch)
{
    std::vector<byte_view> records;
    while (!batch.empty()) {
        const auto end = std::find(batch.begin(), batch.end(), record_separator);
        if (end == batch.end())
            return std::nullopt;
        const auto length = static_cast<std::size_t>(end - batch.begin());
        records.push_back(batch.first(length));
        batch = batch.subspan(length + 1);
    }
    return records;
}

/// Cuts the messages of a binary batch apart.
std::optional<std::vector<byte_view>> split_lengths(byte_view batch)
{
    std::vector<byte_view> messages;
    while (!batch.empty()) {
        if (batch.size() < length_bytes)
            return std::nullopt;
        const auto length = boost::endian::load_big_u32(reinterpret_cast<const unsigned char*>(batch.data()));
        batch = batch.subspan(length_bytes);
        if (length > batch.size())
            return std::nullopt;
        messages.push_back(batch.first(length));
        batch = batch.subspan(length);
    }
    return messages;
}

std::optional<std::vector<byte_view>> split(byte_view body, const longpoll_protocol& protocol)
{
    if (protocol.bodies == batching::single)
        return std::vector{body};
    return protocol.format == serializer::json ? split_records(body) : split_lengths(body);
}

} // namespace

std::optional<longpoll_protocol> parse_longpoll_protocol(std::string_view name) noexcept
{
    if (!name.starts_with(prefix))
        return std::nullopt;
    name.remove_prefix(prefix.size());
    longpoll_protocol protocol;
    if (name.ends_with(suffix)) {
        name.remove_suffix(suffix.size());
        protocol.bodies = batching::batched;
    }
    const auto format = parse_serializer(name);
    if (!format)
        return std::nullopt;
    protocol.format = *format;
    return protocol;
}

std::string name_of(const longpoll_protocol& protocol)
{
    auto name = std::string(prefix).append(to_string(protocol.format));
    return protocol.bodies == batching::batched ? name.append(suffix) : name;
}

std::string_view content_type_of(const longpoll_protocol& protocol) noexcept
{
    switch (protocol.format) {
    case serializer::msgpack: return "application/x-msgpack";
    case serializer::cbor: return "application/cbor";
    case serializer::json: break;
    }
    return "application/json; charset=utf-8";
}

std::optional<std::vector<byte_buffer>> read_longpoll_body(byte_view body, const longpoll_protocol& protocol)
{
    const auto parts = split(body, protocol);
    if (!parts || parts->empty())
        return std::nullopt;
    std::vector<byte_buffer> messages;
    messages.reserve(parts->size());
    for (const auto part : *parts) {
        byte_buffer message;
        if (part.empty() || transcode({protocol.format, part}, serializer::msgpack, message) != errc{})
            return std::nullopt;
        messages.push_back(std::move(message));
    }
    return messages;
}

std::optional<byte_buffer> make_longpoll_part(byte_view message, const longpoll_protocol& protocol)
{
    const bool batched = protocol.bodies == batching::batched;
    const auto length_size = batched && protocol.format != serializer::json ? length_bytes : 0;
    byte_buffer part;
    part.extend(length_size);
    if (transcode({serializer::msgpack, message}, protocol.format, part) != errc{})
        return std::nullopt;
    if (length_size != 0)
        boost::endian::store_big_u32(reinterpret_cast<unsigned char*>(part.data()),
                                     static_cast<std::uint32_t>(part.size() - length_size));
    else if (batched)
        part.push(record_separator);
    return part;
}

} // namespace junctor
