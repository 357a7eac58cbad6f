// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// From HELLO to a verdict: finding the realm, picking the authmethod, and the conversation that authenticates a peer.

#include <memory>
#include <optional>
#include <string>

#include <junctor/auth/authenticator.hpp>
#include <junctor/base/features.hpp>
#include <junctor/router/realm_host.hpp>
#include <junctor/session/legality.hpp>

#include "message_inbox.hpp"
#include "router_core.hpp"

namespace junctor {

/// A peer that may join, or why it may not.
class admission {
public:
    /// The peer joins `host` as `who`.
    admission(realm_host& host, session_id id, identity who, role_features features)
        : host_{&host}, id_{id}, who_{std::move(who)}, features_{features}
    {
    }

    /// It does not: it has left, or has been sent ABORT.
    admission(close_reason reason, std::string text) : reason_{reason}, text_{std::move(text)} {}

    [[nodiscard]] bool granted() const noexcept { return host_ != nullptr; }
    [[nodiscard]] realm_host& host() const noexcept { return *host_; }
    [[nodiscard]] session_id id() const noexcept { return id_; }
    [[nodiscard]] identity& who() noexcept { return who_; }
    [[nodiscard]] const role_features& features() const noexcept { return features_; }
    [[nodiscard]] close_reason reason() const noexcept { return reason_; }
    [[nodiscard]] const std::string& text() const noexcept { return text_; }

private:
    realm_host* host_{nullptr};
    session_id id_;
    identity who_;
    role_features features_;
    close_reason reason_{close_reason::none};
    std::string text_;
};

/// Waits for HELLO and decides about it. `phase` tells whether it is the connection's first session (`expecting_hello`)
/// or another one (`between_sessions`). Everything that the peer must be told has been queued when it completes. All
/// arguments must outlive the coroutine; `here` serves the shard of the connection. Spec: "Session Establishment".
[[nodiscard]] awaitable<std::unique_ptr<admission>>
admit(router_core& core, shard_services& here, const listening& transport, message_inbox& inbox, session_phase phase);

} // namespace junctor
