// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The calls that wait until a callee of their registration has time for them.

#include <cstddef>

#include <junctor/realm/pending_calls.hpp>
#include <junctor/realm/permissions.hpp>

namespace junctor {

/// Procedures whose calls wait if all callees are busy, and bounds on each queue of them. Of several rules that match
/// the URI of a registration the most specific holds, as of the rules of a role.
struct call_queue_rule {
    uri_pattern procedures;
    std::size_t calls_max{100};

    /// What is kept of the calls, arguments included: as much as may be kept of four callers.
    std::size_t bytes_max{std::size_t{16} << 20};
};

/// The calls to one registration that wait, the oldest first. Those in it are kept with their arguments. Part of the
/// realm's monitor.
class call_queue {
public:
    using calls = pending_call_list;

    explicit call_queue(const call_queue_rule& bounds) : calls_max_{bounds.calls_max}, bytes_max_{bounds.bytes_max} {}
    call_queue(const call_queue&) = delete;
    call_queue& operator=(const call_queue&) = delete;

    /// Whether there is room for one more call, of which so many octets are kept.
    [[nodiscard]] bool has_room(std::size_t bytes) const noexcept
    {
        return waiting_.size() < calls_max_ && bytes <= bytes_max_ - bytes_;
    }

    /// Appends a call, which is kept and in no queue.
    void append(pending_call& last) noexcept;
    void remove(pending_call& taken) noexcept;

    [[nodiscard]] bool empty() const noexcept { return waiting_.empty(); }
    [[nodiscard]] calls::iterator begin() noexcept { return waiting_.begin(); }
    [[nodiscard]] calls::iterator end() noexcept { return waiting_.end(); }

private:
    std::size_t calls_max_;
    std::size_t bytes_max_;
    std::size_t bytes_{0};
    calls waiting_;
};

} // namespace junctor
