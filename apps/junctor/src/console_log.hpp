// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The log of the program: one line per event on standard error.

#include <memory>
#include <optional>

#include <junctor/base/log.hpp>

#include "log_format.hpp"

namespace spdlog {
class logger;
}

namespace junctor {

/// Writes what the library logs to standard error, with the time in UTC. Safe to use from several threads.
class console_log final : public log_sink {
public:
    /// Writes events of `least` and above; none at all if it is absent.
    console_log(std::optional<log_level> least, log_format format);
    ~console_log() override;

    [[nodiscard]] bool wants(log_level level) const noexcept override;
    void write(log_level level, std::string_view event, std::initializer_list<log_field> fields) override;

private:
    log_format format_;
    std::unique_ptr<spdlog::logger> logger_;
};

} // namespace junctor
