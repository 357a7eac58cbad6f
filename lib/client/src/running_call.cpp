// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "running_call.hpp"

#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/post.hpp>

#include <junctor/message/encoded_arguments.hpp>

#include "session_state.hpp"

namespace junctor::client {

running_call::running_call(std::weak_ptr<session_state> by, const invocation& m, std::string registered_as)
    : request{m.request},
      procedure{std::move(registered_as)},
      wants_progress{m.details.receive_progress},
      content{decode_arguments(m.body)},
      by_{std::move(by)},
      unfinished_{m.details.rare.present() && (*m.details.rare).progress}
{
    if (!m.details.rare.present())
        return;
    const auto& told = *m.details.rare;
    if (told.caller.valid())
        caller = told.caller;
    caller_authid = told.caller_authid;
    caller_authrole = told.caller_authrole;
    trust_level = told.trustlevel;
    timeout = std::chrono::milliseconds(told.timeout);
    if (!told.procedure.empty())
        procedure = told.procedure;
}

void running_call::run(const call_handler& handler)
{
    if (const auto* const at_once = std::get_if<0>(&handler)) {
        arguments result;
        std::exception_ptr failure;
        try {
            result = (*at_once)(incoming_call(shared_from_this()));
        } catch (...) {
            failure = std::current_exception();
        }
        return failure ? answer(failure) : answer(result);
    }
    const auto by = by_.lock();
    if (by == nullptr)
        return;
    if (by->handlers().full())
        return refuse(application_error(errc::too_many_requests, "the callee is at work on too many calls"));
    by->handlers().start(shared_from_this(), std::get<1>(handler)(incoming_call(shared_from_this())),
                         [self = shared_from_this()](const std::exception_ptr& failure, const arguments& result) {
                             failure ? self->answer(failure) : self->answer(result);
                         });
}

void running_call::interrupt()
{
    const auto self = shared_from_this(); // The coroutine may end in here, and with it what keeps this.
    canceled = true;
    unfinished_ = false;
    parts_.clear();
    tell_of_part();
    running_handler::interrupt();
}

// Answers -------------------------------------------------------------------------------------------------------------

void running_call::answer(const arguments& result)
{
    const auto by = by_.lock();
    if (by == nullptr)
        return;
    const encoded_arguments encoded(result, by->format());
    yield m;
    m.request = request;
    m.body = encoded.view();
    const auto outcome = by->core().answer_call(m);
    if (outcome == delivery::too_large)
        return refuse(application_error(errc::payload_size_exceeded));
    if (outcome == delivery::not_expressible)
        return refuse(application_error(errc::not_expressible));
    by->flush_soon();
}

void running_call::answer(const std::exception_ptr& failure)
{
    const auto by = by_.lock();
    if (by == nullptr)
        return;
    try {
        std::rethrow_exception(failure);
    } catch (const application_error& error) {
        refuse(error);
    } catch (const std::exception& error) {
        if (canceled)
            return refuse(application_error(errc::canceled));
        by->log().write(log_level::error, "procedure failed",
                        {{"realm", by->joined().realm}, {"procedure", procedure}, {"what", error.what()}});
        refuse(application_error(errc::internal_error, "the procedure failed"));
    }
}

void running_call::refuse(const application_error& with)
{
    const auto by = by_.lock();
    if (by == nullptr)
        return;
    const auto outcome = send_error(*by, with.uri(), {with.args(), with.kwargs()});
    if (outcome == delivery::too_large || outcome == delivery::not_expressible)
        send_error(*by, with.uri(), {});
    by->flush_soon();
}

delivery running_call::send_error(session_state& by, std::string_view uri, const arguments& with)
{
    const encoded_arguments encoded(with, by.format());
    error m;
    m.request_type = message_type::invocation;
    m.request = request;
    m.uri = uri;
    m.body = encoded.view();
    return by.core().answer_call(m);
}

bool running_call::send_progress(const arguments& part)
{
    const auto by = by_.lock();
    if (!wants_progress || canceled || by == nullptr || !by->core().is_invoked(request))
        return false;
    const encoded_arguments encoded(part, by->format());
    by->admit(encoded.size());
    yield m;
    m.request = request;
    m.options.progress = true;
    m.body = encoded.view();
    by->settle(by->core().answer_call(m));
    return true;
}

// Arguments in parts --------------------------------------------------------------------------------------------------

void running_call::add_part(const invocation& m)
{
    if (parts_.size() == parts_max) {
        interrupt();
        return refuse(application_error(errc::too_many_requests, "the arguments come faster than they are taken"));
    }
    unfinished_ = m.details.rare.present() && (*m.details.rare).progress;
    parts_.push_back(decode_arguments(m.body));
    tell_of_part();
}

/// Lets the handler look up that waits for a part.
void running_call::tell_of_part()
{
    auto waiting = std::exchange(waits_for_part_, nullptr);
    const auto by = by_.lock();
    if (waiting && by != nullptr) // Otherwise nothing runs any more, and what waits is destroyed.
        boost::asio::post(by->io(), std::move(waiting));
}

awaitable<std::optional<arguments>> running_call::next_part(std::shared_ptr<running_call> self)
{
    while (self->parts_.empty() && self->unfinished_ && !self->by_.expired()) {
        auto waiting = boost::asio::async_initiate<const boost::asio::deferred_t, void()>(
            [&self](auto done) {
                boost::asio::any_completion_handler<void()> waits(std::move(done));
                self->waits_for_part_.swap(waits); // The assignment in Asio of Boost 1.81 calls itself for ever.
            },
            boost::asio::deferred);
        co_await std::move(waiting);
    }
    if (self->parts_.empty())
        co_return std::nullopt;
    auto next = std::move(self->parts_.front());
    self->parts_.pop_front();
    co_return next;
}

// The handle ----------------------------------------------------------------------------------------------------------

const std::string& incoming_call::procedure() const noexcept
{
    return call_->procedure;
}

std::optional<session_id> incoming_call::caller() const noexcept
{
    return call_->caller;
}

const std::string& incoming_call::caller_authid() const noexcept
{
    return call_->caller_authid;
}

const std::string& incoming_call::caller_authrole() const noexcept
{
    return call_->caller_authrole;
}

std::optional<std::uint64_t> incoming_call::trust_level() const noexcept
{
    return call_->trust_level;
}

std::chrono::milliseconds incoming_call::timeout() const noexcept
{
    return call_->timeout;
}

const arguments& incoming_call::content() const noexcept
{
    return call_->content;
}

bool incoming_call::canceled() const noexcept
{
    return call_->canceled;
}

bool incoming_call::wants_progress() const noexcept
{
    return call_->wants_progress;
}

bool incoming_call::send_progress(const arguments& part) const
{
    return call_->send_progress(part);
}

awaitable<std::optional<arguments>> incoming_call::next_part() const
{
    return running_call::next_part(call_);
}

} // namespace junctor::client
