// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "connect_load.hpp"

#include <utility>

#include <fmt/format.h>

#include "membership.hpp"

namespace junctor::bench {
namespace {

/// How many connections are opened in one turn: fewer than a listener usually lets wait.
constexpr std::size_t begun_at_once_max = 32;

} // namespace

connect_load::connect_load(const options& what, network& net, measurement& measured)
    : net_{net}, measured_{measured}, format_{what.sender}, reader_{what.sender}, logins_{what}
{
    for (std::size_t number = 0; number < what.clients; ++number) {
        clients_.push_back({what.realms[number % what.realms.size()]});
        waiting_.push_back(number);
    }
}

std::string connect_load::missing() const
{
    return fmt::format("{} answer{} to HELLO or GOODBYE", under_way_, under_way_ == 1 ? "" : "s");
}

void connect_load::begin_some()
{
    for (std::size_t begun = 0; begun < begun_at_once_max && !waiting_.empty() && measured_.take(); ++begun) {
        begin(waiting_.front());
        waiting_.pop_front();
    }
}

void connect_load::begin(std::size_t number)
{
    auto& at = clients_[number];
    at.began = net_.look_at_clock();
    at.in_session = true;
    ++under_way_;
    if (number < net_.size())
        net_.reconnect(net_.at(number));
    else
        net_.connect(format_);
}

void connect_load::on_open(connection& from)
{
    auto& at = clients_[from.number()];
    at.proves = logins_.begin();
    write_hello(from.format(), from.open(), at.realm, hello_details(at.proves.get()));
    from.close();
    net_.touch(from);
}

void connect_load::prove(connection& from, byte_view challenge)
{
    auto proof = logins_.answer(*clients_[from.number()].proves, read_challenge(from.format(), challenge));
    write_authenticate(from.format(), from.open(), std::move(proof.signature), std::move(proof.extra));
    from.close();
    net_.touch(from);
}

void connect_load::on_message(connection& from, byte_view message)
{
    const auto answer = reader_.read(message);
    auto& at = clients_[from.number()];
    if (answer.type == challenge && at.proves)
        return prove(from, message);
    if (answer.type == welcome && at.in_session) {
        write_goodbye(from.format(), from.open());
        from.close();
        return net_.touch(from);
    }
    if (answer.type != goodbye || !at.in_session)
        refuse(answer, "WELCOME, and then the answer to GOODBYE");
    at.in_session = false;
    measured_.arrived();
    measured_.took(net_.now(), at.began);
    --under_way_;
    waiting_.push_back(from.number());
}

void connect_load::on_end(connection& from)
{
    if (clients_[from.number()].in_session)
        traffic::on_end(from);
}

} // namespace junctor::bench
