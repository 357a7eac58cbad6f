// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "program_line.hpp"

#include <cstring>
#include <stdexcept>
#include <system_error>
#include <utility>

#include <junctor/base/features.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/framing/rawsocket.hpp>

namespace junctor::test {

namespace {

constexpr unsigned message_frame = 0;
constexpr unsigned ping_frame = 1;
constexpr unsigned pong_frame = 2;
constexpr std::size_t header_octets = 4;

std::variant<socket_client, tls_client> connect_to(running_program& program, entrance by)
{
    const auto& url = program.url(by);
    if (const auto at = url.find("unix:"); at != std::string::npos)
        return socket_client::to(url.substr(at));
    auto socket = socket_client::tcp(static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1))));
    if (!url.starts_with("rss:"))
        return socket;
    tls_client_behaviour options;
    options.authority = program.authority();
    tls_client secured(std::move(socket), options);
    secured.handshake();
    return secured;
}

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
      socket_{connect_to(where.program(), by)},
      events_before_{where.program().process().event_count()}
{
    write(std::string(as_text(encode_handshake_request(nibble_of_message_bytes(message_bytes_max), format))));
    rawsocket_octets reply{};
    if (fill(reply.size()))
        std::memcpy(reply.data(), unparsed_.data(), reply.size());
    if (!decode_handshake_reply(reply, format))
        throw std::runtime_error("the handshake was refused");
    unparsed_.erase(0, reply.size());
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
    write(wire_message(as_text(bytes)));
    where_.has_sent(*this);
}

std::optional<std::string> program_line::take()
{
    while (messages_.empty()) {
        auto next = read_frame();
        if (!next)
            return std::nullopt;
        if (next->type == message_frame)
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
    socket_.reset();
    ended_ = true;
    if (session_)
        static_cast<void>(ended_because());
}

bool program_line::is_open()
{
    static_cast<void>(has_message());
    return session_.has_value() && !ended_;
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
    write(wire_frame(ping_frame, payload));
    while (auto next = read_frame()) {
        if (next->type == pong_frame && next->payload == payload)
            return;
        if (next->type == message_frame)
            messages_.push_back(std::move(next->payload));
    }
}

/// The router may have ended the connection, which those who read will find out.
void program_line::write(const std::string& octets)
{
    if (ended_)
        return;
    try {
        std::visit([&](auto& socket) { socket.send(octets); }, *socket_);
    } catch (const std::system_error& failure) {
        if (failure.code() != std::errc::broken_pipe && failure.code() != std::errc::connection_reset)
            throw;
    }
}

void program_line::write_value_frame(const value& message)
{
    byte_buffer bytes;
    write_value(message, format_, bytes);
    send(bytes.view());
}

/// What comes next; nothing at the end.
std::string program_line::read_some()
{
    constexpr std::size_t at_once = 65'536;
    return std::visit([&](auto& socket) { return socket.receive_some(at_once); }, *socket_);
}

/// Reads until so many octets are there; false at the end.
bool program_line::fill(std::size_t count)
{
    while (!ended_ && unparsed_.size() < count) {
        const auto more = read_some();
        ended_ = more.empty();
        unparsed_ += more;
    }
    return unparsed_.size() >= count;
}

std::optional<program_line::frame> program_line::read_frame()
{
    if (!fill(header_octets))
        return std::nullopt;
    const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(unparsed_[at]); };
    const auto size = std::size_t{octet(1)} << 16 | std::size_t{octet(2)} << 8 | octet(3);
    if (!fill(header_octets + size))
        return std::nullopt;
    frame whole{octet(0), unparsed_.substr(header_octets, size)};
    unparsed_.erase(0, header_octets + size);
    return whole;
}

value program_line::decoded(const std::string& message) const
{
    return read_value({format_, as_bytes(message)}).value();
}

} // namespace junctor::test
