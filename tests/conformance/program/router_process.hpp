// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The program `junctor` as a process of its own, watched by its log.

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include <sys/types.h>

#include <junctor/base/value.hpp>

namespace junctor::test {

/// A router that runs as long as the object. What it logs is read by a thread of its own, so that it never waits for
/// the test. Used by one thread. Whatever takes longer than thirty seconds throws `std::runtime_error`.
class router_process {
public:
    using condition = std::function<bool(const dict&)>;

    /// Starts `binary` with the configuration that is in `config_file`.
    router_process(const std::string& binary, const std::string& config_file);
    router_process(const router_process&) = delete;
    router_process& operator=(const router_process&) = delete;

    /// Kills it, if it still runs.
    ~router_process();

    /// How many events it has logged so far.
    [[nodiscard]] std::size_t event_count();

    /// The first event that is `wanted`, of those that come after the first `known` ones; waits for it. Each is looked
    /// at once, in their order. Throws `std::runtime_error`, with the end of the log, if it does not come.
    [[nodiscard]] dict wait_for(const condition& wanted, std::size_t known = 0);

    void send_signal(int number) const;

    /// Waits for its end, and returns its exit code; of one that was ended by a signal, its negative number.
    int wait_for_exit();

private:
    void read_log(int descriptor);
    void add(std::string_view line);
    [[nodiscard]] std::string end_of_log();

    pid_t pid_{-1};
    std::mutex mutex_; ///< Guards what the reading thread brings.
    std::condition_variable changed_;
    std::deque<dict> events_;
    bool ended_{false};
    std::thread reader_;
};

/// Whether the event is called `name`.
[[nodiscard]] bool is_event(const dict& event, std::string_view name);

} // namespace junctor::test
