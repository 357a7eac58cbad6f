// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Procedures that the realm itself answers, as the dealer sees them.

#include <string_view>

#include <junctor/base/uri.hpp>
#include <junctor/message/messages.hpp>

namespace junctor {

struct realm_member;

/// Answers calls without a callee. Part of the realm's monitor.
class built_in_procedures {
public:
    /// Answers `m`, which `from` is permitted to call. False, and no answer, if there is no such procedure.
    virtual bool on_call(realm_member& from, const call& m) = 0;

    /// Whether there is such a procedure.
    [[nodiscard]] virtual bool has(std::string_view procedure) const noexcept = 0;

protected:
    built_in_procedures() = default;
    ~built_in_procedures() = default;
};

/// Whether `uri` stands where built-in procedures can be: those of WAMP, and those of this router.
[[nodiscard]] inline bool may_be_built_in(std::string_view uri) noexcept
{
    return is_reserved(uri) || uri.starts_with("junctor.");
}

} // namespace junctor
