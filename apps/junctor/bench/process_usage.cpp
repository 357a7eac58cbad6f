// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "process_usage.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

#include <unistd.h>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

std::uint64_t cpu_time_of(pid_t pid)
{
    clockid_t clock{};
    timespec time{};
    if (const int error = clock_getcpuclockid(pid, &clock); error != 0)
        throw system_failure(fmt::format("process {}", pid), error);
    if (clock_gettime(clock, &time) != 0)
        throw system_failure(fmt::format("process {}", pid), errno);
    return static_cast<std::uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<std::uint64_t>(time.tv_nsec);
}

/// Fills in what /proc/PID/stat says. Its second field may hold anything, so fields are counted from the last ")".
void read_stat(pid_t pid, process_usage& into)
{
    std::ifstream file(fmt::format("/proc/{}/stat", pid));
    std::string text;
    if (!std::getline(file, text))
        throw failure(fmt::format("process {}: it has ended", pid));
    std::istringstream fields(text.substr(text.rfind(')') + 1));
    std::array<std::string, 24> field;
    for (std::size_t number = 3; number < field.size() + 1 && fields >> field[number - 1]; ++number) {
    }
    const auto number_in = [&](std::size_t number) -> std::uint64_t { return std::stoull("0" + field[number - 1]); };
    const auto tick_ns = 1'000'000'000ull / static_cast<std::uint64_t>(sysconf(_SC_CLK_TCK));
    into.user_ns = number_in(14) * tick_ns;
    into.system_ns = number_in(15) * tick_ns;
    into.rss_bytes = number_in(24) * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE));
}

} // namespace

process_usage usage_of(pid_t pid)
{
    process_usage now;
    now.cpu_ns = cpu_time_of(pid);
    read_stat(pid, now);
    return now;
}

process_usage difference(const process_usage& before, const process_usage& after) noexcept
{
    return {after.cpu_ns - before.cpu_ns, after.user_ns - before.user_ns, after.system_ns - before.system_ns,
            after.rss_bytes};
}

} // namespace junctor::bench
