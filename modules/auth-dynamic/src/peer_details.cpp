// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "peer_details.hpp"

#include <junctor/base/uri.hpp>

namespace junctor::auth {

namespace {

/// `uri`, which stands under `key`. That it is empty has been reported already.
std::string checked(module_options& options, std::string_view key, std::string uri)
{
    const auto flaw = check_uri(uri, uri_check::loose);
    if (!uri.empty() && flaw != uri_flaw::none)
        options.error(key, std::string(to_string(flaw)));
    return uri;
}

} // namespace

dict transport_details(const transport_facts& facts)
{
    dict details{{"type", facts.type},
                 {"transport", facts.transport_id},
                 {"peer", facts.peer},
                 {"serializer", to_string(facts.format)}};
    if (facts.credentials) {
        const auto& who = *facts.credentials;
        details.set("credentials", dict{{"uid", who.uid}, {"gid", who.gid}, {"pid", who.pid}});
    }
    if (facts.tls != nullptr) {
        const auto& tls = *facts.tls;
        details.set("tls",
                    dict{{"protocol", tls.protocol}, {"cipher", tls.cipher}, {"common_name", tls.peer_common_name}});
    }
    return details;
}

std::string uri_option(module_options& options, std::string_view key)
{
    return checked(options, key, options.text(key));
}

std::string realm_option(module_options& options, std::string_view key)
{
    return checked(options, key, options.realm(key));
}

} // namespace junctor::auth
