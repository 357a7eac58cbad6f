// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "rpc_load.hpp"

#include <utility>

#include <fmt/format.h>

#include "failure.hpp"
#include "membership.hpp"

namespace junctor::bench {
namespace {

std::string procedure_of(std::size_t callee)
{
    return fmt::format("com.example.bench.procedure{}", callee);
}

message_template call_template(serializer format, const numbered_argument& argument, std::size_t callee)
{
    const auto procedure = procedure_of(callee);
    return {format, argument, [&](byte_buffer& out, std::uint64_t request, std::string_view text) {
                write_call(format, out, request, procedure, text);
            }};
}

message_template yield_template(serializer format, const numbered_argument& argument)
{
    return {format, argument, [&](byte_buffer& out, std::uint64_t request, std::string_view text) {
                write_yield(format, out, request, text);
            }};
}

} // namespace

rpc_load::rpc_load(const options& what, network& net, measurement& measured)
    : net_{net},
      measured_{measured},
      lockstep_{what.lockstep},
      invocation_type_{what.floor ? call : invocation},
      result_type_{what.floor ? yield : result},
      argument_{what.payload_bytes},
      sender_reader_{what.sender},
      receiver_reader_{what.receiver}
{
    connect_all(what, net);
}

void rpc_load::connect_all(const options& what, network& net)
{
    const auto realm_of = [&](std::size_t callee) { return what.realms[callee % what.realms.size()]; };
    joining joined(net, what.floor ? server_kind::floor : server_kind::router);
    for (std::size_t index = 0; index < what.callees; ++index) {
        auto& at =
            joined.add(what.receiver, {realm_of(index), register_, procedure_of(index), fmt::format("E {}", index)});
        callees_.push_back(
            {&at, yield_template(what.receiver, argument_), std::vector<std::uint64_t>(what.callers), {}});
    }
    joined.complete();
    for (std::size_t index = 0; index < what.callers; ++index) {
        const auto callee = index % what.callees;
        auto& at = joined.add(what.sender, {realm_of(callee), {}, {}, fmt::format("C {}", index)});
        callers_.push_back({&at, call_template(what.sender, argument_, callee), window(what.depth)});
    }
    joined.complete();
}

void rpc_load::start()
{
    if (lockstep_)
        return fill(callers_.front());
    for (auto& each : callers_)
        fill(each);
}

std::string rpc_load::missing() const
{
    return fmt::format("{} result{}", under_way_, under_way_ == 1 ? "" : "s");
}

void rpc_load::fill(caller& of)
{
    const auto number = static_cast<std::size_t>(&of - callers_.data());
    while (of.calls.open() && measured_.take())
        send_call(of, number);
}

void rpc_load::send_call(caller& from, std::size_t number)
{
    const auto request = from.calls.send(net_.now(), 1);
    from.call.append(from.at->open(), request, {number, request});
    from.at->close();
    net_.touch(*from.at);
    ++under_way_;
}

void rpc_load::on_message(connection& from, byte_view message)
{
    const auto number = from.number();
    if (number < callees_.size())
        on_invocation(callees_[number], receiver_reader_.read(message));
    else
        on_result(callers_[number - callees_.size()], number - callees_.size(), sender_reader_.read(message));
}

void rpc_load::on_invocation(callee& at, const received& message)
{
    if (message.type != invocation_type_)
        refuse(message, "INVOCATION");
    const auto number = argument_.read(message.argument);
    if (number.sender >= callers_.size() || number.index != at.seen[number.sender] + 1)
        throw failure(
            fmt::format("call {} of caller {} was invoked out of order, or twice", number.index, number.sender));
    at.seen[number.sender] = number.index;
    if (!lockstep_)
        return answer(at, message.numbers[0], number);
    at.held.emplace_back(message.numbers[0], number);
    if (at.held.size() < under_way_)
        return;
    for (const auto& [request, held] : at.held)
        answer(at, request, held);
    at.held.clear();
}

void rpc_load::answer(callee& at, std::uint64_t request, message_number number)
{
    at.yield.append(at.at->open(), request, number);
    at.at->close();
    net_.touch(*at.at);
}

void rpc_load::on_result(caller& at, std::size_t number, const received& message)
{
    if (message.type != result_type_)
        refuse(message, "RESULT");
    const auto request = message.numbers[0];
    if (!at.calls.holds(request))
        throw failure(fmt::format("caller {} got a second result of call {}, or one of no call", number, request));
    if (argument_.read(message.argument) != message_number{number, request})
        throw failure(fmt::format("caller {} got the result of another call for call {}", number, request));
    measured_.arrived();
    measured_.took(net_.now(), at.calls.sent_at(request));
    at.calls.arrive(request);
    --under_way_;
    if (!lockstep_)
        fill(at);
    else if (under_way_ == 0)
        next_in_lockstep();
}

void rpc_load::next_in_lockstep()
{
    turn_ = (turn_ + 1) % callers_.size();
    fill(callers_[turn_]);
}

} // namespace junctor::bench
