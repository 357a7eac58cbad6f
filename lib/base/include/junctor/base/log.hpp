// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Structured logging as the library sees it: events with fields, handed to a sink that the program supplies.

#include <concepts>
#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <variant>

namespace junctor {

/// How much an event matters. Per-session events are `debug`, so that a busy router does not drown in its own log.
enum class log_level : std::uint8_t { trace, debug, info, warning, error };

/// "trace", "debug", "info", "warning" or "error".
[[nodiscard]] std::string_view to_string(log_level level) noexcept;

/// One named fact of an event. A view: it lives for the call to `log_sink::write` only.
struct log_field {
    using content = std::variant<std::string_view, std::int64_t, std::uint64_t, double, bool>;

    std::string_view key;
    content value;

    log_field(std::string_view name, std::string_view text) : key{name}, value{text} {}
    log_field(std::string_view name, const char* text) : key{name}, value{std::string_view(text)} {}
    log_field(std::string_view name, double number) : key{name}, value{number} {}
    log_field(std::string_view name, std::same_as<bool> auto flag) : key{name}, value{flag} {}

    template <std::signed_integral Integer>
    log_field(std::string_view name, Integer number) : key{name}, value{static_cast<std::int64_t>(number)}
    {
    }

    template <std::unsigned_integral Integer>
        requires(!std::same_as<Integer, bool>)
    log_field(std::string_view name, Integer number) : key{name}, value{static_cast<std::uint64_t>(number)} {}
};

/// Takes what the library logs. May be called from any thread of the router, and must not throw or block for long.
/// Secrets never reach it.
class log_sink {
public:
    virtual ~log_sink() = default;

    /// Whether events of `level` are wanted at all: callers ask before they gather costly fields.
    [[nodiscard]] virtual bool wants(log_level level) const noexcept = 0;

    /// One event: `event` is its fixed name ("session joined"), the fields are what varies.
    virtual void write(log_level level, std::string_view event, std::initializer_list<log_field> fields) = 0;
};

/// A sink that takes nothing: the default of a router in code.
[[nodiscard]] log_sink& silent_log() noexcept;

} // namespace junctor
