// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "router_process.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <stdexcept>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <junctor/codec/codec.hpp>

#include "support/names.hpp"

namespace junctor::test {

namespace {

/// Tests share their machine, and sanitizers are slow.
constexpr std::chrono::seconds patience{30};

/// How much of the log tells what went wrong.
constexpr std::size_t events_told = 8;

[[noreturn]] void fail(int error, const char* what)
{
    throw std::system_error(error, std::generic_category(), what);
}

/// Starts a program whose standard error is `log`.
pid_t spawn(std::vector<std::string> arguments, int log)
{
    std::vector<char*> pointers;
    pointers.reserve(arguments.size() + 1);
    for (auto& argument : arguments)
        pointers.push_back(argument.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawn_file_actions_adddup2(&actions, log, STDERR_FILENO);
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    if (error != 0)
        fail(error, pointers[0]);
    return pid;
}

} // namespace

router_process::router_process(const std::string& binary, const std::string& config_file)
{
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0)
        fail(errno, "pipe");
    pid_ = spawn({binary, "start", "--config", config_file, "--loglevel", "debug", "--logformat", "json"}, ends[1]);
    ::close(ends[1]);
    reader_ = std::thread([this, descriptor = ends[0]] { read_log(descriptor); });
}

router_process::~router_process()
{
    if (pid_ > 0) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    reader_.join();
}

std::size_t router_process::event_count()
{
    const std::lock_guard lock(mutex_);
    return events_.size();
}

dict router_process::wait_for(const condition& wanted, std::size_t known)
{
    std::unique_lock lock(mutex_);
    const auto* found = static_cast<const dict*>(nullptr);
    const bool came = changed_.wait_for(lock, patience, [&] {
        for (; found == nullptr && known < events_.size(); ++known)
            found = wanted(events_[known]) ? &events_[known] : nullptr;
        return found != nullptr || ended_;
    });
    if (!came || found == nullptr)
        throw std::runtime_error("the router did not log what was awaited; the end of its log: " + end_of_log());
    return *found;
}

void router_process::send_signal(int number) const
{
    if (pid_ > 0)
        ::kill(pid_, number);
}

int router_process::wait_for_exit()
{
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, patience, [&] { return ended_; }))
        throw std::runtime_error("the router did not end; the end of its log: " + end_of_log());
    int status = 0;
    if (::waitpid(std::exchange(pid_, -1), &status, 0) < 0)
        fail(errno, "waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

void router_process::read_log(int descriptor)
{
    std::string text;
    std::array<char, 4096> piece{};
    for (ssize_t count = 0; (count = ::read(descriptor, piece.data(), piece.size())) > 0;) {
        text.append(piece.data(), static_cast<std::size_t>(count));
        for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n')) {
            add(std::string_view(text).substr(0, end));
            text.erase(0, end + 1);
        }
    }
    ::close(descriptor);
    const std::lock_guard lock(mutex_);
    ended_ = true;
    changed_.notify_all();
}

void router_process::add(std::string_view line)
{
    const auto parsed = read_value({serializer::json, as_bytes(line)});
    const auto* const event = parsed.has_value() ? parsed->get_if<dict>() : nullptr;
    const std::lock_guard lock(mutex_);
    events_.push_back(event != nullptr ? *event : dict{{"text", line}});
    changed_.notify_all();
}

/// With the lock held.
std::string router_process::end_of_log()
{
    std::string told;
    for (auto at = events_.size() - std::min(events_.size(), events_told); at != events_.size(); ++at)
        told += "\n" + to_json(events_[at]);
    return told;
}

bool is_event(const dict& event, std::string_view name)
{
    const auto* const called = event.find("event");
    return called != nullptr && *called == value(name);
}

} // namespace junctor::test
