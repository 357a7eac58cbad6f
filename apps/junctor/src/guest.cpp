// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "guest.hpp"

#include <csignal>
#include <cstring>
#include <exception>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/write.hpp>

#include "guest_environment.hpp"
#include "output_lines.hpp"

namespace junctor {
namespace {

constexpr auto quietly = boost::asio::as_tuple(boost::asio::deferred);

/// What is read at once. If it is full, there is more to come, and who writes so much must wait: logging it takes at
/// most one part of so many of the thread, which has clients to serve.
constexpr std::size_t read_bytes = 4096;
constexpr int thread_share = 10;

std::string signal_name(int number)
{
    const char* const name = sigabbrev_np(number);
    return name != nullptr ? std::string("SIG") + name : std::to_string(number);
}

child_program program_of(const guest_config& config, const std::optional<rlimit>& open_files)
{
    return {config.executable, config.arguments, make_environment(config.environment, environ), config.work_directory,
            open_files};
}

/// What the program gets for one of its streams, and what this process keeps of it.
struct stream_pair {
    file_descriptor theirs;
    file_descriptor ours;
};

stream_pair output_pair(output_use use)
{
    if (use == output_use::close)
        return {open_null(), file_descriptor()};
    auto made = make_pipe();
    return {std::move(made.writing), std::move(made.reading)};
}

stream_pair input_pair(const std::optional<guest_input>& input)
{
    if (!input)
        return {open_null(), file_descriptor()};
    auto made = make_pipe();
    return {std::move(made.reading), std::move(made.writing)};
}

void keep(stream_descriptor& kept, file_descriptor&& ours)
{
    if (ours.get() != -1)
        kept.assign(ours.release());
}

void close(stream_descriptor& stream)
{
    boost::system::error_code ignored; // It is closed whatever the answer.
    stream.close(ignored);
}

} // namespace

/// The process, and the ends of its streams that belong to this one.
struct guest::running {
    static std::shared_ptr<running> make(boost::asio::io_context& io, const guest_config& config,
                                         const child_program& program)
    {
        auto in = input_pair(config.input);
        auto out = output_pair(config.standard_output);
        auto error = output_pair(config.standard_error);
        auto made = std::make_shared<running>(io, program,
                                              child_streams{in.theirs.get(), out.theirs.get(), error.theirs.get()});
        keep(made->in, std::move(in.ours));
        keep(made->out, std::move(out.ours));
        keep(made->error, std::move(error.ours));
        return made;
    }

    running(boost::asio::io_context& io, const child_program& program, child_streams streams)
        : process(io, program, streams), in(io), out(io), error(io)
    {
    }

    child_process process;
    stream_descriptor in;
    stream_descriptor out;
    stream_descriptor error;
    bool told_to_end{false};
};

guest::guest(boost::asio::io_context& io, guest_config config, const std::optional<rlimit>& open_files, log_sink& log)
    : io_{io},
      config_{std::move(config)},
      program_{program_of(config_, open_files)},
      log_{log},
      delays_{config_.restart_delay, config_.restart_delay_max},
      pausing_(io),
      patience_(io)
{
}

void guest::start()
{
    done_ = false;
    boost::asio::co_spawn(io_, run(), [this](const std::exception_ptr& failure) { end(failure); });
}

/// A failure is that of this process, such as a lack of memory.
void guest::end(const std::exception_ptr& failure)
{
    done_ = true;
    running_.reset();
    try {
        if (failure)
            std::rethrow_exception(failure);
    } catch (const std::exception& cause) {
        log_.write(log_level::error, "guest given up", {{"worker", config_.id}, {"cause", cause.what()}});
    }
}

void guest::stop()
{
    stopping_ = true;
    pausing_.cancel();
    if (running_)
        end_in_time();
}

/// The program is started again from here, so that this is the whole story of a guest.
awaitable<void> guest::run()
{
    while (!stopping_) {
        const auto began = clock::now();
        const bool failed = co_await run_once();
        if (!is_needed_again(failed))
            break;
        const auto delay = delays_.after(clock::now() - began);
        log_.write(log_level::info, "guest restarts", {{"worker", config_.id}, {"delay_ms", delay.count()}});
        pausing_.expires_after(delay);
        auto [cancelled] = co_await pausing_.async_wait(quietly);
        static_cast<void>(cancelled); // By `stop` only, after which the loop ends.
    }
}

bool guest::is_needed_again(bool failed) const noexcept
{
    const bool wanted =
        config_.restart == restart_policy::always || (config_.restart == restart_policy::on_failed && failed);
    return wanted && !stopping_;
}

/// Whether the program is executed.
bool guest::begin()
{
    try {
        running_ = running::make(io_, config_, program_);
    } catch (const std::exception& failure) {
        log_.write(log_level::error, "guest not started", {{"worker", config_.id}, {"cause", failure.what()}});
        return false;
    }
    log_.write(log_level::info, "guest started", {{"worker", config_.id}, {"pid", running_->process.id()}});
    return true;
}

/// Executes the program once. Whether it failed.
awaitable<bool> guest::run_once()
{
    using boost::asio::experimental::awaitable_operators::operator&&;
    if (!begin())
        co_return true;
    auto& now = *running_;
    auto all = watch(now) && read_output(now.out, config_.standard_output, "stdout") &&
               read_output(now.error, config_.standard_error, "stderr") && feed(now);
    co_await std::move(all);
    patience_.cancel();
    now.process.signal(SIGKILL); // What is left of its group has no output any more, or has had its time.
    const auto id = now.process.id();
    const auto end = now.process.reap();
    running_.reset();
    co_return log_end(id, end);
}

/// Waits for the end of the process. What it leaves behind in its group is told to end, too.
awaitable<void> guest::watch(running& now)
{
    co_await now.process.ended();
    end_in_time();
}

void guest::end_in_time()
{
    if (std::exchange(running_->told_to_end, true))
        return;
    running_->process.signal(SIGTERM);
    patience_.expires_after(config_.stop_timeout);
    patience_.async_wait([this](const boost::system::error_code& cancelled) {
        if (!cancelled)
            kill_the_rest();
    });
}

/// A process that has left the group may still hold the streams: nobody waits for it.
void guest::kill_the_rest()
{
    if (!running_)
        return;
    log_.write(log_level::warning, "guest killed",
               {{"worker", config_.id}, {"pid", running_->process.id()}, {"after_ms", config_.stop_timeout.count()}});
    running_->process.signal(SIGKILL);
    close(running_->in);
    close(running_->out);
    close(running_->error);
}

/// Whether that counts as a failure.
bool guest::log_end(pid_t id, const child_end& end)
{
    const bool failed = end.signal != 0 || end.exit_code != 0;
    const auto level = failed && !stopping_ ? log_level::warning : log_level::info;
    if (end.signal != 0)
        log_.write(level, "guest ended", {{"worker", config_.id}, {"pid", id}, {"signal", signal_name(end.signal)}});
    else
        log_.write(level, "guest ended", {{"worker", config_.id}, {"pid", id}, {"exit_code", end.exit_code}});
    return failed;
}

/// Reads what the program writes until nobody can write any more.
awaitable<void> guest::read_output(stream_descriptor& from, output_use use, std::string_view name)
{
    std::vector<char> read(from.is_open() ? read_bytes : 0);
    output_lines lines([&](std::string_view line, bool continues) { log_line(name, line, continues); });
    while (from.is_open()) {
        auto [error, count] = co_await from.async_read_some(boost::asio::buffer(read), quietly);
        const auto began = clock::now();
        if (use == output_use::log)
            lines.add({read.data(), count});
        if (error)
            break;
        if (count == read.size())
            co_await pause((thread_share - 1) * (clock::now() - began));
    }
    lines.finish();
}

void guest::log_line(std::string_view name, std::string_view line, bool continues)
{
    if (continues)
        log_.write(log_level::info, "guest output",
                   {{"worker", config_.id}, {"stream", name}, {"line", line}, {"continues", true}});
    else
        log_.write(log_level::info, "guest output", {{"worker", config_.id}, {"stream", name}, {"line", line}});
}

awaitable<void> guest::pause(clock::duration length)
{
    timer resting(io_, length);
    auto [cancelled] = co_await resting.async_wait(quietly);
    static_cast<void>(cancelled); // Nothing cancels it.
}

/// Writes what the program is to read. One that does not read it ends some time, and this with it.
awaitable<void> guest::feed(running& now)
{
    if (!now.in.is_open())
        co_return;
    auto [error, count] = co_await boost::asio::async_write(now.in, boost::asio::buffer(config_.input->text), quietly);
    if (error)
        log_.write(log_level::debug, "guest input not read",
                   {{"worker", config_.id}, {"cause", error.message()}, {"bytes_written", count}});
    if (error || config_.input->closes)
        close(now.in);
}

} // namespace junctor
