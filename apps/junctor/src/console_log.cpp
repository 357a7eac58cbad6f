// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "console_log.hpp"

#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>

namespace junctor {
namespace {

constexpr auto text_pattern = "%Y-%m-%dT%H:%M:%S.%eZ %l %v";
constexpr auto json_pattern = R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l",%v})";

spdlog::level::level_enum to_spdlog(log_level level) noexcept
{
    switch (level) {
    case log_level::trace: return spdlog::level::trace;
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warning: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    }
    return spdlog::level::err;
}

} // namespace

console_log::console_log(std::optional<log_level> least, log_format format)
    : format_{format},
      logger_{std::make_unique<spdlog::logger>("junctor", std::make_shared<spdlog::sinks::stderr_sink_mt>())}
{
    logger_->set_level(least ? to_spdlog(*least) : spdlog::level::off);
    const auto* const pattern = format == log_format::json ? json_pattern : text_pattern;
    logger_->set_formatter(std::make_unique<spdlog::pattern_formatter>(pattern, spdlog::pattern_time_type::utc));
}

console_log::~console_log() = default;

bool console_log::wants(log_level level) const noexcept
{
    return logger_->should_log(to_spdlog(level));
}

void console_log::write(log_level level, std::string_view event, std::initializer_list<log_field> fields)
{
    if (wants(level))
        logger_->log(to_spdlog(level),
                     spdlog::string_view_t(format_event(format_, event, {fields.begin(), fields.size()})));
}

} // namespace junctor
