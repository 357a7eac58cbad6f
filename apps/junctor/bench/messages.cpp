// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "messages.hpp"

#include <string>
#include <utility>

#include <junctor/client/credentials.hpp>

#include "failure.hpp"

namespace junctor::bench {
namespace {

/// A publication identifier as routers choose them, by chance from all that there are.
constexpr std::uint64_t usual_id = std::uint64_t{1} << 52;

template <pull_reader Reader>
void read_arguments(Reader& in, received& out)
{
    in.enter_list();
    for (bool first = true; in.next(); first = false) {
        if (first && in.peek() == value_kind::text)
            out.argument = in.read_text();
        else
            in.skip();
    }
}

template <pull_reader Reader>
received read_elements(Reader& in)
{
    received out;
    std::size_t numbers = 0;
    in.enter_list();
    if (in.next())
        out.type = in.read_unsigned();
    while (in.next()) {
        switch (in.peek()) {
        case value_kind::integer:
            if (const auto number = in.read_unsigned(); numbers < out.numbers.size())
                out.numbers[numbers++] = number;
            break;
        case value_kind::text: out.text = in.read_text(); break;
        case value_kind::list: read_arguments(in, out); break;
        default: in.skip();
        }
    }
    in.finish();
    if (!in.ok())
        throw failure("what came is no message");
    return out;
}

template <push_writer Writer>
void empty_dict(Writer& writer)
{
    writer.begin_dict();
    writer.end_dict();
}

template <push_writer Writer>
void arguments(Writer& writer, std::string_view argument)
{
    writer.begin_list(1);
    writer.text(argument);
    writer.end_list();
}

} // namespace

received message_reader::read(byte_view message)
{
    scratch_.clear();
    return with_reader(encoded{format_, message}, scratch_, [](auto& in) { return read_elements(in); });
}

client::received_challenge read_challenge(serializer format, byte_view message)
{
    const auto content = read_value({format, message});
    const auto* const elements = content ? content->get_if<list>() : nullptr;
    const bool complete = elements != nullptr && elements->size() == 3;
    const auto* const method = complete ? elements->at(1).get_if<std::string>() : nullptr;
    const auto* const extra = complete ? elements->at(2).get_if<dict>() : nullptr;
    if (method == nullptr || extra == nullptr)
        throw failure("what came is no CHALLENGE");
    return {*method, *extra};
}

void write_hello(serializer format, byte_buffer& out, std::string_view realm, const dict& more)
{
    dict roles;
    for (const auto* const role : {"caller", "callee", "publisher", "subscriber"})
        roles.append(role, dict());
    dict details{{"roles", std::move(roles)}};
    for (const auto& [key, content] : more)
        details.append(key, content);
    write_value(list{std::uint64_t{hello}, realm, std::move(details)}, format, out);
}

void write_authenticate(serializer format, byte_buffer& out, std::string signature, dict extra)
{
    write_value(list{std::uint64_t{authenticate}, std::move(signature), std::move(extra)}, format, out);
}

void write_goodbye(serializer format, byte_buffer& out)
{
    with_writer(format, out, [&](auto& writer) {
        writer.begin_list(3);
        writer.unsigned_integer(goodbye);
        empty_dict(writer);
        writer.text("wamp.close.close_realm");
        writer.end_list();
    });
}

void write_request(serializer format, byte_buffer& out, wamp_type type, std::uint64_t request, std::string_view uri)
{
    with_writer(format, out, [&](auto& writer) {
        writer.begin_list(4);
        writer.unsigned_integer(type);
        writer.unsigned_integer(request);
        empty_dict(writer);
        writer.text(uri);
        writer.end_list();
    });
}

void write_call(serializer format, byte_buffer& out, std::uint64_t request, std::string_view procedure,
                std::string_view argument)
{
    with_writer(format, out, [&](auto& writer) {
        writer.begin_list(5);
        writer.unsigned_integer(call);
        writer.unsigned_integer(request);
        empty_dict(writer);
        writer.text(procedure);
        arguments(writer, argument);
        writer.end_list();
    });
}

void write_publish(serializer format, byte_buffer& out, std::uint64_t request, std::string_view topic,
                   std::string_view argument, acknowledgement wanted)
{
    with_writer(format, out, [&](auto& writer) {
        writer.begin_list(5);
        writer.unsigned_integer(publish);
        writer.unsigned_integer(request);
        writer.begin_dict();
        if (wanted == acknowledgement::yes) {
            writer.key("acknowledge");
            writer.boolean(true);
        }
        writer.end_dict();
        writer.text(topic);
        arguments(writer, argument);
        writer.end_list();
    });
}

void write_yield(serializer format, byte_buffer& out, std::uint64_t request, std::string_view argument)
{
    with_writer(format, out, [&](auto& writer) {
        writer.begin_list(4);
        writer.unsigned_integer(yield);
        writer.unsigned_integer(request);
        empty_dict(writer);
        arguments(writer, argument);
        writer.end_list();
    });
}

void write_event(serializer format, byte_buffer& out, std::uint64_t subscription, std::string_view argument)
{
    with_writer(format, out, [&](auto& writer) {
        writer.begin_list(5);
        writer.unsigned_integer(event);
        writer.unsigned_integer(subscription);
        writer.unsigned_integer(usual_id);
        empty_dict(writer);
        arguments(writer, argument);
        writer.end_list();
    });
}

} // namespace junctor::bench
