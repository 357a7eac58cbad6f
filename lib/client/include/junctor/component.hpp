// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// All that is needed to build clients of a router in code.

#include <junctor/client/authmethods.hpp>
#include <junctor/client/component.hpp>
#include <junctor/client/session.hpp>
#include <junctor/transport/rawsocket_connector.hpp>
#include <junctor/transport/remote_endpoint.hpp>

namespace junctor {

using client::component;

} // namespace junctor
