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

    /// Which of some node keys gets the events of a resource key: a choice of the router that follows from these alone.
    std::function<std::string(const std::string&, const std::set<std::string>&)> choose_node;
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

    /// `chosen` is the session that got INVOCATION, if any did: what the router may choose, it chose.
    void receive(session_number from, const value& message, milliseconds now, std::optional<session_number> chosen);
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
    };
    struct procedure {
        std::string name;
        std::string policy;
        std::vector<callee> callees;
        std::size_t turn{0};
    };
    struct pending {
        session_number caller;
        value request;
        session_number callee;
        std::uint64_t invocation;
        bool wants_progress;
        bool killed;
        milliseconds timeout;
        milliseconds deadline;
        list frozen; ///< Its INVOCATION, without payload.
        value procedure;
        list call; ///< Empty once it is not to be offered to anybody else any more.
        milliseconds first_offered;
        std::set<session_number> declined;
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
    void on_register(session_number from, const list& m);
    void on_unregister(session_number from, const list& m);
    void on_call(session_number from, const list& m, milliseconds now, std::optional<session_number> chosen);
    void on_further_part(session_number from, const list& m);
    void on_cancel(session_number from, const list& m);
    void on_yield(session_number from, const list& m, milliseconds now);
    void on_error(session_number from, const list& m, milliseconds now, std::optional<session_number> chosen);
    void reroute(std::size_t call, milliseconds now, std::optional<session_number> chosen);

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
    [[nodiscard]] bool takes_call(const callee& who, const list& m) const;
    [[nodiscard]] std::vector<std::size_t> order(const procedure& r, const list& m,
                                                 std::optional<session_number> chosen,
                                                 const std::set<session_number>& without) const;
    bool invoke(session_number from, const list& m, const pattern& p, procedure& r, std::size_t choice,
                milliseconds now, std::size_t again);
    bool send_part(session_number to, list frozen, const list& m);
    void remove_callee(const pattern& p, session_number id);
    void interrupt(const pending& call, const std::string& mode, const std::string& reason);
    void finish(std::size_t call);
    void give_up(std::size_t call, const std::string& uri, bool tell_callee);

    model_options options_;
    std::map<session_number, model_session> sessions_;
    std::map<session_number, std::vector<value>> sent_;
    std::map<pattern, topic> subscriptions_;
    std::map<std::string, std::vector<publication>> retained_; // by topic, all that there ever were
    std::map<pattern, procedure> registrations_;
    std::vector<pending> calls_; // in the order in which they were made
    std::uint64_t names_{0};
};

} // namespace junctor::simulation
