// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A value that every request gets as JSON.

#include <cstdint>
#include <memory>

#include <junctor/base/value.hpp>
#include <junctor/transport/web_service.hpp>

namespace junctor {

/// How a value is given.
struct json_value_options {
    bool prettified{false};          ///< With line breaks, and three spaces for each level.
    bool cross_origin_allowed{true}; ///< Whether pages from anywhere may read it.
    bool caching_discouraged{false}; ///< Whether nobody is to keep a copy.
};

/// What answers GET and HEAD with `content`.
[[nodiscard]] std::shared_ptr<web_service> json_value(const value& content, json_value_options options);

} // namespace junctor
