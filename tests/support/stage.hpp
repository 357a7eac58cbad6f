// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where scripted conversations take place: what they need of a router, whether it is a realm in the test itself or a
/// process that is reached through sockets.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <junctor/base/features.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/realm/realm.hpp>
#include <junctor/session/session.hpp>

#include "support/recorder.hpp"

namespace junctor::test {

/// All roles of a client with all features that there are, but for those named.
[[nodiscard]] role_features features_without(std::initializer_list<feature> missing);

/// Limits of a session that may have next to nothing. Of all that differ from the default, these are the only ones that
/// every stage has.
[[nodiscard]] session_limits scant_limits();

/// Who joins, and how.
struct guest {
    std::string authrole{"anyone"};
    std::optional<serializer> format{}; ///< The conversation's if none is given.
    role_features features{features_without({})};
    session_limits limits{};

    /// What the client announces to take, in bytes: a power of two as RawSocket has them.
    std::size_t message_bytes_max{limits::rawsocket_message_bytes_max};
};

/// The way between one client and the router.
class line {
public:
    virtual ~line() = default;

    [[nodiscard]] virtual serializer format() const noexcept = 0;

    /// Sends bytes that may be a message or not. Whatever was sent before on other lines has taken effect by then.
    virtual void send(byte_view bytes) = 0;

    /// Takes the next message, for which it waits if it may still come; nothing if there is none.
    [[nodiscard]] virtual std::optional<std::string> take() = 0;

    /// Whether there is a message to take when all that was sent on whatever line has taken effect.
    [[nodiscard]] virtual bool has_message() = 0;

    /// Ends the connection without a word; the session has left the realm when this returns.
    virtual void hang_up() = 0;

    /// Whether the session goes on when all that was sent on whatever line has taken effect.
    [[nodiscard]] virtual bool is_open() = 0;

    /// Waits for the end of the session, and returns why it ended: `to_string(close_reason)`.
    [[nodiscard]] virtual std::string ended_because() = 0;

    /// The session and the outlet behind the line; null where they are not in this process.
    [[nodiscard]] virtual junctor::session* session() noexcept { return nullptr; }
    [[nodiscard]] virtual recorder* outlet() noexcept { return nullptr; }
};

/// A realm for one conversation, and the ways to it. Failures of what a stage itself needs, such as a process, throw.
class stage {
public:
    using time_point = std::chrono::steady_clock::time_point;

    virtual ~stage() = default;

    /// A line on which `name`, which is its authid, has said HELLO; WELCOME is what comes first. Must not outlive the
    /// stage.
    [[nodiscard]] virtual std::unique_ptr<line> join(const std::string& name, const guest& who, serializer format) = 0;

    /// From now on the role may do what `rules` allow, and nothing else.
    virtual void set_role(const std::string& name, const std::vector<permission_rule>& rules) = 0;

    /// Lets time pass.
    virtual void wait(std::chrono::milliseconds time) = 0;
    [[nodiscard]] virtual time_point now() const = 0;

    /// Ends the realm: GOODBYE goes to all of its sessions. `reason` is `realm_closed` or `system_shutdown`.
    virtual void close(close_reason reason) = 0;

    /// How many registrations and subscriptions the realm has, and topics with events that it retains.
    [[nodiscard]] virtual std::size_t registration_count() = 0;
    [[nodiscard]] virtual std::size_t subscription_count() = 0;
    [[nodiscard]] virtual std::size_t retaining_topic_count() = 0;

    /// The name that clients know the realm by.
    [[nodiscard]] virtual std::string realm_name() const = 0;

    /// The realm itself; null where it is not in this process.
    [[nodiscard]] virtual junctor::realm* realm() noexcept { return nullptr; }
};

/// A stage for one conversation, with a new realm. The program that the test is linked into has one kind of stages, or
/// chooses. A `seed` decides what is drawn at random, where the stage can tell the router.
[[nodiscard]] std::unique_ptr<stage> open_stage(realm_options options, std::uint64_t seed);

} // namespace junctor::test
