// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The serializers, their names, and values in encoded form.

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <junctor/base/bytes.hpp>

namespace junctor {

/// How messages are written as bytes. The numbers are those of the RawSocket handshake.
/// Spec: advanced profile, "RawSocket Transport".
enum class serializer : std::uint8_t { json = 1, msgpack = 2, cbor = 3 };

inline constexpr std::array all_serializers{serializer::json, serializer::msgpack, serializer::cbor};

/// "json", "msgpack" or "cbor".
[[nodiscard]] std::string_view to_string(serializer format) noexcept;

/// The serializer of that name, or nothing.
[[nodiscard]] std::optional<serializer> parse_serializer(std::string_view name) noexcept;

/// One value, or nothing, as bytes of a serializer. A view: whoever owns the bytes must outlive it.
struct encoded {
    serializer format{serializer::json};
    byte_view bytes{};

    [[nodiscard]] bool present() const noexcept { return !bytes.empty(); }
};

} // namespace junctor
