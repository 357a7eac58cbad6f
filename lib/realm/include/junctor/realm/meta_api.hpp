// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The meta API: what sessions can ask the realm about sessions, registrations and subscriptions, and do to them.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/base/ids.hpp>
#include <junctor/base/value.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/realm/built_in_procedures.hpp>
#include <junctor/realm/id_map.hpp>
#include <junctor/realm/realm_clock.hpp>
#include <junctor/realm/realm_member.hpp>

namespace junctor {

class broker;
class dealer;
struct completed_lookup;
class meta_arguments;
struct realm_options;

/// What is told of a session that joins. Spec: "Session Meta API", `wamp.session.get`.
[[nodiscard]] dict details_of(const session& told);

/// What is told of a registration or subscription. Spec: "Registration Meta API", "Subscriptions Meta API", object
/// schemas.
[[nodiscard]] dict details_of(const registration& told, const realm_clock& clock);
[[nodiscard]] dict details_of(const subscription& told, const realm_clock& clock);

/// Answers the procedures `wamp.session.*`, `wamp.registration.*` and `wamp.subscription.*`;
/// `junctor.registration.explain`, which tells why a call goes where it goes; and `junctor.retention.*` about retained
/// events. Who may call them is a matter of permissions, as for any procedure. Part of the realm's monitor. Spec:
/// advanced profile, "Meta API".
class meta_api final : public built_in_procedures {
public:
    using members_by_id = id_map<session_id, std::unique_ptr<realm_member>>;

    /// All must outlive it, and need not live yet.
    meta_api(const realm_options& options, const members_by_id& members, broker& events, dealer& calls,
             const realm_clock& clock) noexcept;

    bool on_call(realm_member& from, const call& m) override;
    [[nodiscard]] bool has(std::string_view procedure) const noexcept override;

    /// Answers the call of `asking` for events whose answer the store has given now.
    void answer_lookup(realm_member& asking, const completed_lookup& completed) const;

private:
    /// One procedure: takes its arguments and gives the positional results, or lets the call fail.
    struct procedure {
        std::string_view uri;
        list (meta_api::*answer)(meta_arguments& asked);
    };
    static const procedure procedures[];

    [[nodiscard]] static const procedure* find(std::string_view uri) noexcept;

    list session_count(meta_arguments& asked);
    list session_list(meta_arguments& asked);
    list session_get(meta_arguments& asked);
    list session_kill(meta_arguments& asked);
    list session_kill_by_authid(meta_arguments& asked);
    list session_kill_by_authrole(meta_arguments& asked);
    list session_kill_all(meta_arguments& asked);
    list session_add_testament(meta_arguments& asked);
    list session_flush_testaments(meta_arguments& asked);

    list registration_list(meta_arguments& asked);
    list registration_lookup(meta_arguments& asked);
    list registration_match(meta_arguments& asked);
    list registration_get(meta_arguments& asked);
    list registration_list_callees(meta_arguments& asked);
    list registration_count_callees(meta_arguments& asked);
    list registration_remove_callee(meta_arguments& asked);
    list registration_explain(meta_arguments& asked);

    list subscription_list(meta_arguments& asked);
    list subscription_lookup(meta_arguments& asked);
    list subscription_match(meta_arguments& asked);
    list subscription_get(meta_arguments& asked);
    list subscription_list_subscribers(meta_arguments& asked);
    list subscription_count_subscribers(meta_arguments& asked);
    list subscription_get_events(meta_arguments& asked);
    list subscription_remove_subscriber(meta_arguments& asked);
    list retention_topics(meta_arguments& asked);
    list retention_forget(meta_arguments& asked);

    static void give(realm_member& caller, request_id request, const list& results);
    template <class Use>
    void for_each_session(meta_arguments& asked, Use use) const;
    template <class Chosen>
    [[nodiscard]] std::optional<list> kill(meta_arguments& asked, Chosen chosen) const;
    [[nodiscard]] realm_member* session_argument(meta_arguments& asked, std::size_t at = 0) const;
    [[nodiscard]] const registration* registration_argument(meta_arguments& asked) const;
    [[nodiscard]] const subscription* subscription_argument(meta_arguments& asked) const;

    const realm_options& options_;
    const members_by_id& members_;
    broker& events_;
    dealer& calls_;
    const realm_clock& clock_;
};

/// The topic of the testament that `m` adds, if that is what it calls. Whoever decides about the session must let it
/// publish there.
[[nodiscard]] std::optional<std::string> testament_topic(const call& m);

} // namespace junctor
