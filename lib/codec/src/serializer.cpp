// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/codec/serializer.hpp>

namespace junctor {

std::string_view to_string(serializer format) noexcept
{
    switch (format) {
    case serializer::json: return "json";
    case serializer::msgpack: return "msgpack";
    case serializer::cbor: return "cbor";
    }
    return "unknown";
}

std::optional<serializer> parse_serializer(std::string_view name) noexcept
{
    for (const auto format : all_serializers) {
        if (to_string(format) == name)
            return format;
    }
    return std::nullopt;
}

} // namespace junctor
