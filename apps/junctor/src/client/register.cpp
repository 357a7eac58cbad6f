// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <algorithm>
#include <cstdio>
#include <memory>
#include <system_error>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>
#include <junctor/codec/utf8.hpp>

#include "content.hpp"
#include "program.hpp"
#include "slots.hpp"
#include "text.hpp"
#include "works.hpp"

namespace junctor::cli {
namespace {

/// The URI of the error that answers a call whose program failed.
constexpr auto program_failed_uri = "junctor.error.program_failed";

application_error failure(std::string text, dict details = {})
{
    return application_error(program_failed_uri, list{std::move(text)}, std::move(details));
}

/// What the program reads.
std::string input_of(const client::incoming_call& call)
{
    auto input = to_dict(call.content());
    input.set("procedure", call.procedure());
    if (call.caller())
        input.set("caller", call.caller()->number());
    if (!call.caller_authid().empty())
        input.set("caller_authid", call.caller_authid());
    if (!call.caller_authrole().empty())
        input.set("caller_authrole", call.caller_authrole());
    return to_json(input) + "\n";
}

std::string without_last_line_end(std::string text)
{
    if (text.ends_with('\n'))
        text.pop_back();
    return text;
}

application_error failure_of(program_result result)
{
    if (result.has_flooded)
        return application_error(errc::payload_size_exceeded);
    dict details;
    if (result.exit_code < 0)
        details.set("signal", -result.exit_code);
    else
        details.set("exit_code", result.exit_code);
    auto text = is_utf8(result.error_output) ? without_last_line_end(std::move(result.error_output)) : std::string();
    if (text.empty())
        text = "the program failed";
    return failure(std::move(text), std::move(details));
}

/// A result of which the program has written all parts.
arguments whole_result(const std::string& output)
{
    auto content = read_value({serializer::json, as_bytes(output)});
    auto* const parts = content ? content->get_if<dict>() : nullptr;
    if (parts == nullptr)
        throw failure("the program has not written a dict in JSON");
    arguments result;
    for (const auto& [key, part] : *parts) {
        const auto* const args = key == "args" ? part.get_if<list>() : nullptr;
        const auto* const kwargs = key == "kwargs" ? part.get_if<dict>() : nullptr;
        if (args == nullptr && kwargs == nullptr)
            throw failure("the program has written something else than a list args and a dict kwargs");
        if (args != nullptr)
            result.args = *args;
        else
            result.kwargs = *kwargs;
    }
    return result;
}

arguments result_of(program_result result, bool raw)
{
    if (!result.succeeded())
        throw failure_of(std::move(result));
    std::fwrite(result.error_output.data(), 1, result.error_output.size(), stderr);
    if (!is_utf8(result.output))
        throw failure("the program has written something that is not UTF-8");
    if (raw)
        return whole_result(result.output);
    const auto text = without_last_line_end(std::move(result.output));
    arguments content;
    if (!text.empty())
        content.args.push_back(meant_by(text));
    return content;
}

/// What all calls have in common.
struct callee {
    callee(client_run& by, std::vector<std::string> program, std::size_t concurrency)
        : run{by}, command{std::move(program)}, places{by.io(), concurrency}
    {
    }

    client_run& run;
    std::vector<std::string> command;
    slots places;
};

awaitable<arguments> answer(std::shared_ptr<callee> by, client::incoming_call call)
{
    auto waiting = slots::wait(by->places);
    co_await std::move(waiting);
    const slots::taken place(by->places);
    program_result result;
    std::string unable;
    try {
        auto running = run_program(by->run.io(), by->command, input_of(call), output_limits());
        result = co_await std::move(running);
    } catch (const boost::system::system_error&) {
        throw; // It was canceled.
    } catch (const std::system_error& error) {
        unable = error.what();
    }
    if (!unable.empty()) {
        by->run.log().write(log_level::error, "program cannot be run", {{"cause", unable}});
        throw failure("the program cannot be run");
    }
    co_return result_of(std::move(result), by->run.what().raw);
}

std::size_t concurrency_of(const options& what)
{
    return what.concurrency != 0 ? what.concurrency : std::max<std::size_t>(std::thread::hardware_concurrency(), 1);
}

/// The command with the path of its program. Throws `bad_usage` if there is none.
std::vector<std::string> find_command(std::vector<std::string> command)
{
    const auto path = find_program(command.front());
    if (!path)
        throw bad_usage(fmt::format("there is no program {} that can be executed", command.front()));
    command.front() = *path;
    return command;
}

} // namespace

void answer_calls(client_run& run, client::component& serving)
{
    const auto& what = run.what();
    const auto by = std::make_shared<callee>(run, find_command(what.program), concurrency_of(what));
    const auto answer_call = [by](client::incoming_call call) { return answer(by, std::move(call)); };
    client::register_options how;
    how.match(what.match).invoke(what.invoke);
    serving.procedure(what.uris.front(), answer_call, how);
}

} // namespace junctor::cli
