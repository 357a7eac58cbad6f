// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The session by which requests of HTTP act in a realm.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/arguments.hpp>
#include <junctor/client/options.hpp>
#include <junctor/transport/web_service.hpp>

namespace junctor {

/// A call or an event.
struct bridge_request {
    enum class kind : std::uint8_t { call, publish };

    kind what{kind::call};
    std::string uri; ///< Of the procedure or the topic.
    arguments content;
    std::chrono::milliseconds timeout{0}; ///< Of a call; more than zero.
    client::publish_options options;      ///< Of an event.
};

/// What came of it.
struct bridge_answer {
    enum class kind : std::uint8_t {
        done,
        refused, ///< ERROR has answered: by the router or the callee.
        busy,    ///< Too many others wait.
        lost,    ///< There is no session, or it ended, or took too long.
    };

    kind what{kind::lost};
    std::string error;            ///< Of `refused`: the URI. Of `lost`: what happened, for the log.
    arguments content;            ///< The result, or what the error says.
    std::uint64_t publication{0}; ///< Of an event.
};

/// A session within the program, which joins when it is needed first, and again when it was lost. It lives on the main
/// shard; requests may come from any shard.
class bridge_session {
public:
    /// It joins `realm` with the role `authrole`.
    bridge_session(std::string realm, std::string authrole);
    bridge_session(const bridge_session&) = delete;
    bridge_session& operator=(const bridge_session&) = delete;
    ~bridge_session();

    /// See `web_service`.
    void start(web_host& host);
    void stop() noexcept;

    /// Completes with what came of `what`, on the shard `here`, after its timeout and some seconds at the most. If it
    /// is cancelled, so is a call. `requests_max` may wait at the same time.
    [[nodiscard]] awaitable<bridge_answer> perform(bridge_request what, shard_services& here);

    /// Each that waits takes a slot of the session's pending calls, and memory for what it has sent.
    static constexpr std::size_t requests_max = 1000;

private:
    class state;

    std::shared_ptr<state> state_;
};

} // namespace junctor
