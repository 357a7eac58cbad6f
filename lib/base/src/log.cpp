// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/base/log.hpp>

#include <array>

namespace junctor {

std::string_view to_string(log_level level) noexcept
{
    static constexpr std::array<std::string_view, 5> names{"trace", "debug", "info", "warning", "error"};
    return names[static_cast<std::size_t>(level)];
}

log_sink& silent_log() noexcept
{
    class silence final : public log_sink {
    public:
        bool wants(log_level) const noexcept override { return false; }
        void write(log_level, std::string_view, std::initializer_list<log_field>) override {}
    };
    static silence instance;
    return instance;
}

} // namespace junctor
