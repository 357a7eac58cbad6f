// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A client that is declared: what it offers and hears, and which router it belongs to, for as long as it runs.

#include <chrono>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/log.hpp>
#include <junctor/client/connector.hpp>
#include <junctor/client/credentials.hpp>
#include <junctor/client/handlers.hpp>
#include <junctor/client/options.hpp>
#include <junctor/client/retry_policy.hpp>
#include <junctor/client/session.hpp>

namespace junctor::client {

class component_state;

/// Why a component does not run any more.
struct component_end {
    enum class cause : std::uint8_t {
        stopped, ///< By `component::stop`.
        left,    ///< Its own code left the session.
        failed,  ///< What runs on joining threw something.
        gave_up, ///< There were as many attempts as the policy allows.
        refused, ///< No router is left that has not refused it for good; see `retry_policy::refusal`.
    };

    cause why{cause::stopped};
    std::string text; ///< What went wrong, for people; empty if nothing did.

    /// The same as it was thrown; null if nothing went wrong. Of `gave_up` and `refused` it is the latest
    /// `join_failed`, the `application_error` that a registration or subscription was refused with, or `session_ended`.
    std::exception_ptr failure{};
};

/// A client that joins a realm, registers its procedures, subscribes to its topics, and does so again whenever its
/// session has been lost. Everything is declared in plain statements, before it begins with the next turn of the
/// io_context after the first `connect`.
///
///     client::component clock(io, "com.example.shop");
///     clock.procedure("com.example.shop.add2", [](int a, int b) { return a + b; })
///          .topic("com.example.shop.news.tick", [](int n) { fmt::print("{}\n", n); })
///          .on_join(tick)                                      // awaitable<void> tick(client::session&)
///          .connect(rawsocket(remote_unix("/run/shop.sock")));
///
/// Used on the thread of the io_context. Its destructor stops it: what runs goes on to its orderly end as long as the
/// io_context does.
class component {
public:
    component(boost::asio::io_context& io, std::string realm);
    ~component();
    component(const component&) = delete;
    component& operator=(const component&) = delete;

    /// Offers `uri`; see `make_call_handler`. If the router refuses to register it, this is logged, and the component
    /// leaves and tries again: another callee may still have it.
    template <class Handler>
    component& procedure(std::string uri, Handler handler, register_options how = register_options())
    {
        return add_procedure(std::move(uri), make_call_handler(std::move(handler)), std::move(how));
    }

    /// Subscribes to `uri`; see `make_event_handler`.
    template <class Handler>
    component& topic(std::string uri, Handler handler, subscribe_options how = subscribe_options())
    {
        return add_topic(std::move(uri), make_event_handler(std::move(handler)), std::move(how));
    }

    /// Runs whenever the session has been joined and all of the above is confirmed. It is canceled when the session
    /// ends, and must end then. When it ends otherwise, the session goes on; if it throws, the component leaves and
    /// does not try again.
    component& on_join(std::function<awaitable<void>(session&)> run);

    /// Is told whenever a session has ended.
    component& on_leave(std::function<void(const closing&)> tell);

    /// With what it proves who it is. Default: it joins as anonymous.
    component& authenticate(std::shared_ptr<const credentials> who);

    /// May also be called while it runs; it applies to what is lost or refused from then on.
    component& retry(const retry_policy& when);

    /// From the beginning of an attempt to WELCOME. Default: that of `join_options`.
    component& join_timeout(std::chrono::milliseconds limit);

    /// What it is called in the log, as `component`. Default: the name of its realm.
    component& name(std::string name);

    /// Where it logs to: sessions that are joined and lost, attempts that fail, handlers that throw. `to` must outlive
    /// the component. Default: nowhere.
    component& log(log_sink& to);

    /// The router to join. If there are several, each is tried when the one before cannot be joined.
    component& connect(connector to);

    /// Leaves the session, if there is one, and ends. No effect if it has ended.
    void stop();

    /// Whether there is a session.
    [[nodiscard]] bool joined() const noexcept;

    /// Completes when it has ended.
    [[nodiscard]] awaitable<component_end> ended() const;

private:
    component& add_procedure(std::string uri, call_handler handler, register_options how);
    component& add_topic(std::string uri, event_handler handler, subscribe_options how);

    std::shared_ptr<component_state> state_;
};

} // namespace junctor::client
