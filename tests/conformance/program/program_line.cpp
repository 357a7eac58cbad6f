// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "program_line.hpp"

#include <utility>

#include <junctor/base/features.hpp>
#include <junctor/codec/codec.hpp>

namespace junctor::test {

namespace {

/// `roles` of HELLO.
dict roles_of(const role_features& announced)
{
    dict roles;
    for (const auto role :
         {session_role::publisher, session_role::subscriber, session_role::caller, session_role::callee}) {
        if (!announced.has(role))
            continue;
        dict features;
        for (std::size_t number = 0; number < feature_count; ++number) {
            const auto f = static_cast<feature>(number);
            if (announced.has(role, f))
                features.set(to_string(f), true);
        }
        roles.set(to_string(role), dict{{"features", std::move(features)}});
    }
    return roles;
}

bool is_of_type(const value& message, message_type type)
{
    const auto* const elements = message.get_if<list>();
    return elements != nullptr && !elements->empty() && elements->front() == value(static_cast<int>(type));
}

} // namespace

program_line::program_line(program_stage& where, entrance by, serializer format, std::size_t message_bytes_max)
    : where_{where},
      format_{format},
      socket_{where.program(), by, format, message_bytes_max},
      events_before_{where.program().process().event_count()}
{
}

program_line::~program_line()
{
    where_.has_settled(*this);
}

void program_line::say_hello(const std::string& authid, const role_features& announced)
{
    write_value_frame(list{1, where_.realm_name(),
                           dict{{"roles", roles_of(announced)}, {"authmethods", list{"ticket"}}, {"authid", authid}}});
    auto answer = take();
    if (answer && is_of_type(decoded(*answer), message_type::challenge)) {
        write_value_frame(list{5, ticket_of_all, dict()});
        answer = take();
    }
    if (!answer)
        return;
    if (const auto welcome = decoded(*answer); is_of_type(welcome, message_type::welcome))
        session_ = (*welcome.get_if<list>())[1];
    messages_.push_front(std::move(*answer));
}

void program_line::send(byte_view bytes)
{
    where_.settle_all_but(this);
    socket_.write(frame_type::message, as_text(bytes));
    where_.has_sent(*this);
}

std::optional<std::string> program_line::take()
{
    while (messages_.empty()) {
        auto next = read_frame();
        if (!next)
            return std::nullopt;
        if (next->type == frame_type::message)
            messages_.push_back(std::move(next->payload));
    }
    auto oldest = std::move(messages_.front());
    messages_.pop_front();
    return oldest;
}

bool program_line::has_message()
{
    where_.settle_all_but(nullptr);
    settle();
    return !messages_.empty();
}

void program_line::hang_up()
{
    where_.settle_all_but(nullptr);
    settle();
    socket_.hang_up();
    if (session_)
        static_cast<void>(ended_because());
}

bool program_line::is_open()
{
    static_cast<void>(has_message());
    return session_.has_value() && !socket_.has_ended();
}

std::string program_line::ended_because()
{
    const auto has_left = [&](const dict& event) {
        return is_event(event, "session left") && *event.find("session") == *session_;
    };
    const auto left = where_.program().process().wait_for(has_left, events_before_);
    return *left.find("reason")->get_if<std::string>();
}

/// A PONG may come before the messages that were read together with the PING take effect, and overtake what is queued.
/// The next one comes after that has taken effect, and after what was queued then.
void program_line::settle()
{
    ping();
    ping();
    where_.has_settled(*this);
}

/// Has the router answer, and keeps the messages that come before that.
void program_line::ping()
{
    const auto payload = std::to_string(++pings_);
    socket_.write(frame_type::ping, payload);
    while (auto next = read_frame()) {
        if (next->type == frame_type::pong && next->payload == payload)
            return;
        if (next->type == frame_type::message)
            messages_.push_back(std::move(next->payload));
    }
}

void program_line::write_value_frame(const value& message)
{
    byte_buffer bytes;
    write_value(message, format_, bytes);
    send(bytes.view());
}

/// The next frame that does not end the connection, whose end is answered.
std::optional<frame> program_line::read_frame()
{
    auto next = socket_.read();
    while (next && next->type == frame_type::close) {
        socket_.write(frame_type::close, next->payload);
        next = socket_.read();
    }
    return next;
}

value program_line::decoded(const std::string& message) const
{
    return read_value({format_, as_bytes(message)}).value();
}

} // namespace junctor::test
