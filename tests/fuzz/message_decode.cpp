// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Decoding: any bytes as a message, in the serializer that the first octet chooses. What decodes must encode in the
// same serializer, and decode again to a message of the same type.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <variant>

#include <junctor/message/decode.hpp>
#include <junctor/message/details.hpp>
#include <junctor/message/encode.hpp>

using namespace junctor;

namespace {

void check_round_trip(const message& m, serializer format)
{
    byte_buffer out;
    const auto failed = std::visit([&](const auto& alternative) { return encode(alternative, format, out); }, m);
    if (failed != errc{})
        std::abort();
    decoder again(format);
    const auto copy = again.decode(out.view());
    if (copy.has_error() || type_of(*copy) != type_of(m))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    if (size == 0)
        return 0;
    const auto format = all_serializers[data[0] % all_serializers.size()];
    decoder reader(format);
    const auto m = reader.decode(byte_view(reinterpret_cast<const std::byte*>(data + 1), size - 1));
    if (m.has_error()) {
        if (m.error().text().empty())
            std::abort();
        return 0;
    }
    if (const auto* const greeting = std::get_if<hello>(&*m))
        static_cast<void>(read_hello_details(greeting->details));
    check_round_trip(*m, format);
    return 0;
}
