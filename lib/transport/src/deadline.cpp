// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/deadline.hpp>

namespace junctor {

void deadline::set(clock::time_point when) noexcept
{
    when_ = when;
    if (!is_linked())
        sweep_.add(*this);
}

deadline_sweep::deadline_sweep(boost::asio::io_context& io)
    : timer_{std::in_place, io.get_executor()}, self_{std::make_shared<deadline_sweep*>(this)}
{
}

deadline_sweep::~deadline_sweep()
{
    *self_ = nullptr;
}

void deadline_sweep::shut_down() noexcept
{
    *self_ = nullptr;
    timer_.reset();
}

void deadline_sweep::strike_until(deadline::clock::time_point now) noexcept
{
    // Whatever an action sets or clears meanwhile is taken out of, or put into, the one list or the other.
    deadline_list unchecked;
    unchecked.swap(deadlines_);
    while (!unchecked.empty()) {
        auto& entry = unchecked.front();
        unchecked.pop_front();
        if (entry.when_ <= now)
            entry.strike_(entry.owner_);
        else
            deadlines_.push_back(entry);
    }
}

void deadline_sweep::add(deadline& entry) noexcept
{
    deadlines_.push_back(entry);
    if (!running_ && timer_)
        start_timer();
}

void deadline_sweep::start_timer() noexcept
{
    running_ = true;
    timer_->expires_after(resolution);
    timer_->async_wait([self = self_](boost::system::error_code error) {
        if (*self != nullptr)
            (*self)->on_timer(error);
    });
}

void deadline_sweep::on_timer(boost::system::error_code error) noexcept
{
    running_ = false;
    if (error)
        return;
    strike_until(deadline::clock::now());
    if (!deadlines_.empty() && !running_)
        start_timer();
}

} // namespace junctor
