// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <memory>
#include <span>
#include <utility>

#include <fmt/format.h>

#include <junctor/auth/first_match.hpp>

#include "readers.hpp"
#include "spelling.hpp"

namespace junctor {
namespace {

constexpr std::string_view default_authmethod = "anonymous";

/// Notes what modules say about their options at the place where these stand.
class noted_problems final : public option_problems {
public:
    noted_problems(const config_item& options, problem_list& problems) : options_{options}, problems_{problems} {}

    void error(const option_path& where, std::string text, std::string hint) override
    {
        problems_.error(place_of(where), std::move(text), std::move(hint));
    }

    void warning(const option_path& where, std::string text, std::string hint) override
    {
        problems_.warning(place_of(where), std::move(text), std::move(hint));
    }

    void unknown_key(const option_path& where, std::span<const std::string> known) override
    {
        const std::vector<std::string_view> candidates(known.begin(), known.end());
        problems_.error(place_of(where), "unknown key", spelling_hint(where.back(), candidates));
    }

private:
    /// The innermost item on the way `where` that there is.
    [[nodiscard]] config_item place_of(const option_path& where) const
    {
        auto place = options_;
        for (const auto& key : where) {
            if (kind_of(*place.node) != "dict")
                break;
            place = dict_reader(place, problems_).take(key).value_or(place);
        }
        return place;
    }

    const config_item& options_;
    problem_list& problems_;
};

/// Notes every key that is given twice anywhere in `item`: modules see the last one only.
void report_repeated_keys(const config_item& item, problem_list& problems)
{
    if (kind_of(*item.node) == "list") {
        for (const auto& element : read_list(item, problems))
            report_repeated_keys(element, problems);
    } else if (kind_of(*item.node) == "dict") {
        dict_reader keys(item, problems);
        for (const auto& [key, content] : keys.take_all())
            report_repeated_keys(content, problems);
        keys.finish();
    }
}

/// An authenticator for `authmethod`, made from `item` by `make`, or from nothing if it is null; null if it cannot be
/// made.
std::unique_ptr<authenticator> make_authenticator(const authenticator_factory& make, const config_item& item,
                                                  bool is_given, config_reading& reading)
{
    if (is_given && kind_of(*item.node) != "dict") {
        report_type(item, "a dict", reading.problems);
        return nullptr;
    }
    if (is_given)
        report_repeated_keys(item, reading.problems);
    noted_problems problems(item, reading.problems);
    const option_context context{reading.context.base_directory, reading.context.environment, problems,
                                 *reading.context.modules};
    const auto content = is_given ? to_value(*item.node) : value(dict());
    module_options options(*content.get_if<dict>(), context);
    try {
        auto made = make(options);
        options.finish();
        return made;
    } catch (const config_error& error) {
        options.error(error.key(), error.what());
    }
    return nullptr;
}

/// All providers of one authmethod: a dict for one, a list of dicts for several.
std::vector<std::unique_ptr<authenticator>> make_providers(const authenticator_factory& make, const config_item& item,
                                                           config_reading& reading)
{
    std::vector<std::unique_ptr<authenticator>> made;
    if (kind_of(*item.node) != "list") {
        made.push_back(make_authenticator(make, item, true, reading));
        return made;
    }
    const auto elements = read_list(item, reading.problems);
    if (elements.empty())
        reading.problems.error(item, "must name one provider at least");
    for (const auto& element : elements)
        made.push_back(make_authenticator(make, element, true, reading));
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

/// Adds `authmethod` with its `providers`, if all of them could be made.
void add_method(const std::string& authmethod, std::vector<std::unique_ptr<authenticator>> providers,
                transport_config& transport)
{
    if (providers.empty() || std::count(providers.begin(), providers.end(), nullptr) != 0)
        return;
    auto& made = transport.authenticators.emplace_back(
        providers.size() == 1 ? std::move(providers.front()) : std::make_unique<first_match>(std::move(providers)));
    transport.transport.authenticate(authmethod, *made);
}

} // namespace

void read_auth(dict_reader& keys, transport_config& transport, config_reading& reading)
{
    const auto item = keys.take("auth");
    if (!item) {
        const std::string authmethod(default_authmethod);
        if (const auto* const make = find_method(authmethod, keys.item(), reading)) {
            std::vector<std::unique_ptr<authenticator>> one;
            one.push_back(make_authenticator(*make, keys.item(), false, reading));
            add_method(authmethod, std::move(one), transport);
        }
        return;
    }
    dict_reader methods(*item, reading.problems);
    const auto entries = methods.take_all();
    for (const auto& [authmethod, options] : entries) {
        if (const auto* const make = find_method(authmethod, options, reading))
            add_method(authmethod, make_providers(*make, options, reading), transport);
    }
    methods.finish();
    if (entries.empty() && kind_of(*item->node) == "dict")
        reading.problems.error(*item, "names no authmethod", "leave the key out for anonymous clients");
}

} // namespace junctor
