// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which subscribers a publisher wants to reach: its black- and whitelists.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <junctor/base/bytes.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/session/identity.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

/// The lists of one PUBLISH. Spec: "Subscriber Black- and Whitelisting".
class event_filter {
public:
    /// Reads the lists; null if one of them has an element of the wrong type, or the resource key beside them is longer
    /// than `limits::shard_key_bytes_max`.
    [[nodiscard]] static std::unique_ptr<const event_filter> from(const publish_filters& lists);

    /// Whether the lists let `subscriber` have the event: it stands on every whitelist that is given, even if that is
    /// empty, and on no blacklist.
    [[nodiscard]] bool admits(const session& subscriber) const;

    /// Whether there is no list that keeps anybody from having the event.
    [[nodiscard]] bool admits_all() const noexcept;

    /// Whether the lists of names do. They say the same of whoever bears these names, at any time; identifiers of
    /// sessions do not.
    [[nodiscard]] bool admits_names_of(const identity& who) const;

    /// Appends the lists of names in a form for `from_names`.
    void write_names(byte_buffer& out) const;

    /// The filter that has these lists of names; null if `written` is damaged.
    [[nodiscard]] static std::unique_ptr<const event_filter> from_names(byte_view written);

    /// The memory that it takes, roughly.
    [[nodiscard]] std::size_t bytes() const noexcept;

private:
    using ids = std::vector<std::uint64_t>;
    using names = std::vector<std::string>;

    std::optional<ids> eligible_;
    std::optional<names> eligible_authid_;
    std::optional<names> eligible_authrole_;
    ids exclude_;
    names exclude_authid_;
    names exclude_authrole_;
};

} // namespace junctor
