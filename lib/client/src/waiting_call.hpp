// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Those who wait for the answer to a request.

#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/any_completion_handler.hpp>

#include <junctor/base/arguments.hpp>
#include <junctor/client/core.hpp>
#include <junctor/client/options.hpp>
#include <junctor/transport/deadline.hpp>

namespace junctor::client {

class session_state;

/// What an ERROR is to whoever made the request.
[[nodiscard]] std::exception_ptr exception_of(const error& m);

/// What a call comes to. (Asio of Boost 1.81 cannot await an exception and something else at the same time.)
struct call_outcome {
    std::exception_ptr failure; ///< Null if there is a result.
    arguments result;
};

/// Gets what a call comes to, in a later turn.
using call_completion = boost::asio::any_completion_handler<void(call_outcome)>;

/// Whoever waits for the result of a call. It is owned by the core of `by`.
class waiting_call final : public answer_taker {
public:
    waiting_call(session_state& by, call_options how) : by_{by}, how_{std::move(how)} {}
    ~waiting_call() override;

    /// The call has been sent as `request`.
    void begin(request_id request);

    /// Completes `done` with the result. To be called before anything can have come.
    void wait(call_completion done);

    [[nodiscard]] request_id request() const noexcept { return request_; }

    void on_progress(const result& m) override;
    void on_answer(const message& answer) override;
    void on_lost() override;

private:
    void complete(call_outcome outcome);
    void on_cancellation();
    void on_timeout();
    void give_up(std::exception_ptr failure, cancel_mode mode);
    void restart_timeout();

    session_state& by_;
    call_options how_;
    call_completion done_;
    request_id request_;
    std::optional<deadline> late_;
};

/// Whoever waits for an answer that is a mere confirmation. `confirmed` gets it, or an exception.
class waiting_request final : public answer_taker {
public:
    using confirmation = std::function<void(std::exception_ptr, const message*)>;

    waiting_request(const session_state& by, confirmation confirmed) : by_{by}, confirmed_{std::move(confirmed)} {}

    void on_answer(const message& answer) override;
    void on_lost() override;

private:
    const session_state& by_;
    confirmation confirmed_;
};

} // namespace junctor::client
