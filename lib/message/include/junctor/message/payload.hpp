// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Parts of messages that the router forwards: payloads, and attributes that it does not understand.

#include <junctor/codec/serializer.hpp>

namespace junctor {

/// A list that nobody has looked into but to check that it is one.
struct encoded_list : encoded {};

/// A dict that nobody has looked into but to check that it is one.
struct encoded_dict : encoded {};

/// Arguments and ArgumentsKw, as the bytes they came in: forwarded verbatim to peers of the same serializer.
struct payload {
    encoded_list args;
    encoded_dict kwargs;
};

/// Attributes among some options that the router passes on without understanding them: custom ones (`_name`, `x_name`)
/// and those of payload passthru mode (`ppt_scheme` and its companions).
struct forwarded_attributes {
    encoded_dict source;  ///< The whole dict they stand in; absent if it has none.
    bool passthru{false}; ///< `ppt_scheme` is among them. Without it, its companions are not passed on.
};

} // namespace junctor
