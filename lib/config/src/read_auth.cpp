// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <fmt/format.h>

#include "readers.hpp"
#include "spelling.hpp"

namespace junctor {
namespace {

constexpr std::string_view default_authmethod = "anonymous";

/// The item that a factory complains about: `key` of `options`, or `options` as a whole.
config_item place_of(const config_error& error, const config_item& options, problem_list& problems)
{
    if (error.key().empty())
        return options;
    return dict_reader(options, problems).take(error.key()).value_or(options);
}

/// Adds `authmethod`, made from `options`; `item` is where problems are noted.
void add_method(const std::string& authmethod, const dict& options, const config_item& item,
                transport_config& transport, config_reading& reading)
{
    const auto* const make = reading.context.modules->find_authenticator(authmethod);
    if (make == nullptr) {
        const auto names = reading.context.modules->authmethods();
        const std::vector<std::string_view> candidates(names.begin(), names.end());
        reading.problems.error(item, fmt::format("unknown authmethod '{}'", authmethod),
                               spelling_hint(authmethod, candidates));
        return;
    }
    try {
        auto& made = transport.authenticators.emplace_back((*make)(options));
        transport.transport.authenticate(authmethod, *made);
    } catch (const config_error& error) {
        reading.problems.error(place_of(error, item, reading.problems), error.what());
    }
}

} // namespace

void read_auth(dict_reader& keys, transport_config& transport, config_reading& reading)
{
    const auto item = keys.take("auth");
    if (!item) {
        add_method(std::string(default_authmethod), {}, keys.item(), transport, reading);
        return;
    }
    dict_reader methods(*item, reading.problems);
    const auto entries = methods.take_all();
    for (const auto& [authmethod, options] : entries) {
        if (kind_of(*options.node) != "dict")
            report_type(options, "a dict", reading.problems);
        else
            add_method(authmethod, *to_value(*options.node).get_if<dict>(), options, transport, reading);
    }
    methods.finish();
    if (entries.empty() && kind_of(*item->node) == "dict")
        reading.problems.error(*item, "names no authmethod", "leave the key out for anonymous clients");
}

} // namespace junctor
