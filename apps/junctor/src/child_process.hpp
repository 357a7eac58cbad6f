// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Processes that this one starts, watches and ends.

#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>
#include <sys/types.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/transport/file_descriptor.hpp>

namespace junctor {

/// A file descriptor that coroutines wait for.
using stream_descriptor = boost::asio::posix::basic_stream_descriptor<executor>;

/// The two ends of a pipe.
struct pipe_ends {
    file_descriptor reading;
    file_descriptor writing;
};

/// A pipe that programs which are executed do not see. Throws `std::system_error`.
[[nodiscard]] pipe_ends make_pipe();

/// What nothing can be read from, and where everything that is written vanishes. Throws `std::system_error`.
[[nodiscard]] file_descriptor open_null();

/// A program and what it is executed with.
struct child_program {
    std::string path;                     ///< Absolute; it is the first argument, too.
    std::vector<std::string> arguments;   ///< Those that follow.
    std::vector<std::string> environment; ///< NAME=VALUE
    std::string directory;                ///< Where it works.
    std::optional<rlimit> open_files;     ///< Its limit of open files; that of this process if there is nothing.
};

/// Its standard input, output and error: descriptors of this process, of which it gets copies, and no others.
struct child_streams {
    int in;
    int out;
    int error;
};

/// How a process has ended.
struct child_end {
    int exit_code{0}; ///< Of one that ended by itself.
    int signal{0};    ///< The signal that ended it, or 0.
};

/// A process that leads a process group of its own. It does not outlive the thread that started it, which therefore
/// must be the main one: then it is killed also if this process is. What it starts itself belongs to its group unless
/// it leaves it, but is not killed with this process. Used on one thread, that of the io_context.
class child_process {
public:
    /// Executes `program`, and returns when that has begun. Throws if it cannot be executed: `std::system_error`, or
    /// what Asio throws.
    child_process(boost::asio::io_context& io, child_program program, child_streams streams);
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;

    /// Kills the group if the process was not reaped. Does not wait.
    ~child_process();

    [[nodiscard]] pid_t id() const noexcept { return id_; }

    /// Completes when the process has ended; the others of its group may go on. Its id stays taken until it is reaped.
    [[nodiscard]] awaitable<void> ended();

    /// Sends the signal `number` to every process of the group; none if the process was reaped.
    void signal(int number) noexcept;

    /// How the process, which has ended, did so. To be called once.
    [[nodiscard]] child_end reap() noexcept;

private:
    pid_t id_;
    stream_descriptor handle_;
};

} // namespace junctor
