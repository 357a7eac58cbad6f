// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What ends a benchmark before its time.

#include <chrono>
#include <stdexcept>
#include <string>

namespace junctor::bench {

/// Thrown when a benchmark cannot go on: the router cannot be reached or refuses something, or a message was lost,
/// doubled, damaged or out of order. The text is one line for people.
class failure : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

/// A benchmark that cannot begin, since its options do not go together or an address is none.
class bad_options : public failure {
public:
    using failure::failure;
};

/// `what` together with the text of the system for `error_number`.
[[nodiscard]] failure system_failure(const std::string& what, int error_number);

/// How long nothing may come while something should. What is missing after that is lost.
inline constexpr std::chrono::seconds patience{10};

} // namespace junctor::bench
