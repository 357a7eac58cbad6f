// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/anonymous.hpp>
#include <junctor/auth/cryptosign.hpp>
#include <junctor/auth/dynamic.hpp>
#include <junctor/auth/peer_credentials.hpp>
#include <junctor/auth/scram.hpp>
#include <junctor/auth/ticket.hpp>
#include <junctor/auth/tls.hpp>
#include <junctor/auth/wampcra.hpp>

#include "commands.hpp"

namespace junctor {

module_registry built_in_modules()
{
    module_registry modules;
    auth::register_anonymous(modules);
    auth::register_cryptosign(modules);
    auth::register_dynamic(modules);
    auth::register_peer_credentials(modules);
    auth::register_scram(modules);
    auth::register_ticket(modules);
    auth::register_tls(modules);
    auth::register_wampcra(modules);
    return modules;
}

} // namespace junctor
