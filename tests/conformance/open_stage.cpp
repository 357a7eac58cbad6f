// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Conversations are with the core, unless the environment says that they are with the program.
#include <optional>
#include <utility>

#include "program/program_stage.hpp"
#include "support/core_stage.hpp"

namespace junctor::test {

namespace {

/// The program that all conversations are with, which ends with the tests; none if they are with the core.
running_program* the_program()
{
    static std::optional<running_program> program;
    static const bool chosen = [] {
        if (auto options = program_options::from_environment())
            program.emplace(std::move(*options));
        return program.has_value();
    }();
    return chosen ? &*program : nullptr;
}

} // namespace

std::unique_ptr<stage> open_stage(realm_options options, std::uint64_t seed)
{
    if (auto* const program = the_program())
        return std::make_unique<program_stage>(*program, std::move(options));
    return std::make_unique<core_stage>(std::move(options), seed);
}

} // namespace junctor::test
