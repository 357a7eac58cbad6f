// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The life of one connection.

#include <cstdint>
#include <exception>
#include <memory>
#include <optional>

#include <boost/asio/cancellation_signal.hpp>
#include <boost/smart_ptr/intrusive_ref_counter.hpp>

#include <junctor/auth/authorizer.hpp>
#include <junctor/auth/awaitable.hpp>
#include <junctor/session/legality.hpp>
#include <junctor/session/session.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/connection.hpp>

#include "join.hpp"
#include "message_inbox.hpp"
#include "router_core.hpp"

namespace junctor {

/// A connection from its handshake to its end, with the sessions that it carries, one after the other. Used on the
/// thread of its shard once it has started.
///
/// A coroutine serves it while it waits for something certain: the handshake, HELLO, what an authenticator wants, the
/// answer to GOODBYE, the end. A session that is joined has none. It waits for anything, for nearly all its time, and
/// most wait for long: so this object takes what comes, and the next coroutine begins when the session has ended, or
/// when an authorizer must be asked.
///
/// Whoever waits on its behalf keeps it alive; it closes the connection when it goes.
class served_connection final : public live_connection,
                                public boost::intrusive_ref_counter<served_connection, boost::thread_unsafe_counter>,
                                private batch_reader {
public:
    served_connection(std::shared_ptr<router_core> core, shard& home, std::shared_ptr<const listening> transport);
    served_connection(const served_connection&) = delete;
    served_connection& operator=(const served_connection&) = delete;
    ~served_connection();

    /// Serves `peer`, unless the router closes.
    void start(std::unique_ptr<connection> peer);

    /// Serves the peer at the other end of `link`, whose handshake is done, unless the router closes.
    void start(std::unique_ptr<channel> link);

    void end_without_session() override;
    void abort() noexcept override;
    void log_out(const tracked_cookie& cookie) override;

private:
    /// A session in its realm, for as long as this lives unless it leaves before.
    struct membership {
        membership(admission& admitted, channel& link, const membership_limits& limits, shard_services& here);
        membership(const membership&) = delete;
        membership& operator=(const membership&) = delete;
        ~membership();

        realm_host& host;
        shard_services& here;
        session member;
    };

    struct open_question {
        authorization_question question;
        std::shared_ptr<authorizer> decides; ///< Never null.
    };

    void spawn(awaitable<void> part);
    template <class T>
    awaitable<std::unique_ptr<T>> until_closing(awaitable<std::unique_ptr<T>> part);

    awaitable<void> open(std::unique_ptr<connection> peer);
    awaitable<void> serve();
    awaitable<std::unique_ptr<channel>> open_channel(std::unique_ptr<connection> peer);
    awaitable<void> serve_after(close_reason last);
    awaitable<void> await_goodbye(close_reason reason);
    awaitable<close_reason> begin_session();
    awaitable<void> go_on_with_session();
    awaitable<void> ask_authorizer();

    /// What came of giving the realm what had been read.
    enum class outcome : std::uint8_t {
        all_taken,
        session_ended,
        undecided, ///< What is left waits for the authorizer.
    };

    void read_for_session();
    bool take(const batch& read) override;
    outcome dispatch();
    bool answer_now(realm_entry& entered);
    std::optional<open_question> question_of(const session& member);
    awaitable<outcome> dispatch_all();
    void lose_session(const batch& end);
    void on_reading_end(const std::exception_ptr& failure) noexcept;
    close_reason end_session();
    void forget_cookie();

    std::shared_ptr<router_core> core_;
    shard& home_;
    std::shared_ptr<const listening> transport_;
    boost::asio::cancellation_signal cancel_waiting_; ///< Of what does not outlive the closing of the router.
    std::unique_ptr<channel> link_;                   ///< Null until the transport's handshake is done.
    std::optional<message_inbox> inbox_;
    std::optional<membership> joined_;
    session_phase phase_{session_phase::expecting_hello};
    bool undecided_{false};    ///< Reading has ended because the authorizer must be asked.
    bool told_goodbye_{false}; ///< By the router; the peer has time to answer.
};

} // namespace junctor
