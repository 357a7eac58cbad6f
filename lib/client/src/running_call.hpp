// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A call that a handler of this session answers.

#include <cstdint>
#include <deque>
#include <exception>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/any_completion_handler.hpp>

#include <junctor/base/arguments.hpp>
#include <junctor/base/errc.hpp>
#include <junctor/client/handlers.hpp>
#include <junctor/client/incoming.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/session/outlet.hpp>

#include "running_handlers.hpp"

namespace junctor::client {

class session_state;

/// From INVOCATION to YIELD or ERROR. Used on the thread of the session, which may end before it.
class running_call final : public running_handler, public std::enable_shared_from_this<running_call> {
public:
    /// What a peer may send ahead of a handler, of the arguments that come in parts.
    static constexpr std::size_t parts_max = 1000;

    running_call(std::weak_ptr<session_state> by, const invocation& m, std::string registered_as);

    /// Lets `handler` answer. Completes at once unless it is a coroutine.
    void run(const call_handler& handler);

    /// Takes a further part of the arguments.
    void add_part(const invocation& m);

    /// Nobody waits for the answer any more.
    void interrupt() override;

    bool send_progress(const arguments& part);

    /// Completes with the next part of the arguments.
    static awaitable<std::optional<arguments>> next_part(std::shared_ptr<running_call> self);

    // What is known of it.
    request_id request;
    std::string procedure;
    std::optional<session_id> caller;
    std::string caller_authid;
    std::string caller_authrole;
    std::optional<std::uint64_t> trust_level;
    std::chrono::milliseconds timeout{0};
    bool wants_progress{false};
    bool canceled{false};
    arguments content;

private:
    void answer(const arguments& result);
    void answer(const std::exception_ptr& failure);
    void refuse(const application_error& with);
    delivery send_error(session_state& by, std::string_view uri, const arguments& content);
    void tell_of_part();

    std::weak_ptr<session_state> by_;
    std::deque<arguments> parts_; ///< Those that the handler has not taken.
    bool unfinished_;             ///< More parts will come.
    boost::asio::any_completion_handler<void()> waits_for_part_;
};

} // namespace junctor::client
