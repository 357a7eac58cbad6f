// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "message_template.hpp"

#include <algorithm>
#include <cassert>

#include <junctor/codec/codec.hpp>

namespace junctor::bench {

message_template::message_template(serializer format, const numbered_argument& argument, const encoder& encode)
    : format_{format}
{
    // Every serializer writes 1 and 2 as one octet, and in nothing else do these two messages differ.
    byte_buffer one;
    byte_buffer two;
    encode(one, 1, argument.text());
    encode(two, 2, argument.text());
    const auto message = one.view();
    const auto place = std::mismatch(message.begin(), message.end(), two.view().begin()).first - message.begin();
    head_.append(message.first(static_cast<std::size_t>(place)));
    tail_.append(message.subspan(static_cast<std::size_t>(place) + 1));

    digits_offset_ = as_text(tail_.view()).rfind(argument.text());
    assert(digits_offset_ != std::string_view::npos);
}

void message_template::append(byte_buffer& out, std::uint64_t request, message_number number) const
{
    out.append(head_.view());
    with_writer(format_, out, [&](auto& writer) { writer.unsigned_integer(request); });
    const auto tail = out.size();
    out.append(tail_.view());
    numbered_argument::write(
        std::span<std::byte, numbered_argument::digits>(out.data() + tail + digits_offset_, numbered_argument::digits),
        number);
}

} // namespace junctor::bench
