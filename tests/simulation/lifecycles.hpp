// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The order in which a session may hear of the lives of sessions, subscriptions and registrations.

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include <junctor/base/value.hpp>

namespace junctor::simulation {

/// Watches the events of the meta API that one session is sent. Whatever has a life is created before anything else is
/// told of it, and after its end nothing is: `on_join` or `on_create` come first, `on_leave` or `on_delete` last. Holds
/// even if some events are lost.
class lifecycles {
public:
    /// The session is sent an event of the topic `topic`. What is wrong with that, or nothing.
    [[nodiscard]] std::optional<std::string> hears(std::int64_t publication, const std::string& topic,
                                                   const list& args);

private:
    enum class moment { beginning, between, end };

    /// What has a life, by its kind and identifier.
    using being = std::pair<std::string, std::int64_t>;

    [[nodiscard]] std::optional<std::string> tell(const being& whose, moment what);

    std::set<std::int64_t> publications_; ///< One that is heard of by several subscriptions counts once.
    std::set<being> known_;
    std::set<being> ended_;
};

} // namespace junctor::simulation
