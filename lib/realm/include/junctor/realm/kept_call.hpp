// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What is kept of a CALL as long as it is pending, for the calls of which that is needed.

#include <string>

#include <junctor/message/messages.hpp>

namespace junctor {

/// A copy of a CALL, but for its arguments, that owns what it points to. Stays where it is.
class kept_call {
public:
    explicit kept_call(const call& m);
    kept_call(const kept_call&) = delete;
    kept_call& operator=(const kept_call&) = delete;

    /// The copy; valid as long as this.
    [[nodiscard]] const call& message() const noexcept { return message_; }

    /// The INVOCATION that its callee was sent, but for the arguments. Further parts of them go the same way, with the
    /// same details. Spec: "Progressive Call Invocations", freezing of options.
    junctor::invocation invocation;

private:
    std::string procedure_;
    std::string attributes_;
    call message_;
};

} // namespace junctor
