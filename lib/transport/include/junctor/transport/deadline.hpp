// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Deadlines of many connections, served by one timer.

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/intrusive/list.hpp>

#include <junctor/auth/awaitable.hpp>

namespace junctor {

class deadline_sweep;

/// A point in time at which something happens unless it is cleared before. Belongs to one owner, costs nothing to set
/// and clear, and strikes up to `deadline_sweep::resolution` late. Used on the thread of its sweep.
class deadline : public boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>> {
public:
    using clock = std::chrono::steady_clock;

    /// What happens; it may set and clear deadlines, and must not destroy any but its own.
    using action = void (*)(void* owner) noexcept;

    /// Calls `strike(owner)` when the time has come. `sweep` must outlive the deadline.
    deadline(deadline_sweep& sweep, void* owner, action strike) noexcept : sweep_{sweep}, owner_{owner}, strike_{strike}
    {
    }
    deadline(const deadline&) = delete;
    deadline& operator=(const deadline&) = delete;

    /// Sets it to `when`, in place of what it was set to before.
    void set(clock::time_point when) noexcept;

    /// Sets it to `delay` from now.
    void set_after(clock::duration delay) noexcept { set(clock::now() + delay); }

    void clear() noexcept { unlink(); }
    [[nodiscard]] bool is_set() const noexcept { return is_linked(); }

private:
    friend class deadline_sweep;

    deadline_sweep& sweep_;
    void* owner_;
    action strike_;
    clock::time_point when_{};
};

/// Several deadlines of one owner in the place of one: all of them strike by the same action, which then asks which are
/// due. Used on the thread of its sweep.
template <std::size_t Count>
class deadline_group {
public:
    using clock = deadline::clock;

    /// As of a deadline.
    deadline_group(deadline_sweep& sweep, void* owner, deadline::action strike) noexcept : next_{sweep, owner, strike}
    {
        due_.fill(never);
    }

    /// Sets number `which` to `when`, in place of what it was set to before.
    void set(std::size_t which, clock::time_point when) noexcept
    {
        due_[which] = when;
        next_.set(earliest());
    }

    void clear(std::size_t which) noexcept
    {
        if (std::exchange(due_[which], never) == never)
            return;
        if (earliest() == never)
            next_.clear(); // Otherwise it strikes too early, at worst.
    }

    [[nodiscard]] bool is_set(std::size_t which) const noexcept { return due_[which] != never; }

    /// Clears number `which` if it lies at or before `now`, and tells whether it did. The action asks this of all.
    [[nodiscard]] bool take_due(std::size_t which, clock::time_point now) noexcept
    {
        if (due_[which] > now)
            return false;
        due_[which] = never;
        return true;
    }

    /// Strikes for those that are still set; the last thing that the action does.
    void go_on() noexcept
    {
        if (earliest() != never)
            next_.set(earliest());
    }

private:
    static constexpr auto never = clock::time_point::max();

    [[nodiscard]] clock::time_point earliest() const noexcept { return *std::min_element(due_.begin(), due_.end()); }

    deadline next_;
    std::array<clock::time_point, Count> due_;
};

/// The timer behind the deadlines of one shard. It runs while any deadline is set, and keeps `io_context::run()` from
/// returning for so long. Used on the thread of its io_context; must outlive its deadlines.
class deadline_sweep {
public:
    /// How late a deadline may strike.
    static constexpr std::chrono::milliseconds resolution{100};

    explicit deadline_sweep(boost::asio::io_context& io);
    deadline_sweep(const deadline_sweep&) = delete;
    deadline_sweep& operator=(const deadline_sweep&) = delete;
    ~deadline_sweep();

    /// Ends it: no deadline strikes from now on, and nothing is left of it in the io_context, which may go first then.
    void shut_down() noexcept;

    /// Lets every deadline strike that lies at or before `now`. The timer calls it.
    void strike_until(deadline::clock::time_point now) noexcept;

private:
    friend class deadline;
    using deadline_list = boost::intrusive::list<deadline, boost::intrusive::constant_time_size<false>>;
    using timer =
        boost::asio::basic_waitable_timer<deadline::clock, boost::asio::wait_traits<deadline::clock>, executor>;

    void add(deadline& entry) noexcept;
    void start_timer() noexcept;
    void on_timer(boost::system::error_code error) noexcept;

    deadline_list deadlines_;
    std::optional<timer> timer_; ///< Nothing once it is shut down.
    bool running_{false};
    std::shared_ptr<deadline_sweep*> self_; ///< Null inside once the sweep is gone: its last wait may outlive it.
};

} // namespace junctor
