// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What long-poll clients speak: a serializer, with one message at a time or several.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>

namespace junctor {

/// Whether bodies are single messages.
enum class batching : std::uint8_t { single, batched };

/// One of the protocols of long-poll. Spec: advanced profile, "HTTP Longpoll Transport" and "Message Batching".
struct longpoll_protocol {
    serializer format{serializer::json};
    batching bodies{batching::single};

    bool operator==(const longpoll_protocol&) const = default;
};

/// The protocol of that name, such as "wamp.2.json.batched", or nothing.
[[nodiscard]] std::optional<longpoll_protocol> parse_longpoll_protocol(std::string_view name) noexcept;

/// "wamp.2.json.batched" and the like.
[[nodiscard]] std::string name_of(const longpoll_protocol& protocol);

/// The type of bodies, for the field Content-Type.
[[nodiscard]] std::string_view content_type_of(const longpoll_protocol& protocol) noexcept;

/// The messages of `body` in MessagePack, in their order: one at least. Nothing if it is no body of `protocol`, or a
/// message in it cannot be read; messages that have been in MessagePack are looked into by whoever gets them.
[[nodiscard]] std::optional<std::vector<byte_buffer>> read_longpoll_body(byte_view body,
                                                                         const longpoll_protocol& protocol);

/// `message`, which is in MessagePack, as a part of a body of `protocol`: bodies of batches are such parts one behind
/// the other, others are one part. Nothing if the serializer of `protocol` has no form for it.
[[nodiscard]] std::optional<byte_buffer> make_longpoll_part(byte_view message, const longpoll_protocol& protocol);

} // namespace junctor
