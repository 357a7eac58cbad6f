// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The key derivation function that an option names.

#include <string_view>

#include <junctor/auth/module_options.hpp>
#include <junctor/auth/scram_credentials.hpp>

namespace junctor::auth::scram_detail {

/// Reads `key`, by a name of either dialect; `otherwise` if it is not there.
[[nodiscard]] scram_kdf kdf_option(module_options& options, std::string_view key, scram_kdf otherwise);

} // namespace junctor::auth::scram_detail
