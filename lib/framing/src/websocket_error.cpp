// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/websocket_error.hpp>

#include <string>

namespace junctor {

namespace {

class websocket_category_type final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "websocket"; }
    std::string message(int value) const override { return std::string(text_of(static_cast<websocket_error>(value))); }
};

} // namespace

std::string_view text_of(websocket_error error) noexcept
{
    switch (error) {
    case websocket_error::not_http: return "the peer does not speak HTTP, with which a WebSocket begins";
    case websocket_error::request_malformed: return "the HTTP request is malformed";
    case websocket_error::request_too_long: return "the head of the HTTP request is too long";
    case websocket_error::no_upgrade: return "the HTTP request does not ask for a WebSocket";
    case websocket_error::version_unsupported: return "the client speaks another version of WebSocket than 13";
    case websocket_error::path_unknown: return "there is nothing at the path that the client asks for";
    case websocket_error::origin_refused: return "pages of this origin may not connect";
    case websocket_error::no_common_subprotocol: return "the client offers no subprotocol that is allowed here";
    case websocket_error::connection_limit_reached: return "the limit of connections is reached";
    case websocket_error::tls_missing: return "the client does not speak TLS, which is demanded here";
    case websocket_error::upgrade_refused: return "the router refuses to open a WebSocket";
    case websocket_error::answer_malformed: return "what answers does not speak WebSocket";
    case websocket_error::subprotocol_other: return "the router agrees to none of the serializers";
    case websocket_error::extension_other: return "the router agrees to an extension that was not offered in this way";
    case websocket_error::reserved_bits_used: return "reserved bits of a frame are used";
    case websocket_error::reserved_opcode: return "the opcode of a frame is reserved";
    case websocket_error::mask_missing: return "a frame of a client is not masked";
    case websocket_error::mask_forbidden: return "a frame of a router is masked";
    case websocket_error::length_malformed: return "the length of a frame is malformed";
    case websocket_error::control_too_long: return "a control frame is longer than 125 octets";
    case websocket_error::control_fragmented: return "a control frame is fragmented";
    case websocket_error::continuation_unexpected: return "a continuation frame continues nothing";
    case websocket_error::message_interrupted: return "a message begins within another one";
    case websocket_error::close_malformed: return "a Close frame is malformed";
    case websocket_error::data_type_unsupported: return "the type of a message is not that of the subprotocol";
    case websocket_error::text_not_utf8: return "a text is not UTF-8";
    case websocket_error::message_too_long: return "a message is longer than allowed";
    case websocket_error::frame_too_long: return "a frame is longer than allowed";
    case websocket_error::compressed_malformed: return "a compressed message is malformed";
    case websocket_error::batch_malformed: return "a batch of messages is empty, or ends within a message";
    case websocket_error::batch_too_long: return "a batch has more messages than allowed";
    }
    return "unknown WebSocket error";
}

const boost::system::error_category& websocket_category() noexcept
{
    static const websocket_category_type instance;
    return instance;
}

websocket_close_code close_code_of(boost::system::error_code error) noexcept
{
    if (!error)
        return websocket_close_code::normal;
    if (error.category() != websocket_category())
        return websocket_close_code::protocol_error;
    switch (static_cast<websocket_error>(error.value())) {
    case websocket_error::data_type_unsupported: return websocket_close_code::unsupported_data;
    case websocket_error::compressed_malformed:
    case websocket_error::text_not_utf8: return websocket_close_code::invalid_payload;
    case websocket_error::batch_too_long:
    case websocket_error::message_too_long:
    case websocket_error::frame_too_long: return websocket_close_code::message_too_big;
    default: return websocket_close_code::protocol_error;
    }
}

} // namespace junctor
