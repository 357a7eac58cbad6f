// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A realm within a router: its roles, and the procedures that the program itself offers in it.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/auth/authorizer.hpp>
#include <junctor/auth/session_sources.hpp>
#include <junctor/realm/realm.hpp>
#include <junctor/router/procedure.hpp>
#include <junctor/transport/shard_mutex.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

struct router_core;
class local_session;
class realm_entry;

/// What a role may do, in full.
struct role_settings {
    std::vector<permission_rule> permissions;
    bool allow_by_default{false}; ///< What holds where no permission matches.

    /// Decides in place of the permissions, if it is not null. It is kept as long as somebody may ask it.
    std::shared_ptr<junctor::authorizer> authorizer{};
    decision_limits decisions{}; ///< Bounds on what is remembered of its decisions.

    /// Where sessions with the role may come from: see `realm_host::restrict_role`. Nothing for everywhere.
    std::optional<session_sources> sources{};
};

/// What a router keeps for each of its realms. Made by `router::open_realm`, valid as long as the router. Used on the
/// thread of the router's main shard, or before any shard runs; the shards themselves enter it from their threads.
class realm_host {
public:
    /// Opens the realm's event store, if it has one of its own. Throws what that throws.
    realm_host(router_core& core, std::string name, realm_options options);
    ~realm_host();
    realm_host(const realm_host&) = delete;
    realm_host& operator=(const realm_host&) = delete;

    [[nodiscard]] const std::string& name() const noexcept { return realm_.name(); }
    [[nodiscard]] const realm_options& options() const noexcept { return realm_.options(); }

    /// The permissions of a role, created when first named. Sessions join with the roles that exist, and with no other;
    /// what no rule allows is denied. Changes hold from the next message of each session on. This does not enter the
    /// realm: once a router with several shards runs, call `set_role` instead.
    permission_table& role(std::string_view name) { return realm_.role(name); }

    /// Makes the role `name`, in one step, what `settings` say, whatever it was before and whether it was there or not.
    /// Sessions that are joined with it stay, and obey from their next message on; what was decided about them and
    /// remembered is forgotten. Also while shards run. Throws `std::invalid_argument`, and changes nothing, if a
    /// pattern is not valid.
    void set_role(std::string_view name, role_settings settings);

    /// Takes the role `name` away: nobody joins with it any more, and sessions that have stay, but may do nothing.
    /// Also while shards run. No effect if there is no such role.
    void remove_role(std::string_view name);

    /// Lets sessions join with the role `role` from now on only if they come from one of `sources`, which replace those
    /// of before. Roles that are not restricted are for sessions from everywhere. Whoever comes from elsewhere is
    /// refused as for a wrong secret, with `errc::authentication_denied`: only the log tells the difference.
    void restrict_role(std::string_view role, session_sources sources);

    /// Lets `decides`, which must outlive the router, decide about every request of sessions with the role `role`, in
    /// place of the permissions of that role. Decisions that may be cached are remembered for each session, within
    /// `limits`. Also while shards run. Throws `std::invalid_argument` if the role has an authorizer already.
    ///
    /// From then on the realm has the procedure `forget_decisions_procedure`, which those may call who are permitted
    /// to. If a session has registered that name before, this is logged.
    void authorize(std::string_view role, authorizer& decides, const decision_limits& limits = {});

    /// The procedure that does what `forget_decisions` does. It takes no arguments and answers without any.
    static constexpr std::string_view forget_decisions_procedure = "junctor.authorization.forget_decisions";

    /// Forgets all decisions that were remembered: every session of the realm is asked about anew.
    void forget_decisions();

    /// Offers `uri` to the sessions of the realm: `handler` answers each call on the thread of the main shard (see
    /// `make_procedure` for its forms). Throws `std::invalid_argument` if the URI is not valid or registered already.
    template <class Handler>
    void procedure(std::string_view uri, Handler handler)
    {
        register_procedure(uri, make_procedure(std::move(handler)));
    }

    /// Calls `procedure` as the router itself, with positional arguments. `done` gets what it answers, in a later turn
    /// of the main shard; with wamp.error.timeout if there is no answer within `timeout`. It is not called at all if
    /// the router ends before. On the thread of the main shard.
    void call(std::string_view procedure, const list& args, std::chrono::milliseconds timeout,
              std::function<void(procedure_answer)> done);

    /// Enters the realm on behalf of the shard that `here` serves, for whoever brings sessions of a kind of its own.
    /// Call it on the thread of that shard, once for each batch of messages, and never keep the entry over a wait.
    [[nodiscard]] realm_entry enter(shard_services& here);

    /// Takes sessions out of the realm for good: GOODBYE to each, with `reason`. Whoever joins later is told the same.
    void close(close_reason reason);

    /// Ends what the realm has of its own: its timer, and the procedures of the program. For the destructor of the
    /// router; no shard may run any more.
    void shut_down() noexcept;

private:
    friend class realm_entry;

    void register_procedure(std::string_view uri, procedure_handler handler);
    void offer_forgetting();
    local_session& local(realm_entry& entered);
    void calibrate() noexcept;
    void settle(shard_services& here) noexcept;
    void open_store();
    void hear_from_store();
    void log_trouble(const store_trouble& met);
    void arm_timer(shard_services& here);
    void set_timer() noexcept;

    router_core& core_;
    shard_mutex mutex_; ///< For all below. It is held for a batch of messages, never over a wait or a system call.
    realm realm_;
    std::map<std::string, std::shared_ptr<authorizer>, std::less<>> authorizers_;
    bool offers_forgetting_{false};
    std::map<std::string, session_sources, std::less<>> sources_; ///< Of the roles that are restricted.
    std::optional<close_reason> closed_;
    bool shut_down_{false};
    store_trouble trouble_; ///< That has not been logged yet. This and the next one are for the main shard.
    std::chrono::steady_clock::time_point trouble_logged_{};
    struct timer;
    std::unique_ptr<timer> timer_;
    std::unique_ptr<local_session> local_; ///< Used on the main shard.
};

/// The right to use a realm: nobody else is in it for as long as this lives. At the end, what came of using it is
/// carried out: events that were held back are sent, the timer for timeouts is armed, and, once the realm is free for
/// others, everything that was queued is written.
///
///     auto entered = host.enter(here);
///     entered->receive(member, message, now);
class realm_entry {
public:
    realm_entry(const realm_entry&) = delete;
    realm_entry& operator=(const realm_entry&) = delete;
    ~realm_entry();

    [[nodiscard]] realm& operator*() const noexcept { return host_.realm_; }
    [[nodiscard]] realm* operator->() const noexcept { return &host_.realm_; }

    /// Whether the peer of a connection with such `facts` may join with the role `role`: see `restrict_role`.
    [[nodiscard]] bool admits(std::string_view role, const transport_facts& facts) const;

    /// Lets `s` in. If the realm is closed, it is told so at once.
    void join(session& s);

    /// Takes `s` out. No effect if it is not joined.
    void leave(session& s);

    /// Who decides about sessions with the role `role`; null if its permissions do. Whoever asks keeps it, as the role
    /// may get another one meanwhile.
    [[nodiscard]] std::shared_ptr<authorizer> authorizer_of(std::string_view role) const;

    /// Calls `work()` while others may enter, with nothing written yet: for what takes long and needs no realm. Throws
    /// what it throws.
    template <class Work>
    void outside(Work work)
    {
        lock_.unlock();
        const relock again{lock_};
        work();
    }

private:
    friend class realm_host;
    realm_entry(realm_host& host, shard_services& here);

    /// Locks at its end, whatever happens.
    struct relock {
        std::unique_lock<shard_mutex>& lock;
        ~relock() { lock.lock(); }
    };

    realm_host& host_;
    shard_services& here_;
    shard_scope scope_;
    std::unique_lock<shard_mutex> lock_;
};

inline realm_entry realm_host::enter(shard_services& here)
{
    return {*this, here};
}

} // namespace junctor
