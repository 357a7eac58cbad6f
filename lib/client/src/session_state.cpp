// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "session_state.hpp"

#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>

namespace junctor::client {

namespace {

/// What a message takes beside its arguments, for all but the longest URIs.
constexpr std::size_t envelope_bytes = 4096;

} // namespace

session_ended::session_ended(closing how)
    : std::runtime_error("the session has ended: " +
                         std::string(how.text.empty() ? std::string_view(to_string(how.reason)) : how.text)),
      how_{std::move(how)}
{
}

session_state::session_state(std::shared_ptr<shard_services> services, connector by, std::unique_ptr<channel> link,
                             membership joined, log_sink& log)
    : services_{std::move(services)},
      by_{std::move(by)},
      link_{std::move(link)},
      format_{link_->format()},
      joined_{std::move(joined)},
      log_{log},
      decoder_{format_},
      handlers_{services_->io()},
      end_{services_->io()},
      pings_{services_->io(), log},
      core_{*link_}
{
}

session_state::~session_state() = default;

void session_state::start(std::span<const byte_view> rest)
{
    taking_ = true;
    take_messages(rest);
    taking_ = false;
    services_->flush();
    auto reading_all = link_->read_batches(*this);
    std::move(reading_all)([guard = reading(shared_from_this())](const std::exception_ptr& failure) mutable {
        const auto self = std::exchange(guard.self, nullptr);
        self->on_reading_end(failure);
    });
}

session_state::reading::~reading()
{
    if (self != nullptr)
        self->abandon();
}

void session_state::abandon() noexcept
{
    core_.abandon();
    end_.abandon();
    pings_.abandon();
    handlers_.interrupt_all();
}

// What comes ----------------------------------------------------------------------------------------------------------

bool session_state::take(const batch& read)
{
    taking_ = true;
    take_messages(read.messages());
    if (!read.open())
        core_.close(read.reason(), read.error() ? read.error().message() : std::string());
    taking_ = false;
    services_->flush();
    return !core_.closed();
}

void session_state::take_messages(std::span<const byte_view> messages)
{
    message m;
    for (const auto bytes : messages) {
        if (core_.closed())
            return;
        decoder_.recycle();
        if (decoder_.decode(bytes, m))
            core_.receive(m);
        else
            core_.abort(decoder_.failure().text());
    }
}

/// The connection is read to its end, or nothing more is wanted of it.
void session_state::on_reading_end(const std::exception_ptr& failure)
{
    if (failure)
        core_.close(close_reason::internal_error, "out of memory");
    pings_.fail_all(std::make_exception_ptr(session_ended(core_.how_closed())));
    handlers_.interrupt_all(); // Nobody waits for what they do, and the farewell may take a while.
    boost::asio::co_spawn(services_->io().get_executor(), close_link(),
                          [self = shared_from_this()](const std::exception_ptr&) { self->on_closed(); });
}

awaitable<void> session_state::close_link()
{
    co_await link_->close(channel::clock::now() + session_limits().goodbye_timeout);
}

void session_state::on_closed()
{
    end_.set(core_.how_closed());
}

// What goes -----------------------------------------------------------------------------------------------------------

void session_state::flush_soon()
{
    if (taking_ || flush_posted_)
        return;
    flush_posted_ = true;
    boost::asio::post(services_->io(), [self = shared_from_this()] {
        self->flush_posted_ = false;
        self->services_->flush();
    });
}

void session_state::settle(delivery outcome)
{
    switch (outcome) {
    case delivery::queued: return flush_soon();
    case delivery::too_large: throw application_error(errc::payload_size_exceeded);
    case delivery::not_expressible: throw application_error(errc::not_expressible);
    case delivery::refused: break;
    }
    throw session_ended(core_.closed() ? core_.how_closed() : closing{close_reason::slow_consumer, {}, {}});
}

void session_state::admit(std::size_t payload_bytes) const
{
    demand_open();
    if (link_->queued_bytes() + payload_bytes + envelope_bytes > session_limits().outbound_bytes_max)
        throw application_error(errc::too_many_requests, "the router does not take what waits to be sent; wait for "
                                                         "answers, such as by publish_acknowledged");
}

void session_state::demand_open() const
{
    if (core_.closed())
        throw session_ended(core_.how_closed());
    if (!core_.open())
        throw session_ended(closing{close_reason::goodbye, {}, "it is being left"});
}

std::shared_ptr<pings::answer> session_state::ping()
{
    demand_open();
    return pings_.send(*link_);
}

void session_state::leave(std::string_view reason)
{
    if (!core_.open())
        return;
    core_.say_goodbye(reason);
    link_->set_deadline(channel::clock::now() + session_limits().goodbye_timeout, close_reason::goodbye);
    flush_soon();
}

void session_state::disconnect() noexcept
{
    link_->abort(close_reason::connection_lost);
}

} // namespace junctor::client
