// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// For programs whose conversations are all with the core.
#include <utility>

#include "support/core_stage.hpp"

namespace junctor::test {

std::unique_ptr<stage> open_stage(realm_options options, std::uint64_t seed)
{
    return std::make_unique<core_stage>(std::move(options), seed);
}

} // namespace junctor::test
