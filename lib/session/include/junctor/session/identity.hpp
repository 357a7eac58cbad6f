// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Who a joined session is.

#include <string>

#include <junctor/base/value.hpp>

namespace junctor {

/// What authentication established about a peer. It is fixed when the session joins.
struct identity {
    std::string authid;
    std::string authrole;
    std::string authmethod;
    std::string authprovider;
    dict authextra; ///< Given back to the client in WELCOME.
};

} // namespace junctor
