// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "child_process.hpp"

#include <array>
#include <cerrno>
#include <csignal>
#include <system_error>
#include <utility>

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>

namespace junctor {
namespace {

/// What a process that cannot execute its program exits with, as shells do. Nobody sees it but tracers.
constexpr int not_executed = 127;

constexpr int first_beyond_standard = STDERR_FILENO + 1;

[[noreturn]] void throw_errno(const char* what)
{
    throw std::system_error(errno, std::generic_category(), what);
}

std::vector<char*> pointers_to(std::vector<std::string>& texts)
{
    std::vector<char*> pointers;
    pointers.reserve(texts.size() + 1);
    for (auto& text : texts)
        pointers.push_back(text.data());
    pointers.push_back(nullptr);
    return pointers;
}

/// What execve takes. The program must outlive it.
struct image {
    explicit image(child_program& from)
        : program{from}, arguments{pointers_to(from.arguments)}, environment{pointers_to(from.environment)}
    {
        arguments.insert(arguments.begin(), from.path.data());
    }

    const child_program& program;
    std::vector<char*> arguments;
    std::vector<char*> environment;
};

// What the new process does until it executes its program. It has the one thread that forked, and another may have held
// any lock at that moment: nothing here may allocate, lock or throw.

/// The process that forked may have ended before that: then there is nobody to be told.
bool end_with(pid_t parent) noexcept
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0)
        return false;
    if (getppid() != parent)
        _exit(not_executed);
    return true;
}

/// A signal that this process ignores or handles is neither for its program: handlers are gone by then, and SIGPIPE
/// ends most programs when it should.
bool reset_signals() noexcept
{
    struct sigaction standard {};
    standard.sa_handler = SIG_DFL;
    for (int number = 1; number < NSIG; ++number)
        sigaction(number, &standard, nullptr); // Fails for some, which nobody can have changed.
    sigset_t none;
    sigemptyset(&none);
    return pthread_sigmask(SIG_SETMASK, &none, nullptr) == 0;
}

/// Copies first, and all of them: each of them may be where another one is to go to.
bool set_streams(const child_streams& streams) noexcept
{
    std::array copies{streams.in, streams.out, streams.error};
    for (auto& copy : copies) {
        copy = fcntl(copy, F_DUPFD_CLOEXEC, first_beyond_standard);
        if (copy == -1)
            return false;
    }
    for (int target = 0; target != static_cast<int>(copies.size()); ++target) {
        if (dup2(copies[static_cast<std::size_t>(target)], target) == -1)
            return false;
    }
    return true;
}

/// Sockets are opened without the flag by which programs do not see them, among others by libraries and modules.
bool hide_the_rest() noexcept
{
    return close_range(first_beyond_standard, ~0U, CLOSE_RANGE_CLOEXEC) == 0;
}

bool set_limit(const std::optional<rlimit>& open_files) noexcept
{
    return !open_files || setrlimit(RLIMIT_NOFILE, &*open_files) == 0;
}

/// Executes the program, or writes the cause for which it cannot to `report`.
[[noreturn]] void become(const image& what, const child_streams& streams, int report, pid_t parent) noexcept
{
    const int kept_report = fcntl(report, F_DUPFD_CLOEXEC, first_beyond_standard);
    if (kept_report != -1 && setpgid(0, 0) == 0 && end_with(parent) && set_streams(streams) && hide_the_rest() &&
        set_limit(what.program.open_files) && chdir(what.program.directory.c_str()) == 0 && reset_signals())
        execve(what.program.path.c_str(), what.arguments.data(), what.environment.data());
    const int cause = errno;
    const auto written = write(kept_report, &cause, sizeof cause);
    static_cast<void>(written); // There is nowhere else to say it.
    _exit(not_executed);
}

// What goes on in this process.

/// Keeps signals from the new process until it has no handlers any more: those of this process would write into pipes
/// that the two share.
class signals_blocked {
public:
    signals_blocked() noexcept
    {
        sigset_t all;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before_);
    }
    signals_blocked(const signals_blocked&) = delete;
    signals_blocked& operator=(const signals_blocked&) = delete;
    ~signals_blocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

private:
    sigset_t before_{};
};

/// How `id`, a child that ends now or has ended, did so.
int wait_for(pid_t id) noexcept
{
    int status = 0;
    while (waitpid(id, &status, 0) == -1 && errno == EINTR) {
    }
    return status;
}

/// What the new process reports: 0 if it executes its program.
int cause_in(const file_descriptor& report) noexcept
{
    int cause = 0;
    while (read(report.get(), &cause, sizeof cause) == -1 && errno == EINTR) {
    }
    return cause;
}

pid_t execute(child_program& program, const child_streams& streams)
{
    const image prepared(program);
    auto report = make_pipe();
    const auto parent = getpid();
    pid_t id = -1;
    {
        const signals_blocked blocked;
        id = fork();
        if (id == 0)
            become(prepared, streams, report.writing.get(), parent);
    }
    if (id == -1)
        throw_errno("fork");
    report.writing = file_descriptor();
    if (const int cause = cause_in(report.reading)) {
        wait_for(id);
        throw std::system_error(cause, std::generic_category(), program.path);
    }
    return id;
}

/// A descriptor that is readable when the child `id` has ended. By its number, as the header of glibc 2.36 declares the
/// function as one of C++.
int open_handle(pid_t id)
{
    const auto handle = static_cast<int>(syscall(SYS_pidfd_open, id, 0));
    if (handle == -1)
        throw_errno("pidfd_open");
    return handle;
}

} // namespace

pipe_ends make_pipe()
{
    std::array<int, 2> ends{};
    if (pipe2(ends.data(), O_CLOEXEC) != 0)
        throw_errno("pipe");
    return {file_descriptor(ends[0]), file_descriptor(ends[1])};
}

file_descriptor open_null()
{
    const int number = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (number == -1)
        throw_errno("/dev/null");
    return file_descriptor(number);
}

child_process::child_process(boost::asio::io_context& io, child_program program, child_streams streams)
    : id_{execute(program, streams)}, handle_(io)
{
    try {
        handle_.assign(open_handle(id_));
    } catch (...) {
        signal(SIGKILL);
        wait_for(id_);
        throw;
    }
}

child_process::~child_process()
{
    if (id_ == 0)
        return;
    signal(SIGKILL);
    waitpid(id_, nullptr, WNOHANG);
}

awaitable<void> child_process::ended()
{
    auto wait = handle_.async_wait(stream_descriptor::wait_read, boost::asio::as_tuple(boost::asio::deferred));
    auto [cancelled] = co_await std::move(wait);
    static_cast<void>(cancelled); // Nothing cancels it but the end of this object.
}

void child_process::signal(int number) noexcept
{
    if (id_ != 0)
        kill(-id_, number);
}

child_end child_process::reap() noexcept
{
    const int status = wait_for(std::exchange(id_, 0));
    if (WIFSIGNALED(status))
        return {0, WTERMSIG(status)};
    return {WEXITSTATUS(status), 0};
}

} // namespace junctor
