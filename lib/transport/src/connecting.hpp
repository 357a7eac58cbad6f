// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What connecting to a router has in common, whatever the framing.

#include <string>

#include <boost/system/error_code.hpp>

#include <junctor/transport/remote_endpoint.hpp>

namespace junctor {

/// `where`, if it can be meant. Throws `std::invalid_argument` otherwise.
[[nodiscard]] remote_endpoint checked(remote_endpoint where);

/// A sentence about what has come of connecting to `where`.
[[nodiscard]] std::string describe_failure(const remote_endpoint& where, boost::system::error_code error);

} // namespace junctor
