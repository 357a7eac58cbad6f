// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "longpoll_client.hpp"

#include <algorithm>
#include <exception>
#include <utility>

namespace junctor {

namespace {

/// Done, and nothing to tell. The specification has the number 202 here, and calls it by the name of 204, which is what
/// there is to say; Autobahn takes 202 for a failure.
http_response nothing_to_tell()
{
    http_response answer;
    answer.status = 204;
    return answer;
}

} // namespace

http_response no_such_longpoll_client()
{
    return text_response(404, "There is no such transport, or it has ended.");
}

longpoll_client::longpoll_client(std::unique_ptr<channel> link, longpoll_protocol protocol,
                                 const longpoll_settings& settings, shard_services& here, log_sink& log,
                                 std::function<void()> gone)
    : link_{std::move(link)},
      protocol_{protocol},
      settings_{settings},
      log_{log},
      gone_{std::move(gone)},
      due_(here.deadlines(), this, &strike)
{
}

void longpoll_client::start()
{
    due_.set_after(settings_.session_timeout);
    auto reading = link_->read_batches(*this);
    std::move(reading)([self = shared_from_this()](const std::exception_ptr&) { self->on_end(); });
}

void longpoll_client::send(longpoll_request& request)
{
    if (over_)
        return request.answer(no_such_longpoll_client());
    if (waiting_ == nullptr)
        due_.set_after(settings_.session_timeout);
    const auto messages = read_longpoll_body(as_bytes(request.body), protocol_);
    if (!messages) {
        log_.write(log_level::info, "long-poll request refused",
                   {{"peer", request.facts.peer}, {"cause", "no messages of " + name_of(protocol_)}});
        return request.answer(text_response(400, "The body must be messages of " + name_of(protocol_) + "."));
    }
    const bool taken = std::all_of(messages->begin(), messages->end(), [&](const byte_buffer& message) {
        return link_->send_encoded(message.view()) == delivery::queued;
    });
    request.answer(taken ? nothing_to_tell() : no_such_longpoll_client());
}

void longpoll_client::receive(std::shared_ptr<longpoll_request> request)
{
    if (waiting_ != nullptr)
        finish(text_response(409, "Another request for messages has taken the place of this one."));
    waiting_ = std::move(request);
    due_.set_after(settings_.request_timeout);
    deliver();
}

void longpoll_client::close(longpoll_request& request)
{
    request.answer(nothing_to_tell());
    end(close_reason::connection_lost);
}

void longpoll_client::abandon(const longpoll_request& request)
{
    if (waiting_.get() != &request)
        return;
    waiting_.reset();
    due_.set_after(settings_.session_timeout);
}

void longpoll_client::end(close_reason reason)
{
    over_ = true;
    queue_.clear();
    link_->abort(reason);
    if (waiting_ != nullptr)
        finish(no_such_longpoll_client());
    go();
}

void longpoll_client::leave()
{
    leaving_ = true;
    if (waiting_ == nullptr)
        end(close_reason::system_shutdown);
}

bool longpoll_client::take(const batch& read)
{
    const auto messages = read.messages();
    if (!std::all_of(messages.begin(), messages.end(), [&](byte_view message) { return keep(message); })) {
        end(close_reason::slow_consumer);
        return false;
    }
    deliver();
    return !over_;
}

/// Lets `message` wait for the client. Whether there is room.
bool longpoll_client::keep(byte_view message)
{
    auto part = make_longpoll_part(message, protocol_);
    if (!part) {
        log_.write(log_level::warning, "long-poll message dropped", {{"cause", "no form in " + name_of(protocol_)}});
        return true;
    }
    queued_bytes_ += part->size();
    queue_.push_back(std::move(*part));
    if (queue_.size() <= settings_.queue_messages_max && queued_bytes_ <= settings_.queue_bytes_max)
        return true;
    log_.write(log_level::warning, "long-poll client too slow",
               {{"messages", queue_.size()}, {"bytes", queued_bytes_}});
    return false;
}

/// The other end has ended. What waits can still be asked for, and the client may close what it does not know to be
/// closed: Autobahn takes the answer that there is no such transport for a failure.
void longpoll_client::on_end()
{
    over_ = true;
    deliver();
}

/// Answers the request that waits, if there is anything to answer.
void longpoll_client::deliver()
{
    if (waiting_ == nullptr || (queue_.empty() && !over_))
        return;
    if (queue_.empty()) {
        finish(no_such_longpoll_client());
        return go();
    }
    finish({200, {{"Content-Type", std::string(content_type_of(protocol_))}}, take_body(), std::nullopt});
    if (leaving_)
        end(close_reason::system_shutdown);
}

/// Takes what one body holds of what waits.
std::string longpoll_client::take_body()
{
    std::string body;
    do {
        body += as_text(queue_.front().view());
        queued_bytes_ -= queue_.front().size();
        queue_.pop_front();
    } while (protocol_.bodies == batching::batched && !queue_.empty());
    return body;
}

void longpoll_client::finish(http_response given)
{
    std::exchange(waiting_, nullptr)->answer(std::move(given));
    due_.set_after(settings_.session_timeout);
}

/// There is nothing left for the client.
void longpoll_client::go()
{
    due_.clear();
    if (const auto gone = std::exchange(gone_, nullptr))
        gone();
}

void longpoll_client::on_deadline() noexcept
{
    const auto self = shared_from_this();
    if (waiting_ != nullptr)
        return finish(nothing_to_tell());
    log_.write(log_level::debug, "long-poll client silent", {{"connection", link_->facts().connection_number}});
    end(close_reason::connection_lost);
}

} // namespace junctor
