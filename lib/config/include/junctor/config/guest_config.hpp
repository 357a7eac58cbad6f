// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a guest worker is to execute, and how it is to be watched.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <junctor/config/restart_policy.hpp>

namespace junctor {

/// What becomes of what a guest writes: it is logged line by line, read and forgotten, or has nowhere to go
/// (/dev/null).
enum class output_use : std::uint8_t { log, drop, close };

/// What a guest can read. Without it, the end of the file is there at once.
struct guest_input {
    std::string text;
    bool closes{true}; ///< Whether the end of the file follows the text, or only the end of the guest.
};

/// The environment of a guest: what is inherited of that of the node, and `variables`, which go before.
struct guest_environment {
    std::optional<std::vector<std::string>> inherited; ///< The names; everything if there is nothing.
    std::vector<std::pair<std::string, std::string>> variables;
};

/// A guest worker: any program that runs beside the routers of the node.
struct guest_config {
    std::string id;                     ///< Unique within the node.
    std::string executable;             ///< An absolute path.
    std::vector<std::string> arguments; ///< Without the name of the program, which comes first.
    std::string work_directory;         ///< An absolute path.
    guest_environment environment;
    std::optional<guest_input> input;
    output_use standard_output{output_use::log};
    output_use standard_error{output_use::log};

    restart_policy restart{restart_policy::never};

    /// How long after its end a guest is executed again: short enough for the first crash to go unnoticed, doubled with
    /// each that follows, up to a bound at which a guest that cannot live costs nothing worth mentioning. One that has
    /// lived for as long as that bound begins anew.
    std::chrono::milliseconds restart_delay{std::chrono::seconds{1}};
    std::chrono::milliseconds restart_delay_max{std::chrono::minutes{1}};

    /// How long a guest may take to end after SIGTERM before it gets SIGKILL. Enough for a farewell to a router that
    /// still runs; far less than what service managers grant the node as a whole.
    std::chrono::milliseconds stop_timeout{std::chrono::seconds{5}};
};

} // namespace junctor
