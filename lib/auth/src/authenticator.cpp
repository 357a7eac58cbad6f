// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/authenticator.hpp>

#include <cassert>

namespace junctor {

verdict verdict::grant(std::string authid, std::string authrole)
{
    identity who;
    who.authid = std::move(authid);
    who.authrole = std::move(authrole);
    return grant(std::move(who));
}

verdict verdict::deny(errc reason, std::string message)
{
    if (message.empty())
        message = text_of(reason);
    return verdict(denial{std::string(uri_of(reason)), std::move(message), {}});
}

verdict verdict::deny(std::string uri, std::string message)
{
    return verdict(denial{std::move(uri), std::move(message), {}});
}

verdict verdict::because(std::string detail) &&
{
    assert(!granted());
    std::get<denial>(content_).detail = std::move(detail);
    return std::move(*this);
}

} // namespace junctor
