// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Heads of HTTP answers.

#include <cstdint>
#include <string>

#include <junctor/transport/http_message.hpp>
#include <junctor/transport/shared_port.hpp>

namespace junctor {

/// What of a connection goes into the head of an answer.
struct http_answer_context {
    const http_settings& settings;
    bool secure{false};      ///< By TLS.
    bool keeps_alive{false}; ///< Another request may follow.
};

/// Bytes of the body of `response`.
[[nodiscard]] std::uint64_t body_size(const http_response& response) noexcept;

/// The head of `response`, with the empty line that ends it. Throws `std::invalid_argument` if one of its fields would
/// be the end of it.
[[nodiscard]] std::string head_of(const http_response& response, const http_answer_context& context);

} // namespace junctor
