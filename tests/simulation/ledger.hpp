// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What must hold of the messages of any WAMP router, whatever the realm and the reference model think.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <junctor/base/value.hpp>

#include "lifecycles.hpp"

namespace junctor::simulation {

/// Watches the messages of one session, in the order in which they pass.
class ledger {
public:
    /// The session sends `message`.
    void sends(const list& message);

    /// The session is sent `message`. What is wrong with that, or nothing.
    [[nodiscard]] std::optional<std::string> receives(const list& message);

    /// A message to the session was lost, so some answers may be missing.
    void loses_messages() noexcept { complete_ = false; }

    /// Whether no message was lost.
    [[nodiscard]] bool complete() const noexcept { return complete_; }

    /// Calls that have no final answer yet.
    [[nodiscard]] std::size_t open_calls() const noexcept { return open_calls_.size(); }

private:
    [[nodiscard]] std::optional<std::string> receives_event(const list& message);
    [[nodiscard]] std::optional<std::string> receives_answer(std::int64_t request, bool final);
    [[nodiscard]] std::optional<std::string> receives_unregistered(const list& message);
    [[nodiscard]] std::optional<std::string> receives_invocation(const list& message);

    std::set<std::int64_t> open_calls_;
    std::set<std::int64_t> unfinished_calls_; ///< Those in parts; their further parts are no calls of their own.
    std::set<std::int64_t> unfinished_invocations_;
    std::set<std::int64_t> subscriptions_;
    std::set<std::int64_t> registrations_;
    std::map<std::int64_t, std::string> subscribing_; ///< Request and topic, of those that are exact.
    std::map<std::int64_t, std::string> topics_;      ///< Of subscriptions that are exact.
    lifecycles lifecycles_;
    std::map<std::int64_t, std::int64_t> unsubscribing_; ///< Request and subscription.
    std::map<std::int64_t, std::int64_t> unregistering_;
    std::int64_t invocations_{0};
    bool complete_{true};
};

} // namespace junctor::simulation
