// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/session.hpp>

#include <utility>

#include <junctor/base/excerpt.hpp>
#include <junctor/codec/codec.hpp>

namespace junctor {

delivery send_abort(outlet& out, errc code, std::string_view text)
{
    return send_abort(out, uri_of(code), text.empty() ? text_of(code) : text);
}

delivery send_abort(outlet& out, std::string_view uri, std::string_view text)
{
    junctor::abort farewell;
    farewell.details.message = text;
    farewell.reason = uri;
    const auto outcome = send_to(out, farewell);
    if (outcome != delivery::too_large)
        return outcome;
    farewell.details = {};
    return send_to(out, farewell);
}

session::session(session_id id, identity who, role_features features, outlet& out, request_id_check check,
                 const membership_limits& limits) noexcept
    : id_{id},
      who_{std::move(who)},
      features_{features},
      out_{out},
      format_{out.format()},
      limits_{limits},
      requests_{check}
{
}

delivery session::send_error(message_type request_type, request_id request, errc code, std::string_view text)
{
    byte_buffer args;
    if (!text.empty()) {
        with_writer(format(), args, [&](auto& writer) {
            writer.begin_list(1);
            writer.text(text);
            writer.end_list();
        });
    }
    error answer;
    answer.request_type = request_type;
    answer.request = request;
    answer.uri = uri_of(code);
    answer.body.args = {{format(), args.view()}};
    return send(answer);
}

void session::abort(errc code, std::string_view text, close_reason reason)
{
    if (!open())
        return;
    send_abort(out_, code, text);
    close(reason, text.empty() ? text_of(code) : text);
}

void session::say_goodbye(close_reason reason, std::string_view text, std::string_view uri)
{
    goodbye farewell;
    farewell.details.message = text;
    farewell.reason = uri.empty() ? uri_of(reason) : uri;
    send(farewell);
    close(reason, text);
}

void session::answer_goodbye(std::string_view reason)
{
    goodbye farewell;
    farewell.reason = uri_of(close_reason::goodbye);
    send(farewell);
    close(close_reason::goodbye, reason);
}

void session::close(close_reason reason, std::string_view text)
{
    if (!open())
        return;
    reason_ = reason;
    reason_text_ = excerpt(text);
    out_.wake();
}

} // namespace junctor
