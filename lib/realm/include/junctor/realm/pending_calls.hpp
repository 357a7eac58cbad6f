// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The calls that have no final answer yet.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/set.hpp>

#include <junctor/base/ids.hpp>
#include <junctor/realm/call_slots.hpp>
#include <junctor/realm/kept_call.hpp>

namespace junctor {

class call_queue;
struct call_branches;
struct realm_member;

/// One call between its CALL and its final RESULT or ERROR: the caller's side and the callee's.
struct pending_call {
    using time_point = std::chrono::steady_clock::time_point;
    using timetable_hook = boost::intrusive::set_member_hook<boost::intrusive::optimize_size<true>>;

    realm_member* caller{nullptr};
    request_id call;
    realm_member* callee{nullptr}; ///< Null as long as it waits in a queue, and of a call to all callees.
    request_id invocation;

    bool wants_progress{false}; ///< The caller asked for progressive results.
    bool being_killed{false};   ///< The callee was interrupted and its answer is awaited.
    bool has_extras{false};     ///< It has any of what follows, which most calls do not have.

    std::chrono::milliseconds timeout{0}; ///< To the next result; zero if the router does not time the call.
    time_point deadline{};                ///< When that is over.

    timetable_hook by_deadline;

    std::unique_ptr<kept_call> kept;   ///< Null if its CALL is not needed any more.
    std::shared_ptr<call_slots> slots; ///< Of which it has one; null if the callee takes any number of calls.

    call_queue* queue{nullptr}; ///< In which it waits for a callee; null if it has one.
    boost::intrusive::list_member_hook<> by_age;

    /// Of a call to all callees of a registration: an entry for each callee that has not given its last answer. The
    /// callees know the branches, and the caller the call. Null if it is another call. Spec: "Sharded Registration".
    std::unique_ptr<call_branches> branches;
    pending_call* branch_of{nullptr}; ///< The call of which this is a branch, or null.
};

/// Calls in the order in which they were added.
using pending_call_list = boost::intrusive::list<
    pending_call,
    boost::intrusive::member_hook<pending_call, boost::intrusive::list_member_hook<>, &pending_call::by_age>>;

struct call_branches {
    pending_call_list open;
};

/// Finds calls by the request of their caller, by the request of their callee, in the tables of both members, and by
/// their deadline. Entries are used again and again: in steady state a call allocates nothing.
class pending_calls {
public:
    using time_point = pending_call::time_point;

    explicit pending_calls(std::uint64_t seed);
    ~pending_calls();
    pending_calls(const pending_calls&) = delete;
    pending_calls& operator=(const pending_calls&) = delete;

    /// How many calls there are; their branches do not count.
    [[nodiscard]] std::size_t size() const noexcept { return entries_.size() - free_.size() - branches_; }

    /// Files a call. Neither side may have an entry of the same request.
    pending_call& add(realm_member& caller, request_id call, realm_member& callee, request_id invocation);

    /// The same for a call that has no callee yet. The caller may have no entry of the same request.
    pending_call& add_waiting(realm_member& caller, request_id call);

    /// Files the part of `whole`, which has no callee of its own, that one of its callees was sent this INVOCATION for.
    /// The callee may have no entry of the same request.
    pending_call& add_branch(pending_call& whole, realm_member& callee, request_id invocation);

    /// The call that `caller` made with this request, or null.
    [[nodiscard]] static pending_call* find_call(const realm_member& caller, request_id call) noexcept;

    /// The call that `callee` was invoked for with this request, or null.
    [[nodiscard]] static pending_call* find_invocation(const realm_member& callee, request_id invocation) noexcept;

    /// Keeps `m`, the CALL of `pending`, with it, until it is removed.
    static kept_call& keep(pending_call& pending, const call& m, kept_call::arguments which);

    /// Forgets what is kept of `pending`, which waits in no queue.
    static void drop_kept(pending_call& pending) noexcept;

    /// Takes `pending` from its callee, who has declined it. It has no timeout and no slot any more.
    void take_back(pending_call& pending) noexcept;

    /// Takes one of `slots`, if there are any, for `pending`, which has none. It has it until it is removed, unless it
    /// is released or left to the callee before.
    static void take_slot(pending_call& pending, const std::shared_ptr<call_slots>& slots);
    static void release_slot(pending_call& pending) noexcept;

    /// Leaves the slot of `pending`, if it has one, to the callee, who goes on with what it was invoked for.
    static void leave_slot(pending_call& pending);

    /// Gives `pending` to a callee who was sent this INVOCATION and is not the one that it has. It has no timeout and
    /// no slot any more, and waits in no queue.
    void hand_over(pending_call& pending, realm_member& callee, request_id invocation);

    /// Lets `pending` expire a timeout from `now`, in place of what was set before. No effect if it has no timeout.
    void restart_timeout(pending_call& pending, time_point now);

    /// The call whose deadline is the next, or null.
    [[nodiscard]] pending_call* next_to_expire() noexcept;
    [[nodiscard]] std::optional<time_point> next_deadline() const noexcept;

    /// Takes `pending`, which has no branches any more, out. It must not be touched any more.
    void remove(pending_call& pending);

private:
    struct sooner {
        bool operator()(const pending_call& a, const pending_call& b) const noexcept { return a.deadline < b.deadline; }
    };

    using timetable = boost::intrusive::multiset<
        pending_call,
        boost::intrusive::member_hook<pending_call, pending_call::timetable_hook, &pending_call::by_deadline>,
        boost::intrusive::compare<sooner>>;

    void add_entry();
    void cancel_timeout(pending_call& pending) noexcept;
    void remove_with_extras(pending_call& pending) noexcept;
    void cut_off(pending_call& branch) noexcept;

    std::uint64_t seed_;
    std::deque<pending_call> entries_; // never moves its elements
    std::vector<pending_call*> free_;
    timetable by_deadline_;
    std::size_t branches_{0};
};

} // namespace junctor
