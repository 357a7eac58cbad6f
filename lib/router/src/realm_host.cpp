// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/realm_host.hpp>

#include <exception>
#include <stdexcept>

#include <boost/asio/post.hpp>

#include "local_session.hpp"
#include "router_core.hpp"

namespace junctor {

/// Wakes the realm when a call times out. It belongs to the main shard.
struct realm_host::timer {
    explicit timer(realm_host& owner) : next{owner.core_.main().services.deadlines(), &owner, &strike} {}

    static void strike(void* owner) noexcept
    {
        auto& host = *static_cast<realm_host*>(owner);
        const auto entered = host.enter(host.core_.main().services);
        host.timer_->armed.reset();
        entered->expire(deadline::clock::now());
    }

    deadline next;

    /// When it will strike at the latest; nothing if it is not set and nobody has asked the main shard to set it.
    std::optional<deadline::clock::time_point> armed;
};

realm_host::realm_host(router_core& core, std::string name, realm_options options)
    : core_{core},
      mutex_{core.mode()},
      realm_{std::move(name), std::move(options), core.seed()},
      timer_{std::make_unique<timer>(*this)}
{
    calibrate();
    open_store();
}

realm_host::~realm_host() = default;

/// Opens the store that the realm has of its own. What it reports is heard on the main shard, in a later turn.
void realm_host::open_store()
{
    const auto& store = options().store;
    if (store == nullptr || options().event_history.empty())
        return;
    store->open(name(), options().event_history, [core = core_.weak_from_this(), this] {
        if (const auto running = core.lock()) // Not its last owner: the router closes the store before it goes.
            boost::asio::post(running->main().io, [running, this] { hear_from_store(); });
    });
}

void realm_host::hear_from_store()
{
    if (shut_down_)
        return;
    store_trouble met;
    {
        const auto entered = enter(core_.main().services);
        met = entered->hear_from_store();
    }
    if (met.any())
        log_trouble(met);
}

/// Logs what has gone wrong with the store, but not each time that it does so for the same reason.
void realm_host::log_trouble(const store_trouble& met)
{
    constexpr std::chrono::seconds pause{10};
    const auto now = std::chrono::steady_clock::now();
    const bool is_new = met.cause != trouble_.cause;
    trouble_.events_lost += met.events_lost;
    trouble_.cause = met.cause;
    if (!is_new && now < trouble_logged_ + pause)
        return;
    trouble_logged_ = now;
    core_.log.write(log_level::error, "event store failed",
                    {{"realm", name()}, {"events_lost", trouble_.events_lost}, {"cause", trouble_.cause}});
    trouble_.events_lost = 0;
}

/// Tells the realm what time it is: the clock may be set while the router runs.
void realm_host::calibrate() noexcept
{
    realm_.calibrate(std::chrono::steady_clock::now(), std::chrono::system_clock::now());
}

/// The last that is done in the realm before it is left.
void realm_host::settle(shard_services& here) noexcept
{
    try {
        realm_.settle();
        arm_timer(here);
    } catch (const std::exception& failure) {
        core_.log.write(log_level::error, "realm not settled", {{"realm", name()}, {"cause", failure.what()}});
    }
}

/// Sees to it that the timer strikes when the next call times out. Setting it costs another shard a post, so that it
/// does so only if the timer would strike too late: most calls end long before their time, and one strike in vain costs
/// less than taking each of them back.
void realm_host::arm_timer(shard_services& here)
{
    const auto next = realm_.next_deadline();
    if (&here == &core_.main().services) {
        set_timer();
        return;
    }
    const bool too_late = next && (!timer_->armed || *next < *timer_->armed);
    const bool in_vain = !next && timer_->armed && closed_; // It would keep the main shard from ending.
    if (shut_down_ || (!too_late && !in_vain))
        return;
    boost::asio::post(core_.main().io, [core = core_.shared_from_this(), this] {
        const auto entered = enter(core->main().services); // Which sets the timer when it is left.
    });
    timer_->armed = next;
}

/// Sets the timer, on the main shard.
void realm_host::set_timer() noexcept
{
    timer_->armed = realm_.next_deadline();
    if (timer_->armed)
        timer_->next.set(*timer_->armed);
    else
        timer_->next.clear();
}

void realm_host::close(close_reason reason)
{
    const auto entered = enter(core_.main().services);
    closed_ = reason;
    entered->close(reason);
}

void realm_host::shut_down() noexcept
{
    if (const auto& store = options().store; store != nullptr)
        store->close();
    local_.reset();
    timer_->next.clear();
    shut_down_ = true;
}

void realm_host::restrict_role(std::string_view role, session_sources sources)
{
    const auto entered = enter(core_.main().services);
    sources_.insert_or_assign(std::string(role), std::move(sources));
}

void realm_host::set_role(std::string_view name, role_settings settings)
{
    auto authorizer = std::move(settings.authorizer); // Later the one before it, which must not end within the realm.
    const bool authorized = authorizer != nullptr;
    {
        const auto entered = enter(core_.main().services);
        const bool known = entered->has_role(name);
        try {
            entered->role(name).replace(std::move(settings.permissions), settings.allow_by_default);
        } catch (...) {
            if (!known)
                entered->remove_role(name);
            throw;
        }
        authorizers_[std::string(name)].swap(authorizer);
        if (settings.sources)
            sources_.insert_or_assign(std::string(name), std::move(*settings.sources));
        else
            sources_.erase(std::string(name));
        if (authorized)
            entered->authorize(name, settings.decisions);
        else
            entered->end_authorization(name);
    }
    if (authorized)
        offer_forgetting();
}

void realm_host::remove_role(std::string_view name)
{
    std::shared_ptr<authorizer> former; // Must not end within the realm.
    const auto entered = enter(core_.main().services);
    entered->remove_role(name);
    if (const auto at = authorizers_.find(name); at != authorizers_.end())
        former.swap(at->second);
}

void realm_host::authorize(std::string_view role, authorizer& decides, const decision_limits& limits)
{
    {
        const auto entered = enter(core_.main().services);
        auto& authorizer = authorizers_[std::string(role)];
        if (authorizer != nullptr)
            throw std::invalid_argument("role with two authorizers: " + std::string(role));
        authorizer = {std::shared_ptr<void>(), &decides};
        entered->authorize(role, limits);
    }
    offer_forgetting();
}

/// Registers the procedure that forgets decisions, once. While sessions are joined, one of them may have taken its
/// name.
void realm_host::offer_forgetting()
{
    if (offers_forgetting_ || closed_)
        return;
    try {
        procedure(forget_decisions_procedure, [this] { forget_decisions(); });
        offers_forgetting_ = true;
    } catch (const std::invalid_argument& refused) {
        core_.log.write(log_level::error, "procedure not offered", {{"realm", name()}, {"cause", refused.what()}});
    }
}

void realm_host::forget_decisions()
{
    enter(core_.main().services)->forget_decisions();
}

void realm_host::register_procedure(std::string_view uri, procedure_handler handler)
{
    auto entered = enter(core_.main().services);
    local(entered).register_procedure(*entered, uri, std::move(handler));
}

void realm_host::call(std::string_view procedure, const list& args, std::chrono::milliseconds timeout,
                      std::function<void(procedure_answer)> done)
{
    auto entered = enter(core_.main().services);
    local(entered).call(*entered, procedure, args, timeout, std::move(done));
}

/// The session of the router itself, which joins when it is needed first.
local_session& realm_host::local(realm_entry& entered)
{
    if (!local_)
        local_ = std::make_unique<local_session>(core_.main().services, *this, *entered, core_.log);
    return *local_;
}

realm_entry::realm_entry(realm_host& host, shard_services& here)
    : host_{host}, here_{here}, scope_{here}, lock_{host.mutex_}
{
}

std::shared_ptr<authorizer> realm_entry::authorizer_of(std::string_view role) const
{
    const auto at = host_.authorizers_.find(role);
    return at != host_.authorizers_.end() ? at->second : nullptr;
}

realm_entry::~realm_entry()
{
    host_.settle(here_);
    lock_.unlock();
    here_.flush();
}

bool realm_entry::admits(std::string_view role, const transport_facts& facts) const
{
    const auto at = host_.sources_.find(role);
    return at == host_.sources_.end() || at->second.contains(facts);
}

void realm_entry::join(session& s)
{
    host_.calibrate();
    host_.realm_.join(s);
    if (host_.closed_)
        s.say_goodbye(*host_.closed_);
}

void realm_entry::leave(session& s)
{
    host_.calibrate(); // What its testaments say has happened now, not when a session last said something.
    host_.realm_.leave(s);
}

} // namespace junctor
