// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/principals.hpp>

#include <optional>
#include <span>
#include <stdexcept>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <junctor/auth/module_registry.hpp>

namespace junctor {

namespace {

/// Keeps the first problem with what a source gave. Unknown keys are none: a row of a database may have others.
class first_problem final : public option_problems {
public:
    void error(const option_path& where, std::string text, std::string) override
    {
        if (!what_)
            what_ = where.empty() ? std::move(text) : fmt::format("{}: {}", fmt::join(where, "."), text);
    }
    void warning(const option_path&, std::string, std::string) override {}
    void unknown_key(const option_path&, std::span<const std::string>) override {}

    [[nodiscard]] const std::optional<std::string>& what() const noexcept { return what_; }

private:
    std::optional<std::string> what_;
};

} // namespace

found_principals read_principal_source(module_options& options)
{
    found_principals found;
    found.type = options.text("type", static_principals);
    if (found.type == static_principals)
        return found;
    const auto& modules = options.context().modules;
    if (const auto* const make = modules.find_principal_source(found.type)) {
        found.source = (*make)(options);
        return found;
    }
    auto types = modules.principal_sources();
    types.emplace(types.begin(), static_principals);
    options.error("type", fmt::format("unknown type '{}'", found.type),
                  fmt::format("possible here: {}", fmt::join(types, ", ")));
    static_cast<void>(options.all()); // Which keys belong to it is not known either.
    return found;
}

void read_credentials(const principal_record& record, const std::function<void(module_options&)>& read)
{
    static const module_registry no_modules;
    first_problem problems;
    const option_context context{{}, {}, problems, no_modules};
    module_options options(record.credentials, context);
    read(options);
    if (problems.what())
        throw std::runtime_error(fmt::format("unusable credentials of {}: {}", record.authid, *problems.what()));
}

} // namespace junctor
