// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The connections that something was queued for since the last flush.

#include <boost/intrusive/list.hpp>

namespace junctor {

/// Something with output to write. Leaves its list by itself when it is destroyed.
class flushable : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    /// Writes what can be written at once; the rest goes on by itself. Never destroys anything and never calls back.
    virtual void flush() noexcept = 0;

protected:
    flushable() noexcept = default;
    flushable(const flushable&) = delete;
    flushable& operator=(const flushable&) = delete;
    ~flushable() = default;
};

/// Collects the outputs that one batch of input touches, so that each is written once, at the end of the batch, with
/// one system call. Whoever hands messages to outlets calls `flush_all()` afterwards. Used by one thread.
class flush_list {
public:
    /// Puts `output` last in the list, unless it is in it already.
    void add(flushable& output) noexcept
    {
        if (!output.is_linked())
            outputs_.push_back(output);
    }

    /// Flushes all, in the order in which they came, and leaves the list empty.
    void flush_all() noexcept
    {
        while (!outputs_.empty()) {
            auto& output = outputs_.front();
            outputs_.pop_front();
            output.flush();
        }
    }

    [[nodiscard]] bool empty() const noexcept { return outputs_.empty(); }

private:
    boost::intrusive::list<flushable, boost::intrusive::constant_time_size<false>> outputs_;
};

} // namespace junctor
