// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/framing_error.hpp>

#include <string>

namespace junctor {

namespace {

constexpr std::string_view unnamed = "the handshake was refused for a reason without a name";

class rawsocket_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "rawsocket"; }

    std::string message(int value) const override
    {
        std::string text(text_of(static_cast<rawsocket_error>(value)));
        return text == unnamed ? text + ": " + std::to_string(value) : text;
    }
};

class framing_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "framing"; }
    std::string message(int value) const override { return std::string(text_of(static_cast<framing_error>(value))); }
};

} // namespace

std::string_view text_of(rawsocket_error error) noexcept
{
    switch (error) {
    case rawsocket_error::serializer_unsupported: return "the serializer is not supported";
    case rawsocket_error::message_length_unacceptable: return "the maximum message length is not acceptable";
    case rawsocket_error::reserved_bits_used: return "reserved bits are used";
    case rawsocket_error::connection_limit_reached: return "the limit of connections is reached";
    }
    return unnamed;
}

std::string_view text_of(framing_error error) noexcept
{
    switch (error) {
    case framing_error::not_rawsocket: return "the peer does not speak RawSocket";
    case framing_error::serializer_illegal: return "the handshake asks for the illegal serializer 0";
    case framing_error::reply_malformed: return "the reply to the handshake is malformed";
    case framing_error::reply_serializer_other:
        return "the reply to the handshake names another serializer than was asked for";
    case framing_error::reserved_frame_bits_used: return "reserved bits of a frame header are used";
    case framing_error::reserved_frame_type: return "the type of a frame is reserved";
    case framing_error::extended_length_malformed: return "the length of a frame exceeds 2^24";
    case framing_error::frame_too_long: return "a frame is longer than the announced limit";
    }
    return "unknown framing error";
}

const boost::system::error_category& rawsocket_category() noexcept
{
    static const rawsocket_category_type instance;
    return instance;
}

const boost::system::error_category& framing_category() noexcept
{
    static const framing_category_type instance;
    return instance;
}

} // namespace junctor
