// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/credentials.hpp>

namespace junctor::client {

void login::check(const dict& welcome_details)
{
    static_cast<void>(welcome_details);
}

} // namespace junctor::client
