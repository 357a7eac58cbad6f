// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The key that was derived last.

#include <mutex>
#include <optional>
#include <string>
#include <utility>

#include <fmt/format.h>

#include <junctor/auth/secret.hpp>
#include <junctor/client/credentials.hpp>

namespace junctor::client {

/// Remembers the key that was derived last, and how, which is `How`: whoever joins again as the same user, after a lost
/// connection or in another session, need not spend that time again. Used by any thread.
template <class How>
class last_key {
public:
    /// The key for `how`: the last one, or what `derive()` gives. What that throws becomes `login_failed`.
    template <class Derive>
    [[nodiscard]] secret get(const How& how, Derive derive) const
    {
        if (auto known = find(how))
            return std::move(*known);
        try {
            auto made = derive(); // Without the lock: who has the key already shall not wait.
            const std::scoped_lock lock(mutex_);
            how_ = how;
            key_ = made;
            return made;
        } catch (const std::exception& failure) {
            throw login_failed(fmt::format("the router demands a key that cannot be derived: {}", failure.what()));
        }
    }

private:
    std::optional<secret> find(const How& how) const
    {
        const std::scoped_lock lock(mutex_);
        return how_ == how ? std::optional(key_) : std::nullopt;
    }

    mutable std::mutex mutex_;
    mutable std::optional<How> how_;
    mutable secret key_;
};

} // namespace junctor::client
