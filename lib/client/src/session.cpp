// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/session.hpp>

#include <utility>

#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/this_coro.hpp>

#include <junctor/codec/codec.hpp>
#include <junctor/transport/frame_logging.hpp>

#include "joining.hpp"
#include "session_state.hpp"
#include "takers.hpp"
#include "waiting_call.hpp"

namespace junctor::client {

namespace {

/// Custom attributes in encoded form, with the memory they stand in.
class encoded_customs {
public:
    encoded_customs(const dict& customs, serializer format) : format_{format}
    {
        if (!customs.empty())
            write_value(customs, format, bytes_);
    }

    [[nodiscard]] forwarded_attributes view() const noexcept { return {{{format_, bytes_.view()}}, false}; }

private:
    serializer format_;
    byte_buffer bytes_;
};

/// What says who gets an event and who does not, in encoded form. Valid as long as what it was made of.
class encoded_filters {
public:
    encoded_filters(const publish_options& how, serializer format) : format_{format}
    {
        const auto& filters = how.filters();
        content_.rkey = how.resource_key();
        bytes_.reserve(filters.size()); // They are pointed into.
        for (const auto& [key, names] : filters) {
            key_ = key;
            write_value(names, format, bytes_.emplace_back());
            publish_filters::fields(content_, *this);
        }
    }

    void operator()(std::string_view name, encoded_list& member)
    {
        if (name == key_)
            member = {{format_, bytes_.back().view()}};
    }

    void operator()(std::string_view, std::string_view&) {} // The resource key, which is no list.

    void add_to(junctor::publish_options& options) const
    {
        if (!bytes_.empty() || !content_.rkey.empty())
            options.filters.emplace() = content_;
    }

private:
    serializer format_;
    std::string_view key_;
    std::vector<byte_buffer> bytes_;
    publish_filters content_;
};

/// Whether the arguments of a CALL are all there are, or the last ones, or others will follow.
enum class call_parts : std::uint8_t { whole, more };

/// The CALL that `how` asks for, without arguments.
junctor::call call_of(const call_options& how, std::string_view procedure, call_parts parts)
{
    junctor::call m;
    m.options.timeout = static_cast<std::uint64_t>(how.timeout().count());
    m.options.receive_progress = how.progress() != nullptr;
    m.options.progress = parts == call_parts::more;
    m.options.disclose_me = how.discloses_me();
    m.procedure = procedure;
    return m;
}

/// Sends CALL, and returns who waits for the result. Throws if it cannot be sent.
waiting_call& send_call(session_state& by, const call_options& how, std::string_view procedure,
                        const arguments& content, call_parts parts)
{
    by.demand_open();
    const encoded_arguments encoded(content, by.format());
    by.admit(encoded.size());
    const encoded_customs customs(how.customs(), by.format());
    auto m = call_of(how, procedure, parts);
    m.options.forwarded = customs.view();
    m.body = encoded.view();
    auto waiting = std::make_unique<waiting_call>(by, how);
    auto& kept = *waiting;
    const auto sent = by.core().send(m, std::move(waiting));
    by.settle(sent.outcome);
    kept.begin(sent.request);
    return kept;
}

awaitable<arguments> call_over(std::shared_ptr<session_state> by, call_options how, std::string procedure,
                               arguments content)
{
    auto& waiting = send_call(*by, how, procedure, content, call_parts::whole);
    auto answered = boost::asio::async_initiate<const boost::asio::deferred_t, void(call_outcome)>(
        [&waiting](auto done) { waiting.wait(call_completion(std::move(done))); }, boost::asio::deferred);
    auto outcome = co_await std::move(answered);
    if (outcome.failure)
        std::rethrow_exception(outcome.failure);
    co_return std::move(outcome.result);
}

/// Sends PUBLISH; with `confirmed` it is to be acknowledged. Throws if it cannot be sent.
void send_publish(session_state& by, const publish_options& how, std::string_view topic, const arguments& content,
                  std::unique_ptr<answer_taker> confirmed)
{
    by.demand_open();
    const encoded_arguments encoded(content, by.format());
    by.admit(encoded.size());
    const encoded_customs customs(how.customs(), by.format());
    const encoded_filters filters(how, by.format());
    publish m;
    m.options.acknowledge = confirmed != nullptr;
    m.options.exclude_me = how.excludes_me();
    m.options.disclose_me = how.discloses_me();
    m.options.retain = how.retains();
    filters.add_to(m.options);
    m.options.forwarded = customs.view();
    m.topic = topic;
    m.body = encoded.view();
    by.settle(by.core().send(m, std::move(confirmed)).outcome);
}

awaitable<publication_id> publish_over(std::shared_ptr<session_state> by, publish_options how, std::string topic,
                                       arguments content)
{
    auto confirmed = std::make_shared<one_time<publication_id>>(by->io());
    send_publish(
        *by, how, topic, content,
        std::make_unique<waiting_request>(*by, [confirmed](const std::exception_ptr& failure, const message* answer) {
            const auto* const done = answer != nullptr ? std::get_if<published>(answer) : nullptr;
            if (failure)
                confirmed->fail(failure);
            else
                confirmed->set(done != nullptr ? done->publication : publication_id());
        }));
    auto publication = co_await one_time<publication_id>::wait(*confirmed);
    co_return publication;
}

awaitable<void> ping_over(std::shared_ptr<session_state> by, std::chrono::milliseconds limit)
{
    const auto answered = by->ping();
    boost::asio::basic_waitable_timer<std::chrono::steady_clock> timer(by->io());
    timer.expires_after(limit);
    timer.async_wait([answered](boost::system::error_code error) {
        if (!error)
            answered->fail(std::make_exception_ptr(application_error(errc::timeout)));
    });
    static_cast<void>(co_await one_time<bool>::wait(*answered));
}

awaitable<closing> end_of(std::shared_ptr<session_state> of)
{
    auto how = co_await one_time<closing>::wait(of->end());
    co_return how;
}

awaitable<void> leave_now(std::shared_ptr<session_state> which, std::string reason)
{
    which->leave(reason);
    static_cast<void>(co_await one_time<closing>::wait(which->end()));
}

} // namespace

/// A call whose arguments are sent in parts.
class outgoing_state {
public:
    outgoing_state(std::shared_ptr<session_state> session, call_options options)
        : by{std::move(session)}, how{std::move(options)}, result{by->io()}
    {
    }

    static awaitable<arguments> answered(std::shared_ptr<outgoing_state> self)
    {
        auto content = co_await one_time<arguments>::wait(self->result);
        co_return content;
    }

    std::shared_ptr<session_state> by;
    call_options how;
    std::string procedure;
    request_id request;
    one_time<arguments> result;
};

// Joining -------------------------------------------------------------------------------------------------------------

awaitable<session> session::join(boost::asio::io_context& io, connector to, join_options how)
{
    auto services = std::make_shared<shard_services>(io);
    const auto until = channel::clock::now() + how.timeout;
    auto link = co_await to.open(*services);
    if (to.debug())
        link->log_frames(frame_logger(*how.log, link->facts()));
    link->set_deadline(until, close_reason::join_timeout);
    std::exception_ptr failure;
    std::shared_ptr<session_state> joined;
    try {
        auto talk = co_await join_over(*link, *services, to.name(), how);
        link->clear_deadline();
        joined = std::make_shared<session_state>(services, to, std::move(link), std::move(talk.joined), *how.log);
        joined->start(talk.rest);
    } catch (...) {
        failure = std::current_exception();
    }
    if (failure && link != nullptr) // The router is to read why.
        co_await link->close(channel::clock::now() + session_limits().goodbye_timeout);
    if (failure)
        std::rethrow_exception(failure);
    co_return session(std::move(joined));
}

// What is known -------------------------------------------------------------------------------------------------------

session_id session::id() const noexcept
{
    return state_->joined().id;
}

const std::string& session::realm() const noexcept
{
    return state_->joined().realm;
}

const identity& session::who() const noexcept
{
    return state_->joined().who;
}

const role_features& session::router_features() const noexcept
{
    return state_->joined().router;
}

const dict& session::welcome_details() const noexcept
{
    return state_->joined().details;
}

bool session::open() const noexcept
{
    return state_->core().open();
}

// Requests ------------------------------------------------------------------------------------------------------------

awaitable<arguments> session::call_now(call_options how, std::string procedure, arguments content) const
{
    return call_over(state_, std::move(how), std::move(procedure), std::move(content));
}

outgoing_call session::start_call_in_parts(call_options how, std::string_view procedure, const arguments& content) const
{
    auto call = std::make_shared<outgoing_state>(state_, std::move(how));
    call->procedure = procedure;
    auto& waiting = send_call(*state_, call->how, procedure, content, call_parts::more);
    call->request = waiting.request();
    waiting.wait([call](call_outcome outcome) {
        if (outcome.failure)
            call->result.fail(outcome.failure);
        else
            call->result.set(std::move(outcome.result));
    });
    return outgoing_call(std::move(call));
}

bool outgoing_call::send_part(const arguments& part, bool more) const
{
    auto& by = *state_->by;
    const encoded_arguments encoded(part, by.format());
    if (state_->result.happened())
        return false;
    by.admit(encoded.size());
    auto m = call_of(state_->how, state_->procedure, more ? call_parts::more : call_parts::whole);
    m.request = state_->request;
    m.body = encoded.view();
    const auto outcome = by.core().send_further_part(m);
    if (outcome == delivery::refused && by.core().open())
        return false; // It has been answered.
    by.settle(outcome);
    return true;
}

awaitable<arguments> outgoing_call::answered() const
{
    return outgoing_state::answered(state_);
}

void session::publish_now(const publish_options& how, std::string_view topic, const arguments& content) const
{
    send_publish(*state_, how, topic, content, nullptr);
}

awaitable<publication_id> session::publish_and_wait(session self, publish_options how, std::string topic,
                                                    arguments content)
{
    return publish_over(self.state_, std::move(how), std::move(topic), std::move(content));
}

subscription session::start_subscribing(std::string_view topic, event_handler handler,
                                        const subscribe_options& how) const
{
    auto state = std::make_shared<subscription_state>(*state_, topic, std::move(handler));
    state->begin(how);
    return subscription(std::move(state));
}

registration session::start_registering(std::string_view procedure, call_handler handler,
                                        const register_options& how) const
{
    auto state = std::make_shared<registration_state>(*state_, procedure, std::move(handler));
    state->begin(how);
    return registration(std::move(state));
}

awaitable<void> session::ping(std::chrono::milliseconds limit) const
{
    return ping_over(state_, limit);
}

// The end -------------------------------------------------------------------------------------------------------------

awaitable<void> session::leave(std::string reason) const
{
    return leave_now(state_, std::move(reason));
}

awaitable<closing> session::ended() const
{
    return end_of(state_);
}

void session::disconnect() const noexcept
{
    state_->disconnect();
}

} // namespace junctor::client
