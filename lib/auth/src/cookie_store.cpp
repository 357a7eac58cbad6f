// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cookie_store.hpp>

#include <junctor/auth/digest.hpp>
#include <junctor/base/bytes.hpp>
#include <junctor/base/hex.hpp>

namespace junctor {

namespace {

/// Whether two logins are of the same principal in the same realm. How it has authenticated does not matter.
bool same(const cookie_login& a, const cookie_login& b)
{
    return a.realm == b.realm && a.who.authid == b.who.authid && a.who.authrole == b.who.authrole &&
           a.who.authprovider == b.who.authprovider && a.who.authextra == b.who.authextra;
}

} // namespace

std::string cookie_digest(std::string_view cookie)
{
    return to_hex(auth::sha256(as_bytes(cookie)).bytes());
}

cookie_store::cookie_store(std::unique_ptr<cookie_journal> journal, std::size_t cookies_max)
    : cookies_max_{cookies_max}, journal_{std::move(journal)}
{
}

void cookie_store::open(time_point now)
{
    const std::lock_guard lock(mutex_);
    if (opened_ || journal_ == nullptr)
        return;
    for (auto& record : journal_->open()) {
        if (record.expires > now)
            insert(std::move(record.digest), {record.expires, std::move(record.login)});
    }
    opened_ = true;
}

bool cookie_store::knows(const std::string& digest, time_point now) const
{
    const std::lock_guard lock(mutex_);
    return find(digest, now) != nullptr;
}

void cookie_store::add(std::string digest, time_point expires, time_point now)
{
    const std::lock_guard lock(mutex_);
    make_room(now);
    insert(std::move(digest), {expires, std::nullopt});
}

std::optional<cookie_login> cookie_store::login_of(const std::string& digest, time_point now) const
{
    const std::lock_guard lock(mutex_);
    const auto* const found = find(digest, now);
    return found != nullptr ? found->login : std::nullopt;
}

void cookie_store::log_in(const std::string& digest, cookie_login login, time_point now)
{
    const std::lock_guard lock(mutex_);
    const auto* const found = find(digest, now);
    if (found == nullptr || (found->login && same(*found->login, login)))
        return;
    cookie_record record{digest, found->expires, std::move(login)};
    erase(digest);
    insert(digest, {record.expires, record.login});
    if (journal_ != nullptr)
        journal_->put(record);
}

void cookie_store::log_out(const std::string& digest)
{
    const std::lock_guard lock(mutex_);
    const auto at = cookies_.find(digest);
    if (at == cookies_.end())
        return;
    const bool kept = at->second.login.has_value();
    erase(digest);
    if (kept && journal_ != nullptr)
        journal_->erase(digest);
}

const cookie_store::entry* cookie_store::find(const std::string& digest, time_point now) const
{
    const auto at = cookies_.find(digest);
    return at != cookies_.end() && at->second.expires > now ? &at->second : nullptr;
}

void cookie_store::insert(std::string digest, entry added)
{
    auto& order = added.login ? with_login_ : without_login_;
    order.emplace(added.expires, digest);
    cookies_.insert_or_assign(std::move(digest), std::move(added));
}

void cookie_store::erase(const std::string& digest)
{
    const auto at = cookies_.find(digest);
    if (at == cookies_.end())
        return;
    auto& order = at->second.login ? with_login_ : without_login_;
    order.erase({at->second.expires, digest});
    cookies_.erase(at);
}

/// Drops what has expired, and makes room for one more.
void cookie_store::make_room(time_point now)
{
    std::vector<std::string> dropped;
    drop_expired(without_login_, now, dropped);
    drop_expired(with_login_, now, dropped);
    for (const auto& digest : dropped)
        cookies_.erase(digest);
    while (cookies_.size() >= cookies_max_ && !cookies_.empty()) {
        const auto& order = without_login_.empty() ? with_login_ : without_login_;
        const auto digest = order.begin()->second;
        erase(digest);
    }
}

void cookie_store::drop_expired(by_expiry& from, time_point now, std::vector<std::string>& dropped)
{
    while (!from.empty() && from.begin()->first <= now)
        dropped.push_back(std::move(from.extract(from.begin()).value().second));
}

} // namespace junctor
