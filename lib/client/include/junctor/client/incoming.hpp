// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Calls and events as handlers get them.

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/arguments.hpp>
#include <junctor/base/ids.hpp>

namespace junctor::client {

class running_call;

/// A call that a handler answers: what is known of it besides its arguments, and the way back for parts of the result.
/// A handle: copies are the same call. It may be kept longer than the handler runs, and does nothing then. Used on the
/// thread of the session.
class incoming_call {
public:
    explicit incoming_call(std::shared_ptr<running_call> call) noexcept : call_{std::move(call)} {}

    /// The URI that was called: the one that was registered or, for a pattern, one that matches it.
    [[nodiscard]] const std::string& procedure() const noexcept;

    /// Who calls, if the callee is told. Spec: "Caller Identification".
    [[nodiscard]] std::optional<session_id> caller() const noexcept;
    [[nodiscard]] const std::string& caller_authid() const noexcept;   ///< Empty if it is not told.
    [[nodiscard]] const std::string& caller_authrole() const noexcept; ///< Empty if it is not told.

    /// How much the router trusts the caller, if it says so. Spec: "Call Trust Levels".
    [[nodiscard]] std::optional<std::uint64_t> trust_level() const noexcept;

    /// Within what time the caller wants an answer; zero if it does not say. Told to callees that have registered with
    /// `forward_timeout`.
    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept;

    /// The arguments; of a call whose arguments come in parts, those of the first one.
    [[nodiscard]] const arguments& content() const noexcept;

    /// Whether nobody waits for an answer any more: the call was canceled or the session has ended. A handler that is a
    /// coroutine is canceled then; others may ask.
    [[nodiscard]] bool canceled() const noexcept;

    /// Whether the caller takes progressive results.
    [[nodiscard]] bool wants_progress() const noexcept;

    /// Sends a part of the result. False if the caller takes none, or does not wait for it any more. Throws
    /// `application_error` if it cannot be sent. Spec: "Progressive Call Results".
    template <class... Contents>
    bool progress(Contents&&... part) const
    {
        return send_progress(make_arguments(std::forward<Contents>(part)...));
    }

    /// Completes with the next part of the arguments, in the order in which they were sent; with nothing after the last
    /// one, or if the call is canceled. Not while another one waits for it. Spec: "Progressive Call Invocations".
    [[nodiscard]] awaitable<std::optional<arguments>> next_part() const;

private:
    bool send_progress(const arguments& part) const;

    std::shared_ptr<running_call> call_;
};

/// An event: what is known of it besides its arguments.
struct incoming_event {
    std::string topic; ///< That it was published to.
    publication_id publication;
    std::optional<session_id> publisher; ///< If it is told. Spec: "Publisher Identification".
    std::string publisher_authid;        ///< Empty if it is not told.
    std::string publisher_authrole;      ///< Empty if it is not told.
    bool retained{false};                ///< It was published before the subscription. Spec: "Event Retention".
    std::optional<std::uint64_t> trust_level;
    arguments content;
};

} // namespace junctor::client
