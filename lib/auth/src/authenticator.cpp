// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/authenticator.hpp>

#include <openssl/crypto.h>

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
    return verdict(denial{reason, std::move(message)});
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

} // namespace junctor
