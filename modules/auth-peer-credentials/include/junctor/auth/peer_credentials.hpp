// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The authmethod "peer-credentials": processes of users and groups of this system may join.

#include <optional>

#include <sys/types.h>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_registry.hpp>
#include <junctor/auth/principals.hpp>

namespace junctor::auth {

/// Whose process a principal is. All that is given must hold; something must be given.
struct process_owner {
    std::optional<uid_t> uid;
    std::optional<gid_t> gid; ///< The process's effective group: the user's other groups do not count.

    /// Reads `uid` and `gid`, as numbers or, in a configuration, as names that the system knows.
    [[nodiscard]] static process_owner read(module_options& options);
};

/// Lets a peer join that has connected through a Unix domain socket, by the user and group that its process had then,
/// as the kernel attests them; without a CHALLENGE. Of several principals that it fits, the one that the peer names as
/// its authid is taken; if it names none, one with user and group comes before one with the user alone, and that before
/// one with the group. Filled before the router runs, then used by any thread. Not in the specification.
///
///     junctor::auth::peer_credentials daemons;
///     daemons.add({"backup", "daemon", "", {}, {getuid(), {}}});
class peer_credentials final : public authenticator {
public:
    peer_credentials() = default;

    /// With the options of `register_peer_credentials`, and what is wrong with them reported to them.
    explicit peer_credentials(module_options& options) : principals_(options, "principals") {}

    /// Lets `one` join. Throws `std::invalid_argument` if there is a principal of the same authid, or if it has neither
    /// user nor group.
    void add(principal<process_owner> one);

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;

private:
    principals<process_owner> principals_;
};

/// Adds "peer-credentials" to `registry`, with the options `type` and `principals`, which have `uid`, `gid`, `role` and
/// `realm`.
void register_peer_credentials(module_registry& registry);

} // namespace junctor::auth
