// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "waiting_call.hpp"

#include <utility>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include "session_state.hpp"

namespace junctor::client {

namespace {

/// The router ends a call that is late. If it has not done so this much later, the client does.
constexpr std::chrono::seconds timeout_margin{1};

std::exception_ptr aborted()
{
    return std::make_exception_ptr(boost::system::system_error(boost::asio::error::operation_aborted));
}

} // namespace

std::exception_ptr exception_of(const error& m)
{
    auto content = decode_arguments(m.body);
    return std::make_exception_ptr(
        application_error(std::string(m.uri), std::move(content.args), std::move(content.kwargs)));
}

// Calls ---------------------------------------------------------------------------------------------------------------

waiting_call::~waiting_call()
{
    if (!done_)
        return;
    if (auto slot = boost::asio::get_associated_cancellation_slot(done_); slot.is_connected())
        slot.clear();
}

void waiting_call::begin(request_id request)
{
    request_ = request;
    if (how_.timeout().count() == 0)
        return;
    late_.emplace(by_.services().deadlines(), this,
                  [](void* self) noexcept { static_cast<waiting_call*>(self)->on_timeout(); });
    restart_timeout();
}

void waiting_call::wait(call_completion done)
{
    done_.swap(done); // The assignment in Asio of Boost 1.81 calls itself for ever.
    if (auto slot = boost::asio::get_associated_cancellation_slot(done_); slot.is_connected())
        slot.assign([this](boost::asio::cancellation_type) { on_cancellation(); });
}

void waiting_call::restart_timeout()
{
    const bool by_router = by_.joined().router.has(session_role::dealer, feature::call_timeout);
    late_->set_after(how_.timeout() + (by_router ? timeout_margin : timeout_margin.zero()));
}

/// Gives the handler its part in a later turn: it may end what this belongs to.
void waiting_call::on_progress(const result& m)
{
    if (late_)
        restart_timeout();
    if (!how_.progress())
        return;
    boost::asio::post(by_.io(), [by = by_.weak_from_this(), request = request_, handler = how_.progress(),
                                 part = decode_arguments(m.body)] {
        try {
            handler(part);
        } catch (const std::exception& failure) {
            const auto session = by.lock();
            if (session == nullptr)
                return;
            session->log().write(log_level::error, "handler of progressive results failed",
                                 {{"realm", session->joined().realm}, {"what", failure.what()}});
            session->core().cancel(request, cancel_mode::killnowait, core::canceled_call::awaited);
            session->flush_soon();
        }
    });
}

void waiting_call::on_answer(const message& answer)
{
    if (const auto* const failed = std::get_if<error>(&answer))
        complete({exception_of(*failed), {}});
    else if (const auto* const done = std::get_if<result>(&answer))
        complete({nullptr, decode_arguments(done->body)});
    else
        complete({std::make_exception_ptr(application_error(errc::protocol_violation)), {}});
}

void waiting_call::on_lost()
{
    complete({std::make_exception_ptr(session_ended(by_.how_closed())), {}});
}

void waiting_call::complete(call_outcome outcome)
{
    late_.reset();
    auto done = std::exchange(done_, nullptr);
    if (!done)
        return;
    if (auto slot = boost::asio::get_associated_cancellation_slot(done); slot.is_connected())
        slot.clear();
    boost::asio::post(by_.io(), [done = std::move(done), outcome = std::move(outcome)]() mutable {
        std::move(done)(std::move(outcome));
    });
}

void waiting_call::on_cancellation()
{
    if (how_.cancel() == cancel_mode::kill && by_.joined().router.has(session_role::dealer, feature::call_canceling)) {
        by_.core().cancel(request_, cancel_mode::kill, core::canceled_call::awaited);
        by_.flush_soon();
    } else {
        give_up(aborted(), how_.cancel());
    }
}

void waiting_call::on_timeout()
{
    give_up(std::make_exception_ptr(application_error(errc::timeout)), cancel_mode::killnowait);
}

/// Completes without an answer, and tells the router so if it understands that. This ends here.
void waiting_call::give_up(std::exception_ptr failure, cancel_mode mode)
{
    auto& by = by_;
    const auto request = request_;
    complete({std::move(failure), {}});
    if (by.joined().router.has(session_role::dealer, feature::call_canceling))
        by.core().cancel(request, mode, core::canceled_call::passed_over);
    by.core().forget(request);
    by.flush_soon();
}

// Other requests ------------------------------------------------------------------------------------------------------

void waiting_request::on_answer(const message& answer)
{
    if (const auto* const failed = std::get_if<error>(&answer))
        confirmed_(exception_of(*failed), nullptr);
    else
        confirmed_(nullptr, &answer);
}

void waiting_request::on_lost()
{
    confirmed_(std::make_exception_ptr(session_ended(by_.how_closed())), nullptr);
}

} // namespace junctor::client
