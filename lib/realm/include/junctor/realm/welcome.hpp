// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What WELCOME tells a session: who it is, and what the router can do.

#include <string_view>

#include <junctor/base/features.hpp>
#include <junctor/base/value.hpp>
#include <junctor/session/identity.hpp>

namespace junctor {

struct realm_options;

/// The roles and features of this router, as long as nothing is switched off: nothing that it does not do. Spec:
/// "Feature Announcement".
[[nodiscard]] role_features router_features();

/// The details of WELCOME in a realm with these `options`. Spec: basic profile, "Session Establishment".
[[nodiscard]] dict welcome_details(std::string_view realm, const identity& who, const realm_options& options);

} // namespace junctor
