// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The opening handshake of WebSocket: an HTTP request, and the answer to it. Spec: RFC 6455, section 4.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/framing/deflate_offer.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/framing/websocket.hpp>
#include <junctor/framing/websocket_error.hpp>
#include <junctor/transport/websocket_settings.hpp>

#include "cookie_tracking.hpp"

namespace junctor {

/// Collects the head of an HTTP request or answer, of at most `limits::http_head_bytes_max`, from input that may come
/// in pieces.
class http_head_reader {
public:
    /// `not_http` is known from the first octet on.
    enum class status : std::uint8_t { need_more, complete, too_long, not_http };

    /// Takes what belongs to the head from the front of `input`.
    status read(std::span<std::byte>& input);

    /// The head with the empty line that ends it, once it is complete.
    [[nodiscard]] std::string_view head() const noexcept { return head_; }

private:
    std::string head_;
};

/// What a router is ready to agree to.
struct upgrade_terms {
    const websocket_settings& settings;
    serializer_set serializers;
    bool connection_limit_reached{false};
    protection by{protection::none};
};

/// What both ends have agreed upon.
struct upgrade_agreement {
    websocket_subprotocol subprotocol;
    std::optional<deflate_agreement> deflate; ///< Nothing if messages are not compressed.
};

/// How a router answers the request of a client.
struct upgrade_answer {
    boost::system::error_code error; ///< Why the connection ends after the reply; no error if it lives on.
    std::string reply;               ///< To be sent in any case.

    // Meaningful without error only.
    upgrade_agreement agreed;
    std::shared_ptr<const tracked_cookie> cookie; ///< Of the client; null if it was not asked for.
};

/// Decides on the request with this head. Of the subprotocols that a client offers it gets the first that is allowed,
/// and of the ways to compress likewise.
[[nodiscard]] upgrade_answer answer_upgrade(std::string_view head, const upgrade_terms& terms);

/// The answer to a request that fails with `error`.
[[nodiscard]] upgrade_answer refuse_upgrade(websocket_error error, const upgrade_terms& terms);

/// What a client offers.
struct upgrade_offer {
    std::span<const websocket_subprotocol> subprotocols; ///< From the one that is wanted most on; outlives the request.
    std::optional<deflate_settings> deflate;
};

/// The request of a client, and what it makes of the answer.
class upgrade_request {
public:
    /// Asks `host` for `path`. `key` is of 16 octets, chosen by chance.
    upgrade_request(std::string_view host, std::string_view path, const upgrade_offer& offer, byte_view key);

    [[nodiscard]] const std::string& text() const noexcept { return text_; }

    /// What the answer with this head has agreed to, or why it is no agreement.
    [[nodiscard]] boost::system::result<upgrade_agreement> read_answer(std::string_view head) const;

private:
    std::string key_;
    upgrade_offer offer_;
    std::string text_;
};

} // namespace junctor
