// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A session of a client: calls, events, subscriptions and registrations.

#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/application_error.hpp>
#include <junctor/base/arguments.hpp>
#include <junctor/base/features.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/log.hpp>
#include <junctor/client/connector.hpp>
#include <junctor/client/core.hpp>
#include <junctor/client/credentials.hpp>
#include <junctor/client/handlers.hpp>
#include <junctor/client/options.hpp>
#include <junctor/session/identity.hpp>

namespace junctor::client {

class session_state;
class subscription_state;
class registration_state;
class outgoing_state;

/// Thrown to whoever waits for an answer when the session ends, and for requests of a session that has ended.
class session_ended : public std::runtime_error {
public:
    explicit session_ended(closing how);

    [[nodiscard]] const closing& how() const noexcept { return how_; }

private:
    closing how_;
};

/// How a session is to be joined.
struct join_options {
    std::string realm;

    /// With what the client proves who it is; null: as anonymous.
    std::shared_ptr<const credentials> who{};

    /// From the beginning to WELCOME; what it takes to connect is bounded by the endpoint, too.
    std::chrono::milliseconds timeout{std::chrono::seconds{10}};

    /// What is logged about the session: frames with `debug` of the connector, handlers that fail. Must outlive it.
    log_sink* log{&silent_log()};

    join_options(std::string realm_name) : realm{std::move(realm_name)} {}
};

/// A subscription of a session. A handle: copies are the same, and the subscription goes on when all of them have gone.
class subscription {
public:
    explicit subscription(std::shared_ptr<subscription_state> state) noexcept : state_{std::move(state)} {}

    /// Completes when the router has confirmed the subscription. Throws `application_error` if it refuses, and
    /// `session_ended`.
    awaitable<subscription_id> confirmed() const;

    /// Ends it: the handler gets no more events from now on. Completes when the router has confirmed that. Throws as
    /// `confirmed` does. No effect if it has ended.
    awaitable<void> unsubscribe() const;

private:
    std::shared_ptr<subscription_state> state_;
};

/// A registration of a session; see `subscription`.
class registration {
public:
    explicit registration(std::shared_ptr<registration_state> state) noexcept : state_{std::move(state)} {}

    /// Completes when the router has confirmed the registration. Throws `application_error` if it refuses, and
    /// `session_ended`.
    awaitable<registration_id> confirmed() const;

    /// Ends it: calls that come from now on are declined. Completes when the router has confirmed that. No effect if it
    /// has ended.
    awaitable<void> unregister() const;

private:
    std::shared_ptr<registration_state> state_;
};

/// A call whose arguments are sent in parts. A handle, as a subscription. Spec: "Progressive Call Invocations".
class outgoing_call {
public:
    explicit outgoing_call(std::shared_ptr<outgoing_state> state) noexcept : state_{std::move(state)} {}

    /// Sends a further part. False if the call has been answered. Throws `application_error` if it cannot be sent.
    template <class... Contents>
    bool send(Contents&&... part) const
    {
        return send_part(make_arguments(std::forward<Contents>(part)...), true);
    }

    /// Sends the last part, and completes with the result, as `session::call` does.
    template <class T = arguments, class... Contents>
    [[nodiscard]] awaitable<T> finish(Contents&&... part) const
    {
        return finish_as<T>(*this, make_arguments(std::forward<Contents>(part)...));
    }

private:
    template <class T>
    static awaitable<T> finish_as(outgoing_call call, arguments part)
    {
        call.send_part(part, false);
        auto result = co_await call.answered();
        co_return result_as<T>(std::move(result));
    }

    bool send_part(const arguments& part, bool more) const;
    [[nodiscard]] awaitable<arguments> answered() const;

    std::shared_ptr<outgoing_state> state_;
};

/// A joined session. A handle: copies are the same session, which ends by `leave`, by its router or with its
/// connection, and not with its handles. Used on the thread of its io_context.
///
///     auto session = co_await client::session::join(io, rawsocket(remote_unix("/run/shop.sock")), "com.example.shop");
///     const int sum = co_await session.call<int>("com.example.shop.add2", 2, 3);
///     session.publish("com.example.shop.news.sum", sum);
///     co_await session.leave();
///
/// Requests throw `application_error` if the router or the callee answers with ERROR, or if they cannot be sent, such
/// as with wamp.error.payload_size_exceeded; and `session_ended` if the session ends first. A request whose coroutine
/// is canceled by Asio's cancellation completes with `boost::asio::error::operation_aborted`.
class session {
public:
    explicit session(std::shared_ptr<session_state> state) noexcept : state_{std::move(state)} {}

    /// Connects and joins. Throws `join_failed`. Cancellation ends the connection.
    [[nodiscard]] static awaitable<session> join(boost::asio::io_context& io, connector to, join_options how);

    [[nodiscard]] session_id id() const noexcept;
    [[nodiscard]] const std::string& realm() const noexcept;

    /// As whom the session has joined.
    [[nodiscard]] const identity& who() const noexcept;

    /// What the router can do.
    [[nodiscard]] const role_features& router_features() const noexcept;

    /// All that the router has said in WELCOME.
    [[nodiscard]] const dict& welcome_details() const noexcept;

    /// Whether requests can be made.
    [[nodiscard]] bool open() const noexcept;

    /// Calls `procedure` and completes with its result as a `T` (see `result_as`). Arguments that are made by `kw` are
    /// keyword arguments. What is sent is fixed when this is called, and sent when it is awaited.
    template <class T = arguments, class... Contents>
    [[nodiscard]] awaitable<T> call(std::string procedure, Contents&&... content) const
    {
        return call_with<T>(call_options(), std::move(procedure), std::forward<Contents>(content)...);
    }

    /// The same with options.
    template <class T = arguments, class... Contents>
    [[nodiscard]] awaitable<T> call_with(call_options how, std::string procedure, Contents&&... content) const
    {
        return call_as<T>(*this, std::move(how), std::move(procedure),
                          make_arguments(std::forward<Contents>(content)...));
    }

    /// Sends the first part of the arguments of a call. Further ones follow by what is returned.
    template <class... Contents>
    [[nodiscard]] outgoing_call call_in_parts(call_options how, std::string_view procedure, Contents&&... content) const
    {
        return start_call_in_parts(std::move(how), procedure, make_arguments(std::forward<Contents>(content)...));
    }

    /// Publishes, and does not ask whether that is permitted.
    template <class... Contents>
    void publish(std::string_view topic, Contents&&... content) const
    {
        publish_now(publish_options(), topic, make_arguments(std::forward<Contents>(content)...));
    }

    /// The same with options.
    template <class... Contents>
    void publish_with(const publish_options& how, std::string_view topic, Contents&&... content) const
    {
        publish_now(how, topic, make_arguments(std::forward<Contents>(content)...));
    }

    /// Publishes, and completes when the router has confirmed that.
    template <class... Contents>
    [[nodiscard]] awaitable<publication_id> publish_acknowledged(publish_options how, std::string topic,
                                                                 Contents&&... content) const
    {
        return publish_and_wait(*this, std::move(how), std::move(topic),
                                make_arguments(std::forward<Contents>(content)...));
    }

    /// Subscribes `handler` (see `make_event_handler`) to `topic`. Events are handled in their order; handlers that
    /// wait begin in that order. To know what the router says to it, await `subscription::confirmed`.
    template <class Handler>
    subscription subscribe(std::string_view topic, Handler handler,
                           const subscribe_options& how = subscribe_options()) const
    {
        return start_subscribing(topic, make_event_handler(std::move(handler)), how);
    }
    subscription start_subscribing(std::string_view topic, event_handler handler, const subscribe_options& how) const;

    /// Registers `handler` (see `make_call_handler`) for `procedure`. To know what the router says to it, await
    /// `registration::confirmed`.
    template <class Handler>
    registration register_procedure(std::string_view procedure, Handler handler,
                                    const register_options& how = register_options()) const
    {
        return start_registering(procedure, make_call_handler(std::move(handler)), how);
    }
    registration start_registering(std::string_view procedure, call_handler handler, const register_options& how) const;

    /// Sends a PING of the transport, and completes when its PONG has come. Throws `application_error` with
    /// wamp.error.timeout if it has not within `limit`, and with wamp.error.feature_not_supported if the transport has
    /// no PING; and `session_ended`. Some routers end the connection when they get one.
    [[nodiscard]] awaitable<void> ping(std::chrono::milliseconds limit) const;

    /// Says GOODBYE, and completes when the session has ended. Spec: "Session Closing".
    [[nodiscard]] awaitable<void> leave(std::string reason = "wamp.close.close_realm") const;

    /// Completes when the session has ended, with how it did.
    [[nodiscard]] awaitable<closing> ended() const;

    /// Ends the connection at once, without GOODBYE.
    void disconnect() const noexcept;

private:
    template <class T>
    static awaitable<T> call_as(session self, call_options how, std::string procedure, arguments content)
    {
        auto calling = self.call_now(std::move(how), std::move(procedure), std::move(content));
        auto result = co_await std::move(calling);
        co_return result_as<T>(std::move(result));
    }

    [[nodiscard]] awaitable<arguments> call_now(call_options how, std::string procedure, arguments content) const;
    [[nodiscard]] outgoing_call start_call_in_parts(call_options how, std::string_view procedure,
                                                    const arguments& content) const;
    void publish_now(const publish_options& how, std::string_view topic, const arguments& content) const;
    [[nodiscard]] static awaitable<publication_id> publish_and_wait(session self, publish_options how,
                                                                    std::string topic, arguments content);

    std::shared_ptr<session_state> state_;
};

} // namespace junctor::client
