// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "reload.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include <boost/asio/post.hpp>

namespace junctor {

namespace {

template <class Named>
const Named* find_named(const std::vector<Named>& all, const std::string& name)
{
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.name == name; });
    return at != all.end() ? &*at : nullptr;
}

/// The TLS of `where`, or null.
const tls_server_options* tls_of(const endpoint& where)
{
    const auto* const tcp = std::get_if<tcp_endpoint>(&where);
    return tcp != nullptr && tcp->tls ? &*tcp->tls : nullptr;
}

/// Whether both are the same but for the details of TLS.
bool same_place(endpoint one, endpoint other)
{
    auto* const here = std::get_if<tcp_endpoint>(&one);
    auto* const there = std::get_if<tcp_endpoint>(&other);
    if (here != nullptr && there != nullptr && here->tls && there->tls && here->tls->optional == there->tls->optional)
        there->tls = here->tls;
    return one == other;
}

} // namespace

/// What becomes of one worker.
struct reloader::change {
    std::vector<realm_config> before;
    std::vector<realm_config> after;
    std::vector<listening_transport> transports; ///< Those that listen, with the ids by which the router knows them.

    /// Carries it out, on the main shard of `at`. What is new comes first and what is gone goes last, so that nobody is
    /// refused in between whom both configurations let in.
    void apply(router& at)
    {
        for (const auto& realm : after)
            set_up(at, realm);
        for (auto& transport : transports)
            set_up(at, transport);
        for (const auto& former : before)
            take_away(at, former);
    }

private:
    static void set_up(router& at, const realm_config& realm)
    {
        auto* const host = at.find_realm(realm.name);
        if (host == nullptr)
            return open_realm(at, realm);
        for (const auto& role : realm.roles)
            set_role(*host, role);
    }

    /// The certificates are read anew also if nothing is said of them that was not said before.
    static void set_up(router& at, listening_transport& transport)
    {
        if (const auto* const port = transport.port()) {
            for (const auto& part : parts_of(*port)) {
                if (at.listens(part->id())) // A path that is new has to wait for the next start.
                    at.authenticate(part->id(), part->take_methods());
            }
        } else {
            at.authenticate(transport.id(), transport.take_methods());
        }
        if (const auto* const tls = tls_of(transport.endpoint()))
            at.secure(transport.id(), *tls);
    }

    /// Roles that are not from a configuration stay.
    void take_away(router& at, const realm_config& former) const
    {
        const auto* const realm = find_named(after, former.name);
        if (realm == nullptr)
            return at.close_realm(former.name);
        for (const auto& role : former.roles) {
            if (find_named(realm->roles, role.name) == nullptr)
                at.find_realm(realm->name)->remove_role(role.name);
        }
    }
};

/// How far a reload has come. Used on the main thread.
struct reloader::progress {
    std::size_t workers{0}; ///< That have not done their part yet.
    std::size_t realms{0};
    std::size_t roles{0};
    std::size_t transports{0};
    std::size_t waiting{0}; ///< Changes that take effect at the next start.

    void count(const change& made)
    {
        realms += made.after.size();
        for (const auto& realm : made.after)
            roles += realm.roles.size();
        transports += made.transports.size();
    }
};

reloader::reloader(boost::asio::io_context& main, config_source& source, config_result at_start,
                   const running_workers& all, log_sink& log)
    : main_{main}, source_{source}, log_{log}, fixed_{std::move(at_start.fixed)}
{
    auto& workers = at_start.config.workers;
    for (std::size_t i = 0; i != workers.size(); ++i) {
        parts_.push_back({workers[i].id, all[i], {}, std::move(workers[i].realms)});
        for (const auto& transport : workers[i].transports)
            parts_.back().transports.push_back({transport.endpoint(), transport.id()});
    }
}

void reloader::reload()
{
    if (source_.built_in()) {
        log_.write(log_level::info, "nothing to reload", {{"source", source_.name()}});
        return;
    }
    try {
        auto loaded = source_.load();
        if (loaded.result.usable())
            return apply(std::move(loaded));
        for (const auto& problem : loaded.result.problems) {
            if (problem.severity == problem_severity::error)
                log_.write(log_level::error, "configuration not reloaded", {{"problem", to_string(problem)}});
        }
    } catch (const std::exception& failure) {
        log_.write(log_level::error, "configuration not reloaded", {{"problem", failure.what()}});
    }
}

void reloader::apply(loaded_config loaded)
{
    log_loaded(log_, loaded);
    auto& result = loaded.result;
    const auto waiting = fixed_.differences(result.fixed);
    for (const auto& path : waiting)
        log_.write(log_level::warning, "takes effect at the next start", {{"path", path}});
    fixed_.adopt_realms(result.fixed);

    const auto done = std::make_shared<progress>();
    done->waiting = waiting.size();
    done->workers = parts_.size();
    for (auto& mine : parts_)
        apply(mine, result.config.workers, done);
    if (parts_.empty())
        finish(*done);
}

/// Lets `mine` become what the worker of the same id is among `workers`. One that is not there any more stays as it is.
void reloader::apply(part& mine, std::vector<worker_config>& workers, const std::shared_ptr<progress>& done)
{
    const auto at = std::find_if(workers.begin(), workers.end(), [&](const auto& w) { return w.id == mine.id; });
    auto made = std::make_shared<change>();
    if (at != workers.end()) {
        *made = change_of(mine, std::move(*at));
        mine.realms = made->after;
        done->count(*made);
    }
    boost::asio::post(mine.running.main, [this, done, &to = *mine.running.serving, made = std::move(made)] {
        try {
            made->apply(to);
        } catch (const std::exception& failure) {
            log_.write(log_level::error, "configuration reloaded in part", {{"problem", failure.what()}});
        }
        boost::asio::post(main_, [this, done] {
            if (--done->workers == 0)
                finish(*done);
        });
    });
}

/// What becomes of the worker `before`. A transport of `after` is one that listens if it has the same endpoint, with
/// TLS as little or as much: what authenticates clients at one place must not be asked about those at another.
reloader::change reloader::change_of(const part& before, worker_config after)
{
    change made;
    made.before = before.realms;
    made.after = std::move(after.realms);
    auto listening = before.transports;
    for (auto& transport : after.transports) {
        const auto at = std::find_if(listening.begin(), listening.end(),
                                     [&](const auto& one) { return same_place(one.where, transport.endpoint()); });
        if (at == listening.end())
            continue;
        transport.id(at->id);
        made.transports.push_back(std::move(transport));
        listening.erase(at);
    }
    return made;
}

void reloader::finish(const progress& done)
{
    log_.write(log_level::info, "configuration reloaded",
               {{"source", source_.name()},
                {"realms", done.realms},
                {"roles", done.roles},
                {"transports", done.transports},
                {"waiting", done.waiting}});
}

} // namespace junctor
