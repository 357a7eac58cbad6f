// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Who may join by an authmethod, with the credentials that prove it.

#include <functional>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_options.hpp>
#include <junctor/auth/principal_source.hpp>

namespace junctor {

/// One who may join. `Credentials` is the authmethod's own type.
template <class Credentials>
struct principal {
    std::string authid;
    std::string authrole;
    std::string realm; ///< The only realm that it may join; empty for every one that has the role.
    dict authextra;    ///< For WELCOME.
    Credentials credentials;
    bool verified{false}; ///< By its source, from the evidence: there are no credentials to check anything by.
};

/// The provider that WELCOME names for principals of a source of the type `type`.
struct found_principals {
    std::string type{static_principals};
    std::unique_ptr<principal_source> source; ///< Null for static ones.
};

/// Reads the key `type` of `options`, and makes the source of that type unless it is "static".
[[nodiscard]] found_principals read_principal_source(module_options& options);

/// Gives the options of `record` to `read`. Throws `std::runtime_error` if it reports anything.
void read_credentials(const principal_record& record, const std::function<void(module_options&)>& read);

/// The principals of an authmethod, by their authids: those that were added, or those of a source. `Credentials` must
/// have a static function `Credentials read(module_options& options)`, which asks for the keys that the authmethod
/// adds to those of every principal, `role` and `realm`.
///
/// Filled before the router runs; then used by any thread.
template <class Credentials>
class principals {
public:
    using entry = principal<Credentials>;

    principals() = default;

    /// Reads them from the configuration: the dict under `key` if `type` is "static", which is the default.
    principals(module_options& options, std::string_view key);

    /// Adds one. Throws `std::invalid_argument` if there is one of the same authid.
    void add(entry one);

    /// All that were added, in the order of their authids.
    [[nodiscard]] const std::map<std::string, entry, std::less<>>& listed() const noexcept { return listed_; }

    /// Whether they come from a source, so that `find` has to be asked.
    [[nodiscard]] bool has_source() const noexcept { return source_ != nullptr; }

    /// Whether `authid` is among them, as far as that can be told without waiting.
    [[nodiscard]] bool may_know(std::string_view authid) const
    {
        return source_ != nullptr || listed_.contains(authid);
    }

    /// Whether the peer of `exchange` may be `one` by what it says in HELLO: realm, and authid if it names one. For
    /// authmethods that know a peer by what its connection shows.
    [[nodiscard]] static bool may_be(const entry& one, const auth_exchange& exchange);

    /// Of those that were added and that the peer of `exchange` may be, the one for which `fit(credentials, authid)`,
    /// an int, is greatest, the first of several; null if it is above 0 for none.
    template <class Fit>
    [[nodiscard]] const entry* best_fit(const auth_exchange& exchange, Fit fit) const;

    /// What WELCOME names as the authprovider.
    [[nodiscard]] const std::string& provider() const noexcept { return provider_; }

    /// Completes with the principal that the peer of `exchange` says it is, by its authid; with null if there is none.
    /// It may be one that may not join the realm that the peer asks for: it is challenged all the same, since strangers
    /// would learn from the difference that it exists, and denied by `grant`. A source gets `evidence`: see
    /// `principal_source::find`.
    [[nodiscard]] awaitable<std::shared_ptr<const entry>> find(auth_exchange& exchange, dict evidence = {}) const;

    /// The verdict on `one`, which has proven that it is the peer of `exchange`: it is let in, if it may join the realm
    /// that it asks for, and otherwise denied as for a wrong secret.
    [[nodiscard]] verdict grant(const entry& one, const auth_exchange& exchange) const;

private:
    std::map<std::string, entry, std::less<>> listed_;
    std::unique_ptr<principal_source> source_;
    std::string provider_{static_principals};
};

template <class Credentials>
principals<Credentials>::principals(module_options& options, std::string_view key)
{
    auto found = read_principal_source(options);
    provider_ = std::move(found.type);
    source_ = std::move(found.source);
    if (provider_ != static_principals)
        return;
    if (!options.has(key))
        options.error("", "needs the key '" + std::string(key) + "'");
    for (auto& [authid, section] : options.sections(key)) {
        auto realm = section.realm("realm");
        auto authrole = section.role("role", "anonymous", realm);
        listed_.try_emplace(
            authid, entry{authid, std::move(authrole), std::move(realm), {}, Credentials::read(section), false});
        section.finish();
    }
}

template <class Credentials>
void principals<Credentials>::add(entry one)
{
    auto authid = one.authid;
    if (!listed_.try_emplace(authid, std::move(one)).second)
        throw std::invalid_argument("principal added twice: " + authid);
}

template <class Credentials>
bool principals<Credentials>::may_be(const entry& one, const auth_exchange& exchange)
{
    const auto& hello = exchange.hello();
    return (one.realm.empty() || one.realm == hello.realm) && (hello.authid.empty() || one.authid == hello.authid);
}

template <class Credentials>
template <class Fit>
auto principals<Credentials>::best_fit(const auth_exchange& exchange, Fit fit) const -> const entry*
{
    const entry* best = nullptr;
    int best_fit = 0;
    for (const auto& [authid, one] : listed_) {
        const int how = may_be(one, exchange) ? fit(one.credentials, authid) : 0;
        if (how > best_fit) {
            best = &one;
            best_fit = how;
        }
    }
    return best;
}

template <class Credentials>
awaitable<std::shared_ptr<const principal<Credentials>>> principals<Credentials>::find(auth_exchange& exchange,
                                                                                       dict evidence) const
{
    std::shared_ptr<const entry> one;
    if (source_ != nullptr) {
        auto record = co_await source_->find(exchange, std::move(evidence));
        if (record) {
            auto made = std::make_shared<entry>();
            made->authid = record->authid;
            made->authrole = record->authrole;
            made->realm = record->realm;
            made->authextra = record->authextra;
            made->verified = record->verified;
            if (!record->verified)
                read_credentials(*record,
                                 [&](module_options& options) { made->credentials = Credentials::read(options); });
            one = std::move(made);
        }
    } else if (const auto at = listed_.find(exchange.hello().authid); at != listed_.end()) {
        one = std::shared_ptr<const entry>(std::shared_ptr<void>(), &at->second); // Owned by the table.
    }
    co_return one;
}

template <class Credentials>
verdict principals<Credentials>::grant(const entry& one, const auth_exchange& exchange) const
{
    if (!one.realm.empty() && one.realm != exchange.hello().realm)
        return verdict::deny(errc::authentication_denied).because("the principal belongs to another realm");
    identity who;
    who.authid = one.authid;
    who.authrole = one.authrole;
    who.authprovider = provider_;
    who.authextra = one.authextra;
    return verdict::grant(std::move(who));
}

} // namespace junctor
