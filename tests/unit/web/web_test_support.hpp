// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Asking services without a connection.

#include <string>

#include <junctor/transport/web_service.hpp>

namespace junctor::test {

/// A request for `target`, which lies below the service at "/" as a whole.
[[nodiscard]] http_request request_of(std::string method, std::string target);

/// What `service` answers to `request`. Throws what it throws.
[[nodiscard]] http_response answer_of(web_service& service, const http_request& request);

} // namespace junctor::test
