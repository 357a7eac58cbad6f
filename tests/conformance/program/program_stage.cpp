// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "program_stage.hpp"

#include <algorithm>
#include <stdexcept>
#include <thread>
#include <utility>

#include <junctor/codec/codec.hpp>

#include "program_line.hpp"
#include "support/names.hpp"

namespace junctor::test {

namespace {

/// Asks what the meta API tells, on behalf of the stage.
constexpr auto observer_role = "observer";

bool same(const membership_limits& a, const membership_limits& b)
{
    return a.subscriptions_max == b.subscriptions_max && a.registrations_max == b.registrations_max &&
           a.pending_calls_max == b.pending_calls_max && a.testaments_max == b.testaments_max &&
           a.testament_bytes_max == b.testament_bytes_max;
}

entrance entrance_for(const guest& who)
{
    if (same(who.limits, session_limits()))
        return who.message_bytes_max == limits::rawsocket_message_bytes_max ? entrance::ample : entrance::bounded;
    if (same(who.limits, scant_limits()))
        return entrance::scant;
    throw std::logic_error("the program has no transport with these limits");
}

} // namespace

program_stage::program_stage(running_program& program, realm_options options)
    : program_{program}, realm_{program.new_realm_name(), std::move(options), {}}
{
    permission_rule everything;
    everything.pattern = prefix("");
    everything.allowed.add(action::call);
    realm_.roles[observer_role] = {everything};
}

std::unique_ptr<line> program_stage::join(const std::string& name, const guest& who, serializer format)
{
    settle_all_but(nullptr);
    realm_.roles.try_emplace(who.authrole);
    program_.admit(name, who.authrole);
    serve();
    auto made = std::make_unique<program_line>(*this, entrance_for(who), format, who.message_bytes_max);
    made->say_hello(name, who.features);
    return made;
}

void program_stage::set_role(const std::string& name, const std::vector<permission_rule>& rules)
{
    realm_.roles[name] = rules;
    if (joined_)
        serve();
}

void program_stage::wait(std::chrono::milliseconds time)
{
    settle_all_but(nullptr);
    std::this_thread::sleep_for(time);
}

void program_stage::close(close_reason reason)
{
    settle_all_but(nullptr);
    if (reason == close_reason::system_shutdown)
        program_.shut_down();
    else
        program_.serve_nothing();
}

std::size_t program_stage::registration_count()
{
    return count_patterns("wamp.registration.list");
}

std::size_t program_stage::subscription_count()
{
    return count_patterns("wamp.subscription.list");
}

std::size_t program_stage::retaining_topic_count()
{
    const auto topics = ask("junctor.retention.topics", {"", dict{{"match", "prefix"}}});
    return topics.get_if<list>()->size();
}

void program_stage::settle_all_but(const program_line* one)
{
    const auto waiting = unsettled_;
    for (auto* const each : waiting)
        if (each != one)
            each->settle();
}

void program_stage::has_sent(program_line& one)
{
    if (std::find(unsettled_.begin(), unsettled_.end(), &one) == unsettled_.end())
        unsettled_.push_back(&one);
}

void program_stage::has_settled(program_line& one)
{
    std::erase(unsettled_, &one);
}

void program_stage::serve()
{
    settle_all_but(nullptr);
    program_.serve(realm_);
    joined_ = true;
}

/// What a procedure of the router returns to a session that is there just for that.
value program_stage::ask(const std::string& procedure, list args)
{
    guest observer;
    observer.authrole = observer_role;
    const auto asking = join("observer" + std::to_string(++observers_), observer, serializer::json);
    static_cast<void>(asking->take()); // WELCOME
    byte_buffer call;
    write_value(list{48, 1, dict(), procedure, std::move(args)}, serializer::json, call);
    asking->send(call.view());
    const auto answer = read_value({serializer::json, as_bytes(asking->take().value_or(""))}).value();
    asking->hang_up();
    const auto& elements = *answer.get_if<list>();
    if (elements.size() != 4)
        throw std::runtime_error(procedure + " was answered with " + to_json(answer));
    return elements[3].get_if<list>()->at(0);
}

std::size_t program_stage::count_patterns(const std::string& procedure)
{
    std::size_t count = 0;
    const auto patterns = ask(procedure, {});
    for (const auto& [policy, ids] : *patterns.get_if<dict>())
        count += ids.get_if<list>()->size();
    return count;
}

} // namespace junctor::test
