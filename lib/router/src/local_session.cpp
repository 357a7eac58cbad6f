// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "local_session.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <junctor/router/realm_host.hpp>

namespace junctor {

namespace {

/// The role of the program itself. Clients cannot get it unless an authenticator gives it to them.
constexpr std::string_view trusted_role = "trusted";

identity program_identity()
{
    identity who;
    who.authid = "junctor";
    who.authrole = trusted_role;
    who.authmethod = "local";
    who.authprovider = "local";
    return who;
}

role_features callee_features()
{
    role_features features;
    features.add(session_role::callee);
    return features;
}

/// Arguments in encoded form, together with the memory they stand in.
class encoded_arguments {
public:
    explicit encoded_arguments(const arguments& content)
    {
        if (!content.args.empty() || !content.kwargs.empty())
            write_value(content.args, serializer::msgpack, args_);
        if (!content.kwargs.empty())
            write_value(content.kwargs, serializer::msgpack, kwargs_);
    }

    /// Valid as long as this object.
    [[nodiscard]] payload view() const
    {
        return {{{serializer::msgpack, args_.view()}}, {{serializer::msgpack, kwargs_.view()}}};
    }

private:
    byte_buffer args_;
    byte_buffer kwargs_;
};

arguments decode_arguments(const payload& body)
{
    arguments decoded_arguments;
    if (body.args.present()) {
        auto args = read_value(body.args);
        if (auto* const elements = args ? args->get_if<list>() : nullptr)
            decoded_arguments.args = std::move(*elements);
    }
    if (body.kwargs.present()) {
        auto kwargs = read_value(body.kwargs);
        if (auto* const entries = kwargs ? kwargs->get_if<dict>() : nullptr)
            decoded_arguments.kwargs = std::move(*entries);
    }
    return decoded_arguments;
}

} // namespace

local_session::local_session(boost::asio::io_context& io, realm_host& host, log_sink& log)
    : io_{io},
      host_{host},
      log_{log},
      session_{host.entered().new_session_id(), program_identity(), callee_features(), *this},
      self_{std::make_shared<local_session*>(this)}
{
    host_.role(trusted_role).allow(action::any, prefix(""));
    host_.entered().join(session_);
    inbox_.clear(); // WELCOME
}

local_session::~local_session()
{
    *self_ = nullptr;
    host_.entered().leave(session_);
}

void local_session::register_procedure(std::string_view uri, procedure_handler handler)
{
    register_ request;
    request.request = request_id(++requests_);
    request.procedure = uri;
    host_.entered().receive(session_, request, {});

    // The realm answers before it returns, so the answer is the message queued last.
    const auto answer_bytes = std::move(inbox_.back());
    inbox_.pop_back();
    const auto answer = decoder_.decode(answer_bytes.view()).value();
    if (const auto* const done = std::get_if<registered>(&answer)) {
        handlers_.insert_or_assign(done->registration, std::move(handler));
        return;
    }
    const auto* const refused = std::get_if<error>(&answer);
    throw std::invalid_argument(
        fmt::format("cannot register {}: {}", uri, refused != nullptr ? refused->uri : "unexpected answer"));
}

byte_buffer& local_session::open_message()
{
    opened_.clear();
    return opened_;
}

delivery local_session::close_message()
{
    inbox_.push_back(std::exchange(opened_, byte_buffer()));
    schedule();
    return delivery::queued;
}

void local_session::drop_message() noexcept
{
    opened_.clear();
}

delivery local_session::send_encoded(byte_view bytes)
{
    open_message().append(bytes);
    return close_message();
}

void local_session::schedule()
{
    if (std::exchange(scheduled_, true))
        return;
    boost::asio::post(io_, [self = self_] {
        if (*self != nullptr)
            (*self)->drain();
    });
}

void local_session::drain()
{
    scheduled_ = false;
    auto messages = std::exchange(inbox_, {});
    for (const auto& bytes : messages)
        handle(bytes.view());
    host_.settle();
}

void local_session::handle(byte_view bytes)
{
    const auto m = decoder_.decode(bytes);
    if (!m)
        return;
    if (const auto* const called = std::get_if<invocation>(&*m))
        answer(*called);
}

void local_session::answer(const invocation& m)
{
    const auto handler = handlers_.find(m.registration);
    if (handler == handlers_.end())
        return;
    const auto request = m.request;
    try {
        const encoded_arguments content(handler->second(decode_arguments(m.body)));
        yield done;
        done.request = request;
        done.body = content.view();
        host_.entered().receive(session_, done, std::chrono::steady_clock::now());
    } catch (const application_error& failure) {
        answer_error(request, failure);
    } catch (const std::exception& failure) {
        log_.write(log_level::error, "procedure failed", {{"realm", host_.name()}, {"what", failure.what()}});
        answer_error(request, application_error(std::string(uri_of(errc::internal_error))));
    }
}

void local_session::answer_error(request_id request, const application_error& failure)
{
    const encoded_arguments content(arguments{failure.args(), failure.kwargs()});
    error m;
    m.request_type = message_type::invocation;
    m.request = request;
    m.uri = failure.uri();
    m.body = content.view();
    host_.entered().receive(session_, m, std::chrono::steady_clock::now());
}

} // namespace junctor
