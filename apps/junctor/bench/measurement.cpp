// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "measurement.hpp"

#include <unistd.h>

namespace junctor::bench {
namespace {

nanoseconds in_nanoseconds(std::chrono::duration<double> time)
{
    return static_cast<nanoseconds>(time.count() * 1e9);
}

} // namespace

measurement::measurement(const options& what)
    : left_{what.count}, warmup_{in_nanoseconds(what.warmup)}, duration_{in_nanoseconds(what.duration)}, pid_{what.pid}
{
}

void measurement::begin(nanoseconds now)
{
    phase_began_ = now;
    if (left_)
        start_counting(now);
}

bool measurement::take() noexcept
{
    if (!left_)
        return now_ != phase::over;
    if (*left_ == 0)
        return false;
    --*left_;
    return true;
}

void measurement::advance(nanoseconds now)
{
    if (left_)
        return;
    if (now_ == phase::warming_up && now - phase_began_ >= warmup_)
        start_counting(now);
    else if (now_ == phase::counting && now - phase_began_ >= duration_)
        stop_counting(now);
}

void measurement::end(nanoseconds now)
{
    if (now_ == phase::counting)
        stop_counting(now);
}

void measurement::start_counting(nanoseconds now)
{
    now_ = phase::counting;
    phase_began_ = now;
    client_before_ = usage_of(getpid());
    if (pid_)
        router_before_ = usage_of(*pid_);
}

void measurement::stop_counting(nanoseconds now)
{
    now_ = phase::over;
    if (router_before_)
        outcome_.router = difference(*router_before_, usage_of(*pid_));
    outcome_.client = difference(client_before_, usage_of(getpid()));
    outcome_.seconds = static_cast<double>(now - phase_began_) / 1e9;
}

} // namespace junctor::bench
