// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One guest worker: executed, watched, executed again, and ended.

#include <chrono>
#include <exception>
#include <memory>
#include <optional>
#include <string_view>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/config/guest_config.hpp>

#include "child_process.hpp"
#include "restart_delays.hpp"

namespace junctor {

/// Runs the program that a configuration describes for as long as that says. All that happens to it is logged, with its
/// id as `worker`; its arguments, environment and input, which may be secret, are not. Used on the main thread, whose
/// io_context and log must outlive it; that must not run any more if it is destroyed before it `is_done`.
class guest {
public:
    /// `open_files` is the limit that the program gets, rather than that of this process.
    guest(boost::asio::io_context& io, guest_config config, const std::optional<rlimit>& open_files, log_sink& log);

    /// Executes the program, now and whenever it is to be executed again. To be called once.
    void start();

    /// Ends it: by SIGTERM, and by SIGKILL if it takes longer than its `stop_timeout`. It is not executed again.
    void stop();

    /// Whether the program has ended and is not executed again, or was never started.
    [[nodiscard]] bool is_done() const noexcept { return done_; }

    [[nodiscard]] const guest_config& config() const noexcept { return config_; }

private:
    using clock = std::chrono::steady_clock;
    using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor>;
    struct running;

    void end(const std::exception_ptr& failure);
    awaitable<void> run();
    awaitable<bool> run_once();
    awaitable<void> watch(running& now);
    awaitable<void> read_output(stream_descriptor& from, output_use use, std::string_view name);
    awaitable<void> feed(running& now);
    awaitable<void> pause(clock::duration length);

    [[nodiscard]] bool is_needed_again(bool failed) const noexcept;
    [[nodiscard]] bool begin();
    [[nodiscard]] bool log_end(pid_t id, const child_end& end);
    void log_line(std::string_view name, std::string_view line, bool continues);
    void end_in_time();
    void kill_the_rest();

    boost::asio::io_context& io_;
    guest_config config_;
    child_program program_;
    log_sink& log_;
    restart_delays delays_;
    timer pausing_;  ///< Until it is executed again.
    timer patience_; ///< Until it is killed.
    std::shared_ptr<running> running_;
    bool stopping_{false};
    bool done_{true};
};

} // namespace junctor
