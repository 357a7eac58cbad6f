// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Parts of the configuration that modules read themselves.

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>

#include <junctor/auth/module_registry.hpp>

#include "readers.hpp"

namespace junctor {

/// Notes what modules say about their options at the place where these stand. Both must outlive it.
class noted_problems final : public option_problems {
public:
    noted_problems(const config_item& options, problem_list& problems) : options_{options}, problems_{problems} {}

    void error(const option_path& where, std::string text, std::string hint) override;
    void warning(const option_path& where, std::string text, std::string hint) override;
    void unknown_key(const option_path& where, std::span<const std::string> known) override;

private:
    const config_item& options_;
    problem_list& problems_;
};

/// Notes the roles and realms that modules find named in their options. Both must outlive it.
class noted_names final : public named_in_options {
public:
    noted_names(const config_item& options, config_reading& reading) : options_{options}, reading_{reading} {}

    void role(const option_path& where, std::string name, std::string realm) override;
    void realm(const option_path& where, std::string name) override;

private:
    const config_item& options_;
    config_reading& reading_;
};

/// Notes every key that is given twice anywhere in `item`: modules see the last one only.
void report_repeated_keys(const config_item& item, problem_list& problems);

/// What `use(module_options&)` returns for `content`, which stands at `item`, for connections that can have what
/// `transport` says. If it throws `config_error`, that is noted as a problem, and there is an empty value.
template <class Use>
auto with_options(const dict& content, const config_item& item, config_reading& reading,
                  const std::optional<possible_facts>& transport, Use use) -> std::invoke_result_t<Use, module_options&>
{
    noted_problems problems(item, reading.problems);
    noted_names names(item, reading);
    const option_context context{reading.context.base_directory,
                                 reading.context.environment,
                                 problems,
                                 *reading.context.modules,
                                 &names,
                                 transport};
    module_options options(content, context);
    try {
        return use(options);
    } catch (const config_error& error) {
        options.error(error.key(), error.what());
    }
    return {};
}

/// What `make` makes of that; null if it cannot be made.
template <class Product>
std::unique_ptr<Product> make_from(const std::function<std::unique_ptr<Product>(module_options&)>& make,
                                   const dict& content, const config_item& item, config_reading& reading,
                                   const std::optional<possible_facts>& transport = {})
{
    return with_options(content, item, reading, transport, [&](module_options& options) {
        auto made = make(options);
        options.finish();
        return made;
    });
}

/// What `make` makes from the dict that stands at `item`; null, and a problem, if it cannot be made.
template <class Product>
std::unique_ptr<Product> make_from_options(const std::function<std::unique_ptr<Product>(module_options&)>& make,
                                           const config_item& item, config_reading& reading,
                                           const std::optional<possible_facts>& transport = {})
{
    if (kind_of(*item.node) != "dict") {
        report_type(item, "a dict", reading.problems);
        return nullptr;
    }
    report_repeated_keys(item, reading.problems);
    const auto content = to_value(*item.node);
    return make_from(make, *content.get_if<dict>(), item, reading, transport);
}

/// What `make` makes from its defaults. Problems are noted at `item`.
template <class Product>
std::unique_ptr<Product> make_without_options(const std::function<std::unique_ptr<Product>(module_options&)>& make,
                                              const config_item& item, config_reading& reading,
                                              const std::optional<possible_facts>& transport = {})
{
    return make_from(make, dict(), item, reading, transport);
}

} // namespace junctor
