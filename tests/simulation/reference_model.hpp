// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a realm should do, written down a second time: slowly, simply, and from the spec alone.

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <junctor/base/value.hpp>

namespace junctor::simulation {

using session_number = std::uint64_t;
using milliseconds = std::chrono::milliseconds;

/// The time of day as RFC 3339 writes it, so long after the simulation began. Earlier ones come first among texts, too.
std::string timestamp(milliseconds since_start);

/// A topic or pattern whose events are kept, and how many of them.
struct kept_topic {
    std::string match;
    std::string uri;
    std::size_t events_max;
};

/// Procedures whose calls wait for callees that are busy, and how many do.
struct queued_procedure {
    std::string match;
    std::string uri;
    std::size_t calls_max;
};

/// What holds for a whole run.
struct model_options {
    bool strict_requests{false};
    bool strict_progress{false};
    bool disclosure_allowed{true};
    std::size_t subscriptions_max{0};
    std::size_t registrations_max{0};
    std::size_t pending_calls_max{0};
    milliseconds retained_age_max{0}; ///< Zero for ever.
    std::vector<kept_topic> histories;
    std::vector<queued_procedure> queues;

    /// Which of some node keys gets the events of a resource key: a choice of the router that follows from these alone.
    std::function<std::string(const std::string&, const std::set<std::string>&)> choose_node;

    /// The same for callees.
    std::function<session_number(const std::string&, const std::set<session_number>&)> choose_callee;

    /// Whether a session was sent this message in the present step: what the router may choose, it chose.
    std::function<bool(session_number, const list&)> was_sent;
};

/// What a session brings with it.
struct model_session {
    std::string authid;
    std::string authrole;
    bool takes_interrupt{false};
    bool takes_progress{false};
    bool keeps_time{false};
    bool takes_parts{false}; ///< As a callee.
    bool sends_parts{false}; ///< It says so as a caller.
    bool takes_revocation{false};
    bool may_decline{false}; ///< What it declines is offered to others.

    bool open{true};
    bool silent{false}; ///< Nobody is told that it leaves.
    bool full{false};   ///< Its queue takes nothing.
    std::uint64_t invocations{0};
    std::uint64_t requests{0};
    std::vector<list> testaments;       ///< The publications that they will be.
    std::set<std::uint64_t> unfinished; ///< Calls in parts whose last part has not come.
};

/// The reference. Messages are values as the spec writes them; what the router may choose has a name in them: `"$S1"`
/// for subscriptions, `"$R1"` for registrations, `"$P1"` for publications. It shares no code with the realm.
class reference_model {
public:
    explicit reference_model(const model_options& options);

    void join(session_number id, model_session facts);
    void leave(session_number id, milliseconds now);

    void receive(session_number from, const value& message, milliseconds now);
    void expire(milliseconds now);

    /// Ends a subscription by its name; whether the session had it.
    bool revoke(session_number id, const std::string& subscription, const std::string& reason);

    [[nodiscard]] model_session& session(session_number id) { return sessions_.at(id); }

    /// The messages that the session should have been sent since the last time.
    [[nodiscard]] std::vector<value> take(session_number id);

    [[nodiscard]] std::size_t session_count() const { return sessions_.size(); }
    [[nodiscard]] std::size_t subscription_count() const { return subscriptions_.size(); }
    [[nodiscard]] std::size_t registration_count() const { return registrations_.size(); }
    [[nodiscard]] std::size_t pending_call_count() const { return calls_.size(); }
    [[nodiscard]] std::optional<milliseconds> next_deadline() const;

private:
    using pattern = std::pair<std::string, std::string>; // match policy, URI

    struct publication {
        std::string topic;
        std::string name;
        session_number from;
        list message;
        dict details;
        milliseconds when;
    };
    struct topic {
        std::string name;
        std::uint64_t number{0}; ///< Grows with each.
        std::vector<session_number> subscribers;
        std::map<session_number, std::string> nodes; ///< The node keys of those subscribers who gave one.
        std::size_t kept_max{0};                     ///< Zero if it has no history.
        std::vector<publication> history;
    };
    struct callee {
        session_number id;
        bool wants_caller;
        bool wants_timeout;
        std::size_t concurrency; ///< Zero for any number of calls at a time.
    };
    struct procedure {
        std::string name;
        std::uint64_t number{0}; ///< Grows with each.
        std::string policy;
        std::vector<callee> callees;
        std::size_t turn{0};
    };
    struct pending {
        session_number caller;
        list call;
        pattern to;
        std::string registration;
        bool to_all{false};
        std::map<session_number, std::uint64_t> working{}; ///< The callees that work on it, and their invocations.
        milliseconds first_offered{};
        std::set<session_number> declined{};
        bool may_be_rerouted{true};
        bool killed{false};
        milliseconds timeout{}; ///< Zero if the router does not time it.
        milliseconds deadline{};
        std::uint64_t timeout_set{0}; ///< Grows with each that is set.
        std::uint64_t queued{0};      ///< Grows with each that begins to wait; zero if it does not.
        list frozen{};                ///< Its INVOCATION, without payload.
    };

    bool send(session_number to, list message);
    void error(session_number to, int type, const value& request, const std::string& uri);
    void abort(session_number id);

    [[nodiscard]] bool sequence_broken(session_number from, int type, const list& m);
    void on_subscribe(session_number from, const list& m, milliseconds now);
    void on_unsubscribe(session_number from, const list& m);
    void on_publish(session_number from, const list& m, milliseconds now);
    [[nodiscard]] bool may_get(session_number to, const publication& what) const;
    [[nodiscard]] bool may_get_by_name(session_number to, const publication& what) const;
    void keep(const publication& made);
    [[nodiscard]] std::vector<session_number> receivers(const topic& t, const publication& what) const;
    void send_event(session_number to, const pattern& p, const publication& what, bool retained);
    void send_retained(session_number to, const pattern& p, milliseconds now);
    void on_register(session_number from, const list& m, milliseconds now);
    void on_unregister(session_number from, const list& m, milliseconds now);
    void on_call(session_number from, const list& m, milliseconds now);
    void on_further_part(session_number from, const list& m, milliseconds now);
    void on_cancel(session_number from, const list& m, milliseconds now);
    void on_yield(session_number from, const list& m, milliseconds now);
    void on_error(session_number from, const list& m, milliseconds now);

    void remove_subscriber(const pattern& p, session_number id);

    /// Publishes an event of the router itself.
    void announce(const std::string& topic, const list& args);
    [[nodiscard]] dict details_of(session_number id) const;
    bool on_meta_call(session_number from, const list& m);
    bool on_session_call(session_number from, const list& m);
    bool on_subscription_call(session_number from, const list& m);
    void answer(session_number to, const list& m, list results);
    void get_session(session_number from, const list& m, session_number id);
    template <class Chosen>
    [[nodiscard]] list open_sessions(Chosen chosen) const;
    [[nodiscard]] list open_sessions_of(const list& args) const;
    bool on_kill(session_number from, const list& m);
    bool kill(session_number from, const list& m, const list& ids, bool silently = false);
    void lookup(session_number from, const list& m);
    void get_events(session_number from, const list& m);
    [[nodiscard]] bool may_see(session_number id, const pattern& p) const;
    [[nodiscard]] std::vector<publication> events_for(session_number id, const topic& t, const dict& asked) const;
    [[nodiscard]] dict kept_event(const pattern& p, const publication& kept) const;
    [[nodiscard]] bool is_gone(session_number id) const;
    void add_testament(session_number from, const value& request, const list& args);

    [[nodiscard]] bool permitted(session_number id, const std::string& uri) const;
    [[nodiscard]] const pattern* find_procedure(const std::string& uri) const;
    void remove_callee(const pattern& p, session_number id, milliseconds now);

    void place(std::uint64_t number, milliseconds now);
    [[nodiscard]] std::size_t queue_length(const std::string& uri) const;
    [[nodiscard]] std::vector<std::size_t> order(const procedure& r, const pending& call, milliseconds now) const;
    [[nodiscard]] bool takes_call(const callee& who, const list& m) const;
    [[nodiscard]] bool is_busy(const procedure& r, const callee& who) const;
    [[nodiscard]] bool keeps_time(const callee& who) const;
    [[nodiscard]] list invocation_for(const pending& call, const procedure& r, const callee& target,
                                      milliseconds now) const;
    [[nodiscard]] static list with_part(list frozen, const list& m);
    bool invoke(std::uint64_t number, procedure& r, std::size_t choice, milliseconds now);
    void start_work(pending& call, const procedure& r, const callee& target);
    void call_all(session_number from, const list& m, const pattern& p, milliseconds now);
    void set_timeout(pending& call, milliseconds timeout, milliseconds from);
    void reroute(std::uint64_t number, session_number declining, milliseconds now);

    [[nodiscard]] std::uint64_t find_call(session_number caller, const value& request) const;
    [[nodiscard]] std::uint64_t find_invocation(session_number callee, std::uint64_t invocation) const;
    [[nodiscard]] std::vector<std::uint64_t> waiting_for(const std::string& registration) const;
    void offer_waiting(const std::string& registration, milliseconds now);
    void free_slot(session_number callee, std::uint64_t invocation, milliseconds now);
    void let_go(session_number callee, std::uint64_t invocation, const std::string& mode, const std::string& reason);
    void end(std::uint64_t number, const std::string& mode, const std::string& reason, milliseconds now);
    void end_by(std::uint64_t number, session_number callee, milliseconds now);
    void break_off(std::uint64_t number, session_number callee, milliseconds now);
    void give_up(std::uint64_t number, const std::string& uri, const std::string& mode, milliseconds now);
    void end_calls_of(session_number gone, milliseconds now);

    model_options options_;
    std::map<session_number, model_session> sessions_;
    std::map<session_number, std::vector<value>> sent_;
    std::map<pattern, topic> subscriptions_;
    std::map<std::string, std::vector<publication>> retained_; // by topic, all that there ever were
    std::map<pattern, procedure> registrations_;
    std::map<std::uint64_t, pending> calls_; // in the order in which they were made
    std::uint64_t calls_made_{0};
    std::uint64_t timeouts_set_{0};
    std::uint64_t queued_{0};
    /// What callees that take so many calls at a time are busy with: their invocations, and the name of the
    /// registration.
    std::map<std::pair<session_number, std::uint64_t>, std::string> slots_;
    std::uint64_t names_{0};
};

} // namespace junctor::simulation
