// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What is kept of a CALL as long as it is pending, for the calls of which that is needed.

#include <chrono>
#include <cstddef>
#include <string>

#include <boost/container/flat_set.hpp>

#include <junctor/base/ids.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/session/permission.hpp>

namespace junctor {

/// A copy of a CALL that owns what it points to. Stays where it is.
class kept_call {
public:
    using time_point = std::chrono::steady_clock::time_point;

    /// With the arguments, or without.
    enum class arguments : bool { dropped, kept };

    kept_call(const call& m, arguments which);
    kept_call(const kept_call&) = delete;
    kept_call& operator=(const kept_call&) = delete;

    /// The copy; valid as long as this.
    [[nodiscard]] const call& message() const noexcept { return message_; }

    /// The octets of it that were copied.
    [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }

    /// What a copy of `m` would take.
    [[nodiscard]] static std::size_t size_of(const call& m, arguments which) noexcept;

    /// The INVOCATION that its callee was sent, but for the arguments. Further parts of them go the same way, with the
    /// same details. Spec: "Progressive Call Invocations", freezing of options.
    junctor::invocation invocation;

    /// It may be offered to another callee if its own declines it: nothing has been exchanged about it but the CALL.
    /// Spec: "Call Re-Routing".
    bool may_be_rerouted{false};
    authorization_decision decided; ///< What was decided about it.
    time_point first_offered{};
    boost::container::flat_set<session_id> declined_by;

private:
    std::string bytes_;
    call message_;
};

} // namespace junctor
