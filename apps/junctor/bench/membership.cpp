// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "membership.hpp"

#include <utility>

#include <fmt/format.h>

#include "failure.hpp"

namespace junctor::bench {
namespace {

constexpr std::uint64_t first_request = 1;

/// How many connections get ready at the same time: fewer than a listener usually lets wait.
constexpr std::size_t joining_max = 32;

} // namespace

void refuse(const received& message, const char* wanted)
{
    switch (message.type) {
    case challenge: throw failure("the router asks for a proof: name the --authmethod");
    case abort: throw failure(fmt::format("the router refused a session: {}", message.text));
    case error: throw failure(fmt::format("the router answered with an error: {}", message.text));
    case goodbye: throw failure(fmt::format("the router said goodbye: {}", message.text));
    default: throw failure(fmt::format("{} was expected, but a message of type {} came", wanted, message.type));
    }
}

connection& joining::add(serializer format, membership wanted)
{
    wait_until_missing(joining_max - 1);
    auto& added = net_.connect(format);
    wanted_.resize(added.number() + 1);
    wanted_.back() = std::move(wanted);
    ++missing_;
    return added;
}

void joining::complete()
{
    wait_until_missing(0);
}

void joining::wait_until_missing(std::size_t most)
{
    while (missing_ > most) {
        if (!net_.turn(*this))
            throw failure(
                fmt::format("{} of {} connections got no answer to what they asked for", missing_, wanted_.size()));
    }
}

void joining::on_open(connection& from)
{
    const auto& wanted = wanted_[from.number()];
    auto& out = from.open();
    if (server_ == server_kind::floor)
        out.append(wanted.floor);
    else
        write_hello(from.format(), out, wanted.realm);
    from.close();
    net_.touch(from);
}

void joining::on_message(connection& from, byte_view message)
{
    if (server_ == server_kind::floor) // It answers once, to tell that it knows.
        return ready();
    const auto answer = message_reader(from.format()).read(message);
    switch (answer.type) {
    case welcome: return on_welcome(from, wanted_[from.number()]);
    case registered:
    case subscribed: return ready();
    default: refuse(answer, "WELCOME, REGISTERED or SUBSCRIBED");
    }
}

void joining::on_welcome(connection& from, const membership& wanted)
{
    if (wanted.uri.empty())
        return ready();
    write_request(from.format(), from.open(), wanted.then, first_request, wanted.uri);
    from.close();
    net_.touch(from);
}

void leaving::complete()
{
    for (std::size_t number = 0; number < net_.size(); ++number) {
        auto& from = net_.at(number);
        write_goodbye(from.format(), from.open());
        from.close();
        net_.touch(from);
    }
    missing_ = net_.size();
    while (missing_ != 0) {
        if (!net_.turn(*this))
            throw failure(fmt::format("{} sessions got no answer to GOODBYE", missing_));
    }
}

void leaving::on_message(connection& from, byte_view message)
{
    const auto answer = message_reader(from.format()).read(message);
    if (answer.type != goodbye)
        throw failure(fmt::format("a message of type {} came although all had come: it was doubled", answer.type));
    --missing_;
}

} // namespace junctor::bench
