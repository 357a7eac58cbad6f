// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <memory>
#include <utility>

#include <fmt/format.h>

#include <junctor/auth/first_match.hpp>

#include "module_item.hpp"
#include "readers.hpp"
#include "spelling.hpp"

namespace junctor {
namespace {

constexpr std::string_view default_authmethod = "anonymous";

/// All providers of one authmethod: a dict for one, a list of dicts for several.
std::vector<std::unique_ptr<authenticator>> make_providers(const authenticator_factory& make, const config_item& item,
                                                           config_reading& reading,
                                                           const std::optional<possible_facts>& transport)
{
    std::vector<std::unique_ptr<authenticator>> made;
    if (kind_of(*item.node) != "list") {
        made.push_back(make_from_options(make, item, reading, transport));
        return made;
    }
    const auto elements = read_list(item, reading.problems);
    if (elements.empty())
        reading.problems.error(item, "must name one provider at least");
    for (const auto& element : elements)
        made.push_back(make_from_options(make, element, reading, transport));
    return made;
}

const authenticator_factory* find_method(const std::string& authmethod, const config_item& item,
                                         config_reading& reading)
{
    const auto* const make = reading.context.modules->find_authenticator(authmethod);
    if (make == nullptr) {
        const auto names = reading.context.modules->authmethods();
        const std::vector<std::string_view> candidates(names.begin(), names.end());
        reading.problems.error(item, fmt::format("unknown authmethod '{}'", authmethod),
                               spelling_hint(authmethod, candidates));
    }
    return make;
}

/// What connections of `transport` to `where` can have; nothing if it is not known where that is.
std::optional<possible_facts> facts_at(const std::optional<endpoint>& where, const listening_transport& transport)
{
    if (!where)
        return std::nullopt;
    possible_facts facts;
    facts.cookie = transport.websocket() && transport.websocket()->cookie != nullptr;
    facts.credentials = std::holds_alternative<unix_endpoint>(*where);
    const auto* const tcp = std::get_if<tcp_endpoint>(&*where);
    const auto* const tls = tcp != nullptr && tcp->tls ? &*tcp->tls : nullptr;
    facts.tls = tls != nullptr && !tls->optional;
    facts.peer_certificate = tls != nullptr && !tls->ca_certificates.empty();
    return facts;
}

/// Adds `authmethod` with its `providers`, if all of them could be made.
void add_method(const std::string& authmethod, std::vector<std::unique_ptr<authenticator>> providers,
                listening_transport& transport)
{
    if (providers.empty() || std::count(providers.begin(), providers.end(), nullptr) != 0)
        return;
    transport.authenticate(authmethod, providers.size() == 1
                                           ? std::shared_ptr<authenticator>(std::move(providers.front()))
                                           : std::make_shared<first_match>(std::move(providers)));
}

} // namespace

void read_auth(dict_reader& keys, const std::optional<endpoint>& where, listening_transport& transport,
               config_reading& reading)
{
    const auto facts = facts_at(where, transport);
    const auto item = keys.take("auth");
    if (!item) {
        const std::string authmethod(default_authmethod);
        if (const auto* const make = find_method(authmethod, keys.item(), reading)) {
            std::vector<std::unique_ptr<authenticator>> one;
            one.push_back(make_without_options(*make, keys.item(), reading, facts));
            add_method(authmethod, std::move(one), transport);
        }
        return;
    }
    dict_reader methods(*item, reading.problems);
    const auto entries = methods.take_all();
    for (const auto& [authmethod, options] : entries) {
        if (const auto* const make = find_method(authmethod, options, reading))
            add_method(authmethod, make_providers(*make, options, reading, facts), transport);
    }
    methods.finish();
    if (entries.empty() && kind_of(*item->node) == "dict")
        reading.problems.error(*item, "names no authmethod", "leave the key out for anonymous clients");
}

} // namespace junctor
