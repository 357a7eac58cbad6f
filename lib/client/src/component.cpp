// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/client/component.hpp>

#include <utility>

#include "component_state.hpp"
#include "one_time.hpp"

namespace junctor::client {

component::component(boost::asio::io_context& io, std::string realm)
    : state_{std::make_shared<component_state>(io, std::move(realm))}
{
}

component::~component()
{
    stop();
}

component& component::add_procedure(std::string uri, call_handler handler, register_options how)
{
    state_->procedures.push_back({std::move(uri), std::move(handler), how});
    return *this;
}

component& component::add_topic(std::string uri, event_handler handler, subscribe_options how)
{
    state_->topics.push_back({std::move(uri), std::move(handler), how});
    return *this;
}

component& component::on_join(std::function<awaitable<void>(session&)> run)
{
    state_->on_join = std::move(run);
    return *this;
}

component& component::on_leave(std::function<void(const closing&)> tell)
{
    state_->on_leave = std::move(tell);
    return *this;
}

component& component::authenticate(std::shared_ptr<const credentials> who)
{
    state_->who = std::move(who);
    return *this;
}

component& component::retry(const retry_policy& when)
{
    state_->retry = when;
    return *this;
}

component& component::join_timeout(std::chrono::milliseconds limit)
{
    state_->join_timeout = limit;
    return *this;
}

component& component::name(std::string name)
{
    state_->name = std::move(name);
    return *this;
}

component& component::log(log_sink& to)
{
    state_->log = &to;
    return *this;
}

component& component::connect(connector to)
{
    state_->routers.push_back({std::move(to)});
    state_->begin();
    return *this;
}

void component::stop()
{
    state_->stop();
}

bool component::joined() const noexcept
{
    return state_->joined();
}

namespace {

awaitable<component_end> end_of(std::shared_ptr<component_state> state)
{
    auto how = co_await one_time<component_end>::wait(state->end);
    co_return how;
}

} // namespace

awaitable<component_end> component::ended() const
{
    return end_of(state_);
}

} // namespace junctor::client
