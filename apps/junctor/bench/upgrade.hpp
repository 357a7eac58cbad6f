// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The opening handshake of WebSocket, as far as a benchmark needs it. Spec: RFC 6455, section 4.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <junctor/codec/serializer.hpp>
#include <junctor/framing/deflate.hpp>

#include "address.hpp"

namespace junctor::bench {

/// Which extensions are asked for.
enum class extension_offer : std::uint8_t {
    none,
    deflate, ///< permessage-deflate with any parameters, as browsers do. Spec: RFC 7692.
};

/// The request by which a router is asked for the subprotocol of `format`. Its key is the same each time: nobody has to
/// be protected from the answers of another server.
[[nodiscard]] std::string upgrade_request(const address& to, serializer format, extension_offer offer);

/// Collects the router's answer, which may come in pieces.
class upgrade_reader {
public:
    /// Takes what belongs to the answer from the front of `input`. Returns whether it is complete. Throws `failure` if
    /// it is too long for one.
    [[nodiscard]] bool read(std::span<std::byte>& input);

    /// Throws `failure` unless the router has agreed to the request for `format`.
    void check(serializer format) const;

    /// How the router has agreed to compress. Throws `failure` unless it has.
    [[nodiscard]] deflate_side compression() const;

private:
    std::string head_;
};

} // namespace junctor::bench
