// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// All that is needed to build a router in code.

#include <junctor/realm/permissions.hpp>
#include <junctor/router/procedure.hpp>
#include <junctor/router/realm_host.hpp>
#include <junctor/router/router.hpp>
#include <junctor/transport/endpoint.hpp>
#include <junctor/transport/listening_transport.hpp>
