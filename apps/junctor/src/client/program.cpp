// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "program.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <system_error>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#include <boost/asio/write.hpp>
#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ; // NOLINT(readability-redundant-declaration): not every header has it.

namespace junctor::cli {
namespace {

using descriptor = boost::asio::posix::basic_stream_descriptor<executor>;

[[noreturn]] void fail(int error, const char* what)
{
    throw std::system_error(error, std::generic_category(), what);
}

/// Both ends of a pipe, which are closed unless they are taken.
class pipe_ends {
public:
    pipe_ends()
    {
        if (pipe2(ends_.data(), O_CLOEXEC) != 0)
            fail(errno, "no pipe to a program can be made");
    }
    pipe_ends(const pipe_ends&) = delete;
    pipe_ends& operator=(const pipe_ends&) = delete;
    ~pipe_ends()
    {
        for (const int end : ends_) {
            if (end >= 0)
                close(end);
        }
    }

    [[nodiscard]] int reading() const noexcept { return ends_[0]; }
    [[nodiscard]] int writing() const noexcept { return ends_[1]; }
    int take_reading() noexcept { return std::exchange(ends_[0], -1); }
    int take_writing() noexcept { return std::exchange(ends_[1], -1); }

private:
    std::array<int, 2> ends_{-1, -1};
};

/// How a program is started: its standard streams, its process group and its signals.
class spawning {
public:
    spawning(int input, int output, int error_output)
    {
        posix_spawn_file_actions_init(&files_);
        posix_spawn_file_actions_adddup2(&files_, input, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&files_, output, STDOUT_FILENO);
        posix_spawn_file_actions_adddup2(&files_, error_output, STDERR_FILENO);
        posix_spawn_file_actions_addclosefrom_np(&files_, STDERR_FILENO + 1);
        posix_spawnattr_init(&attributes_);
        posix_spawnattr_setflags(&attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
        sigset_t usual;
        sigemptyset(&usual);
        posix_spawnattr_setsigmask(&attributes_, &usual);
        sigaddset(&usual, SIGPIPE); // This process ignores it, and programs expect that it ends them.
        posix_spawnattr_setsigdefault(&attributes_, &usual);
    }
    spawning(const spawning&) = delete;
    spawning& operator=(const spawning&) = delete;
    ~spawning()
    {
        posix_spawn_file_actions_destroy(&files_);
        posix_spawnattr_destroy(&attributes_);
    }

    pid_t start(std::vector<std::string>& command)
    {
        std::vector<char*> words;
        for (auto& each : command)
            words.push_back(each.data());
        words.push_back(nullptr);
        pid_t process = -1;
        if (const int error = posix_spawn(&process, words.front(), &files_, &attributes_, words.data(), environ))
            fail(error, command.front().c_str());
        return process;
    }

private:
    posix_spawn_file_actions_t files_{};
    posix_spawnattr_t attributes_{};
};

/// A program that runs. Whatever is left of it at the end of this object is killed.
class running_program {
public:
    running_program(boost::asio::io_context& io, std::vector<std::string> command)
        : input{io}, output{io}, error_output{io}, ended_{io}
    {
        pipe_ends in;
        pipe_ends out;
        pipe_ends error;
        process_ = spawning(in.reading(), out.writing(), error.writing()).start(command);
        const auto handle = static_cast<int>(syscall(SYS_pidfd_open, process_, 0)); // It has O_CLOEXEC.
        if (handle < 0) {
            const int why = errno;
            end();
            fail(why, "a program cannot be watched");
        }
        ended_.assign(handle);
        input.assign(in.take_writing());
        output.assign(out.take_reading());
        error_output.assign(error.take_reading());
    }
    running_program(const running_program&) = delete;
    running_program& operator=(const running_program&) = delete;
    ~running_program() { end(); }

    void kill() const noexcept { ::kill(-process_, SIGKILL); }

    /// Completes when it has ended. The object must outlive the coroutine.
    awaitable<void> wait()
    {
        auto waiting = ended_.async_wait(descriptor::wait_read, boost::asio::deferred);
        co_await std::move(waiting);
    }

    /// What it ended with, after `wait`.
    int exit_code() noexcept
    {
        const int status = end();
        return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }

    descriptor input;
    descriptor output;
    descriptor error_output;

private:
    /// Kills what is left in its process group, and takes the status of the program. The group cannot be that of others
    /// yet: its number is not free before the status is taken.
    int end() noexcept
    {
        if (process_ < 0)
            return 0;
        kill();
        int status = 0;
        while (waitpid(process_, &status, 0) < 0 && errno == EINTR) {
        }
        process_ = -1;
        return status;
    }

    pid_t process_{-1};
    descriptor ended_;
};

/// Gives the program its input. One that does not read it to its end has not done wrong.
awaitable<void> feed(running_program& program, const std::string& input)
{
    auto writing = boost::asio::async_write(program.input, boost::asio::buffer(input),
                                            boost::asio::as_tuple(boost::asio::deferred));
    const auto [error, count] = co_await std::move(writing);
    static_cast<void>(count);
    if (error && error != boost::asio::error::broken_pipe)
        throw boost::system::system_error(error);
    program.input.close();
}

/// Reads to the end, and gives `take` what comes.
template <class Take>
awaitable<void> read_to_end(descriptor& from, Take take)
{
    std::array<char, 16'384> octets; // NOLINT(cppcoreguidelines-pro-type-member-init): filled by reading.
    for (;;) {
        auto reading = from.async_read_some(boost::asio::buffer(octets), boost::asio::as_tuple(boost::asio::deferred));
        const auto [error, count] = co_await std::move(reading);
        if (error == boost::asio::error::eof)
            co_return;
        if (error)
            throw boost::system::system_error(error);
        take(std::string_view(octets.data(), count));
    }
}

} // namespace

std::optional<std::string> find_program(const std::string& name)
{
    const auto is_program = [](const std::string& path) {
        struct stat found {};
        return stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) && access(path.c_str(), X_OK) == 0;
    };
    if (name.find('/') != std::string::npos)
        return is_program(name) ? std::optional(name) : std::nullopt;
    const auto* const path = std::getenv("PATH"); // NOLINT(concurrency-mt-unsafe): nobody sets any.
    std::string_view folders = path != nullptr ? path : "/usr/bin:/bin";
    while (!name.empty() && !folders.empty()) {
        const auto folder = folders.substr(0, folders.find(':'));
        folders.remove_prefix(std::min(folders.size(), folder.size() + 1));
        auto candidate = std::string(folder.empty() ? "." : folder) + "/" + name;
        if (is_program(candidate))
            return candidate;
    }
    return std::nullopt;
}

awaitable<program_result> run_program(boost::asio::io_context& io, std::vector<std::string> command, std::string input,
                                      output_limits limits)
{
    using namespace boost::asio::experimental::awaitable_operators;
    program_result result;
    running_program program(io, std::move(command));
    const auto take_output = [&](std::string_view more) {
        result.output += more;
        if (result.output.size() <= limits.output_bytes_max)
            return;
        result.output.clear();
        result.has_flooded = true;
        program.kill();
    };
    const auto take_error = [&](std::string_view more) {
        result.error_output += more.substr(0, limits.error_bytes_max - result.error_output.size());
    };
    auto feeding = feed(program, input);
    auto reading = read_to_end(program.output, take_output);
    auto reading_error = read_to_end(program.error_output, take_error);
    auto ending = program.wait();
    auto all = std::move(feeding) && std::move(reading) && std::move(reading_error) && std::move(ending);
    co_await std::move(all);
    result.exit_code = program.exit_code();
    co_return result;
}

} // namespace junctor::cli
