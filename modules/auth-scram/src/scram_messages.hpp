// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What SCRAM has in HELLO, CHALLENGE and AUTHENTICATE.

#include <string>
#include <string_view>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/scram.hpp>
#include <junctor/auth/scram_proof.hpp>
#include <junctor/base/value.hpp>

namespace junctor::auth::scram_detail {

inline constexpr std::string_view no_binding_in_dialect =
    "there is no channel binding in Crossbar.io's dialect of SCRAM";

/// What HELLO asks for. If `mistake` is not empty, it says why that cannot be done.
struct request {
    std::string nonce;
    std::string channel_binding; ///< Empty for none.
    binary channel_id;
    std::string mistake;
};

/// Reads HELLO. The outcome does not depend on who is known.
[[nodiscard]] request read_request(const auth_exchange& exchange, scram_dialect dialect, scram_channel_binding binding);

/// Draws the router's nonce, and begins the conversation with a peer that is expected to have `expected`.
[[nodiscard]] scram_conversation begin(std::string authid, request asked, const scram_credentials& expected,
                                       scram_dialect dialect);

/// The extra of CHALLENGE.
[[nodiscard]] dict challenge_extra(const scram_conversation& said, const scram_parameters& parameters,
                                   scram_dialect dialect);

/// What is wrong with the extra of AUTHENTICATE, for the log; empty if nothing is. In Crossbar.io's dialect there is
/// nothing in it: what both sides have said is in AuthMessage alone.
[[nodiscard]] std::string_view fault_in(const dict& extra, const scram_conversation& said, scram_dialect dialect);

} // namespace junctor::auth::scram_detail
