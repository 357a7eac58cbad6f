// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a session wants to be published once it has gone.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include <junctor/base/bytes.hpp>
#include <junctor/base/limits.hpp>
#include <junctor/session/permission.hpp>

namespace junctor {

/// When a testament is published. Sessions cannot be resumed, so both are at the same time, detached ones first.
enum class testament_scope : std::uint8_t { detached, destroyed };

/// The scope of that name, or nothing.
[[nodiscard]] std::optional<testament_scope> parse_testament_scope(std::string_view name) noexcept;

/// One event to be.
struct testament {
    byte_buffer publication; ///< A PUBLISH in MessagePack.

    /// What an authorizer decided about the publication, if one decides about the session.
    std::optional<authorization_decision> decided;
};

/// The testaments of one session. Part of the realm's monitor. Spec: advanced profile, "Session Testament".
class testaments {
public:
    /// Adds one behind those of the same scope; false, and no change, if that would exceed `limits`.
    [[nodiscard]] bool add(testament_scope scope, testament added, const membership_limits& limits);

    /// Removes those of `scope`.
    void flush(testament_scope scope) noexcept;

    /// Calls `use(const testament&)` for each in the order in which they are to be published.
    template <class Use>
    void for_each(Use&& use) const
    {
        for (const auto& scope : scopes_) {
            for (const auto& each : scope)
                use(each);
        }
    }

private:
    std::array<std::vector<testament>, 2> scopes_; ///< By `testament_scope`.
    std::size_t count_{0};
    std::size_t bytes_{0};
};

} // namespace junctor
