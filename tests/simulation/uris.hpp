// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// URIs and patterns, as the reference understands them.

#include <string>
#include <vector>

namespace junctor::simulation {

/// The parts between the dots.
std::vector<std::string> components(const std::string& uri);

/// Whether `uri` is a URI, or a pattern of that match policy.
bool valid(const std::string& uri, const std::string& match);

/// Whether `pattern` matches `uri` by that match policy.
bool matches(const std::string& match, const std::string& pattern, const std::string& uri);

} // namespace junctor::simulation
