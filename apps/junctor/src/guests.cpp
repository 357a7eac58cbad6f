// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "guests.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace junctor {
namespace {

/// How long the system may take to end a process after SIGKILL. One that hangs in a system call is not waited for.
constexpr std::chrono::seconds kill_margin{2};

} // namespace

guests::guests(boost::asio::io_context& io, std::vector<guest_config> configs, const std::optional<rlimit>& open_files,
               log_sink& log)
    : io_{io}, log_{log}
{
    for (auto& config : configs)
        all_.push_back(std::make_unique<guest>(io, std::move(config), open_files, log));
}

void guests::start()
{
    for (const auto& one : all_)
        one->start();
}

bool guests::is_done() const noexcept
{
    return std::all_of(all_.begin(), all_.end(), [](const auto& one) { return one->is_done(); });
}

void guests::stop()
{
    std::chrono::milliseconds longest{0};
    for (const auto& one : all_) {
        longest = std::max(longest, one->config().stop_timeout);
        one->stop();
    }
    const auto until = std::chrono::steady_clock::now() + longest + kill_margin;
    while (!is_done() && io_.run_one_until(until) != 0) {
    }
    io_.restart(); // It may have run out of work.
    for (const auto& one : all_) {
        if (!one->is_done())
            log_.write(log_level::error, "guest left behind", {{"worker", one->config().id}});
    }
}

} // namespace junctor
