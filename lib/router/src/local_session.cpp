// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "local_session.hpp"

#include <exception>
#include <stdexcept>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <junctor/message/encoded_arguments.hpp>
#include <junctor/router/realm_host.hpp>
#include <junctor/router/router.hpp>

namespace junctor {

namespace {

identity program_identity()
{
    identity who;
    who.authid = "junctor";
    who.authrole = trusted_role;
    who.authmethod = "local";
    who.authprovider = "local";
    return who;
}

role_features program_features()
{
    role_features features;
    features.add(session_role::callee);
    features.add(session_role::caller);
    return features;
}

procedure_answer answer_of(std::string_view error_uri, const payload& body)
{
    auto content = decode_arguments(body);
    procedure_answer given;
    given.error = error_uri;
    given.args = std::move(content.args);
    given.kwargs = std::move(content.kwargs);
    return given;
}

} // namespace

/// What a handler answered, ready to be given to the realm.
struct local_session::answer {
    request_id request;
    std::string error_uri; ///< Empty for a result.
    encoded_arguments content;
};

local_session::local_session(shard_services& main, realm_host& host, realm& entered, log_sink& log)
    : main_{main},
      host_{host},
      log_{log},
      session_{entered.new_session_id(), program_identity(), program_features(), *this},
      self_{std::make_shared<local_session*>(this)}
{
    entered.role(trusted_role).allow(action::any, prefix(""));
    entered.join(session_, session_listing::unlisted);
    inbox_.clear(); // WELCOME
}

local_session::~local_session()
{
    *self_ = nullptr;
    host_.enter(main_).leave(session_);
}

void local_session::register_procedure(realm& entered, std::string_view uri, procedure_handler handler)
{
    register_ request;
    request.request = request_id(++requests_);
    request.procedure = uri;
    entered.receive(session_, request, std::chrono::steady_clock::now());

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

void local_session::call(realm& entered, std::string_view procedure, const list& args,
                         std::chrono::milliseconds timeout, std::function<void(procedure_answer)> done)
{
    if (!session_.open()) { // The realm is closed, and answers nobody any more.
        boost::asio::post(main_.io(), [done = std::move(done)] {
            procedure_answer none;
            none.error = uri_of(errc::canceled);
            done(std::move(none));
        });
        return;
    }
    const encoded_arguments content(arguments{args, {}}, format());
    junctor::call request;
    request.request = request_id(++requests_);
    request.options.timeout = static_cast<std::uint64_t>(timeout.count());
    request.procedure = procedure;
    request.body = content.view();
    waiting_.emplace(request.request, std::move(done));
    entered.receive(session_, request, std::chrono::steady_clock::now());
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
    if (scheduled_)
        return;
    boost::asio::post(main_.io(), [self = self_] {
        if (*self != nullptr)
            (*self)->drain();
    });
    scheduled_ = true;
}

/// Answers what has come. Handlers run while nobody is kept from the realm, and may use the router.
void local_session::drain()
{
    std::vector<answer> answers;
    for (const auto& bytes : take_messages()) {
        if (auto given = handle(bytes.view()))
            answers.push_back(std::move(*given));
    }
    const auto entered = host_.enter(main_);
    for (const auto& given : answers)
        give(*entered, given);
}

std::deque<byte_buffer> local_session::take_messages()
{
    const auto entered = host_.enter(main_);
    scheduled_ = false;
    return std::exchange(inbox_, {});
}

std::optional<local_session::answer> local_session::handle(byte_view bytes)
{
    const auto m = decoder_.decode(bytes);
    if (!m)
        return std::nullopt;
    if (const auto* const called = std::get_if<invocation>(&*m)) {
        const auto handler = handlers_.find(called->registration);
        if (handler != handlers_.end())
            return serve(*called, handler->second);
    } else if (const auto* const done = std::get_if<result>(&*m)) {
        complete(done->request, answer_of({}, done->body));
    } else if (const auto* const failed = std::get_if<error>(&*m);
               failed != nullptr && failed->request_type == message_type::call) {
        complete(failed->request, answer_of(failed->uri, failed->body));
    }
    return std::nullopt;
}

/// Gives the answer to a call to whoever made it.
void local_session::complete(request_id request, procedure_answer given)
{
    auto at = waiting_.extract(request);
    if (!at.empty())
        at.mapped()(std::move(given));
}

local_session::answer local_session::serve(const invocation& m, procedure_handler& handler)
{
    try {
        return {m.request, {}, encoded_arguments(handler(decode_arguments(m.body)), format())};
    } catch (const application_error& failure) {
        return {m.request, failure.uri(), encoded_arguments({failure.args(), failure.kwargs()}, format())};
    } catch (const std::exception& failure) {
        log_.write(log_level::error, "procedure failed", {{"realm", host_.name()}, {"what", failure.what()}});
        return {m.request, std::string(uri_of(errc::internal_error)), encoded_arguments({}, format())};
    }
}

void local_session::give(realm& entered, const answer& given)
{
    const auto now = std::chrono::steady_clock::now();
    if (given.error_uri.empty()) {
        yield done;
        done.request = given.request;
        done.body = given.content.view();
        entered.receive(session_, done, now);
        return;
    }
    error failed;
    failed.request_type = message_type::invocation;
    failed.request = given.request;
    failed.uri = given.error_uri;
    failed.body = given.content.view();
    entered.receive(session_, failed, now);
}

} // namespace junctor
