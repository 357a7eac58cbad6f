// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The dealer: registrations, and calls from callers to callees and back.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/errc.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/broker.hpp>
#include <junctor/realm/built_in_procedures.hpp>
#include <junctor/realm/call_queue.hpp>
#include <junctor/realm/call_slots.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/realm/pattern_index.hpp>
#include <junctor/realm/pending_calls.hpp>
#include <junctor/realm/random_numbers.hpp>
#include <junctor/realm/realm_clock.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

struct realm_options;

/// One callee of a registration, and what it asked for.
struct callee {
    realm_member* member;
    bool plain; ///< It asked for nothing, and is told no procedure: most calls take the short way then.
    bool disclose_caller;
    bool forward_timeout;
    std::shared_ptr<call_slots> slots; ///< Null if it takes any number of calls at a time.
};

/// All that registered one pattern under one match policy.
struct registration {
    registration_id id;
    std::string procedure;
    match_policy match{match_policy::exact};
    invocation_policy invoke{invocation_policy::single};
    std::vector<callee> callees; ///< In the order in which they registered; never empty.
    realm_clock::time_point created;
    std::size_t next{0};                 ///< Whose turn it is under "roundrobin".
    permission_memo callers;             ///< Who may call it; for the match policy "exact" only.
    std::unique_ptr<call_queue> waiting; ///< Null if calls do not wait for callees that are busy.
};

/// Serves REGISTER, UNREGISTER, CALL, CANCEL, YIELD and ERROR of one realm. Part of the realm's monitor.
///
/// Every CALL gets exactly one final answer, whatever becomes of the callee; what comes for a call that has been
/// answered is passed over, since it may have crossed the answer on its way. Spec: basic profile, "Remote Procedure
/// Calls"; advanced profile, "Advanced RPC".
class dealer {
public:
    using time_point = pending_calls::time_point;

    using registrations_by_id = id_map<registration_id, std::unique_ptr<registration>>;

    /// All that is referred to must outlive the dealer. `events` are told of registrations; `built_in` answers calls
    /// that no registration of the very name takes.
    dealer(const realm_options& options, random_numbers& random, std::uint64_t seed, const realm_clock& clock,
           broker& events, built_in_procedures& built_in);

    void on_register(realm_member& from, const register_& m);
    void on_unregister(realm_member& from, const unregister& m);

    /// Takes a registration from the callee `from`; false if it does not have it. It is sent UNREGISTERED with
    /// `reason`, unless that is empty, if it announced registration_revocation. What it was invoked for it still
    /// answers. Spec: "Registration Revocation".
    bool revoke(registration_id which, realm_member& from, std::string_view reason);

    /// Takes a call, or the first part of one whose arguments come in parts.
    void on_call(realm_member& from, const call& m, time_point now);
    void on_cancel(realm_member& from, const cancel& m);
    void on_yield(realm_member& from, const yield& m, time_point now);
    void on_error(realm_member& from, const error& m, time_point now);

    /// Whether `m` is a further part of a call whose arguments come in parts. Such a CALL opens no new request.
    /// Spec: "Progressive Call Invocations".
    [[nodiscard]] static bool is_further_part(const realm_member& from, const call& m) noexcept
    {
        return !from.unfinished_calls.empty() && is_unfinished(from, m.request);
    }

    /// Takes a further part. It goes to the callee that was sent the first one; if the call was answered already, it
    /// is passed over.
    void on_further_part(realm_member& from, const call& m);

    /// Takes note of a CALL with an option that has a wrong type or value; `progress`: further parts of it follow.
    /// Whether its request is that of another CALL: then there is no more to be done about it.
    [[nodiscard]] bool on_unsound_call(realm_member& from, request_id request, bool progress);

    /// Ends all registrations of `gone`, answers who called it and interrupts whom it called.
    void leave(realm_member& gone);

    [[nodiscard]] std::optional<time_point> next_deadline() const noexcept { return pending_.next_deadline(); }
    void expire(time_point now);

    [[nodiscard]] std::size_t registration_count() const noexcept { return registrations_.size(); }
    [[nodiscard]] const registrations_by_id& registrations() const noexcept { return registrations_; }
    [[nodiscard]] const pattern_index<registration>& index() const noexcept { return index_; }
    [[nodiscard]] std::size_t pending_call_count() const noexcept { return pending_.size(); }

private:
    void revoke_from_all(registration& ended);
    void add_callee(registration& to, realm_member& from, const register_& m);
    void tell_of_callee(const realm_member& added, const registration& to);
    void remove_callee(registration& from, realm_member& gone);
    void remove_from_list(registration& from, realm_member& gone);

    [[nodiscard]] registration* find_exact(realm_member& caller, std::string_view procedure) const;
    [[nodiscard]] bool admit(realm_member& from, const call& m, registration* exact, permission& permitted);
    void route(realm_member& caller, const call& m, registration& to, permission permitted, time_point now);
    void offer_to_others(realm_member& caller, const call& m, registration& to, std::size_t first, permission permitted,
                         time_point now);
    [[nodiscard]] bool offer(realm_member& caller, const call& m, registration& to, std::size_t position,
                             permission permitted, time_point now);
    [[nodiscard]] std::size_t first_choice(const registration& from);

    void route_by_run_mode(realm_member& caller, const call& m, registration& to, permission permitted, time_point now);
    void route_to_partition(realm_member& caller, const call& m, registration& to, permission permitted,
                            time_point now);
    void route_to_all(realm_member& caller, const call& m, registration& to, time_point now);
    [[nodiscard]] static bool may_invoke_all(realm_member& caller, const call& m, const registration& to);
    [[nodiscard]] delivery branch_out(pending_call& whole, const call& m, const registration& to, const callee& target);
    void pass_on_branch_result(pending_call& from, const yield& m, time_point now);
    void let_go_of_branches(pending_call& whole, cancel_mode mode, errc reason);
    [[nodiscard]] invocation plain_invocation(const call& m, const registration& to, const callee& target) const;
    [[nodiscard]] invocation invocation_for(const realm_member& caller, const call& m, const registration& to,
                                            const callee& target, const authorization_decision& decided) const;
    void remember_extras(pending_call& pending, const call& m, const registration& to, const callee& target,
                         time_point now);

    void keep(pending_call& pending, const call& m, const registration& to, const callee& target,
              const authorization_decision& decided, time_point now);

    [[nodiscard]] static bool is_unfinished(const realm_member& from, request_id request) noexcept;
    [[nodiscard]] static bool begins_in_parts(realm_member& from, const call& m);
    static void expect_further_parts(realm_member& from, request_id request);
    static void forget_answered(realm_member& of, std::size_t surplus);

    void let_go(pending_call& pending, cancel_mode mode, errc reason);
    void forget(pending_call& pending, cancel_mode mode);
    void pass_on_result(pending_call& to, const yield& m, time_point now);
    [[nodiscard]] static bool declines(const pending_call& of, const error& m);
    void reroute(pending_call& pending, time_point now);
    void place(pending_call& pending, time_point now);
    [[nodiscard]] std::vector<std::size_t> others(const registration& among, const kept_call& of);
    [[nodiscard]] bool offer_again(pending_call& pending, registration& to, std::size_t position, time_point now);
    void hand_over(pending_call& pending, const callee& target, const invocation& sent);
    static void interrupt_callee(const pending_call& of, cancel_mode mode, errc reason);
    static void kill(pending_call& pending);
    void fail(pending_call& pending, errc code, std::string_view text = {});
    void end(pending_call& pending);
    void end_with_extras(pending_call& pending);
    void abandon(pending_call& pending, errc code, cancel_mode mode = cancel_mode::killnowait);
    void release_slot(realm_member& of, request_id answered);

    void add_queue(registration& to) const;
    void keep_waiting(realm_member& caller, const call& m, registration& to, time_point now);
    [[nodiscard]] static bool has_room(const registration& to, const call& m);
    void append_waiting(pending_call& pending, registration& to);
    void offer_waiting(registration& to);
    void offer_waiting(const std::shared_ptr<call_slots>& freed);
    void fail_waiting(registration& ended);
    void drop_waiting(realm_member& gone);

    const realm_options& options_;
    random_numbers& random_;
    const realm_clock& clock_;
    broker& events_;
    built_in_procedures& built_in_;
    pattern_index<const call_queue_rule> queue_rules_;
    pattern_index<registration> index_;
    registrations_by_id registrations_;
    std::uint64_t last_registration_{0};
    std::uint64_t registrations_ended_{0};
    pending_calls pending_;
};

} // namespace junctor
