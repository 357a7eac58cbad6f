// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "binding_type.hpp"

#include <junctor/auth/channel_binding.hpp>

namespace junctor::client {

std::string binding_type(channel_binding wish, const transport_facts& transport)
{
    if (wish == channel_binding::never)
        return {};
    for (const auto type : {auth::tls_exporter, auth::tls_unique}) {
        if (!auth::channel_binding_data(transport, type).empty())
            return std::string(type);
    }
    if (wish == channel_binding::required)
        throw login_failed("the connection has nothing that the login could be bound to");
    return {};
}

value binding_claim(const std::string& type)
{
    return type.empty() ? value() : value(type);
}

} // namespace junctor::client
