// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Parts of the configuration that modules read themselves.

#include <functional>
#include <memory>
#include <span>
#include <string>

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
    [[nodiscard]] config_item place_of(const option_path& where) const;

    const config_item& options_;
    problem_list& problems_;
};

/// Notes every key that is given twice anywhere in `item`: modules see the last one only.
void report_repeated_keys(const config_item& item, problem_list& problems);

/// What `make` makes from `content`, which stands at `item`; null if it cannot be made.
template <class Product>
std::unique_ptr<Product> make_from(const std::function<std::unique_ptr<Product>(module_options&)>& make,
                                   const dict& content, const config_item& item, config_reading& reading)
{
    noted_problems problems(item, reading.problems);
    const option_context context{reading.context.base_directory, reading.context.environment, problems,
                                 *reading.context.modules};
    module_options options(content, context);
    try {
        auto made = make(options);
        options.finish();
        return made;
    } catch (const config_error& error) {
        options.error(error.key(), error.what());
    }
    return nullptr;
}

/// What `make` makes from the dict that stands at `item`; null, and a problem, if it cannot be made.
template <class Product>
std::unique_ptr<Product> make_from_options(const std::function<std::unique_ptr<Product>(module_options&)>& make,
                                           const config_item& item, config_reading& reading)
{
    if (kind_of(*item.node) != "dict") {
        report_type(item, "a dict", reading.problems);
        return nullptr;
    }
    report_repeated_keys(item, reading.problems);
    const auto content = to_value(*item.node);
    return make_from(make, *content.get_if<dict>(), item, reading);
}

/// What `make` makes from its defaults. Problems are noted at `item`.
template <class Product>
std::unique_ptr<Product> make_without_options(const std::function<std::unique_ptr<Product>(module_options&)>& make,
                                              const config_item& item, config_reading& reading)
{
    return make_from(make, dict(), item, reading);
}

} // namespace junctor
