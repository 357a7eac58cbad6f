// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a client's session asks its router for and is sent by it, without a connection.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/container/flat_set.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/base/errc.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/message/messages.hpp>
#include <junctor/session/outlet.hpp>

namespace junctor::client {

/// Waits for the answer to a request. Exactly one of `on_answer` and `on_lost` is called, and nothing afterwards. None
/// of these may call the core.
class answer_taker {
public:
    virtual ~answer_taker() = default;

    /// A RESULT behind which more will come.
    virtual void on_progress(const result&) {}

    /// The answer: the message that belongs to the request, or ERROR. It is valid during the call.
    virtual void on_answer(const message& answer) = 0;

    /// There will be no answer: the session has ended.
    virtual void on_lost() = 0;
};

/// Gets the events of a subscription. In `on_end` and `on_refused` it must not call the core.
class event_taker {
public:
    virtual ~event_taker() = default;

    virtual void on_event(const event& m) = 0;

    /// The subscription is there, and `on_event` may follow; or `refused` tells why not.
    virtual void on_subscribed(subscription_id as) = 0;
    virtual void on_refused(const error& refused) = 0;

    /// The router has ended the subscription, or the session has ended. Spec: "Subscription Revocation".
    virtual void on_end(std::string_view reason) = 0;
};

/// Answers the calls of a registration. In `on_end` and `on_refused` it must not call the core.
class invocation_taker {
public:
    virtual ~invocation_taker() = default;

    /// A call, to be answered by `core::answer` or `core::fail`; or a further part of the arguments of one that is not
    /// answered yet. Spec: "Progressive Call Invocations".
    virtual void on_invocation(const invocation& m) = 0;

    /// Nobody waits for the answer to this call any more, or it is late: it is to be answered soon. Spec: "Call
    /// Canceling".
    virtual void on_interrupt(const interrupt& m) = 0;

    virtual void on_registered(registration_id as) = 0;
    virtual void on_refused(const error& refused) = 0;

    /// The router has ended the registration, or the session has ended. Spec: "Registration Revocation".
    virtual void on_end(std::string_view reason) = 0;
};

/// How a session ended.
struct closing {
    close_reason reason{close_reason::none};
    std::string uri;  ///< What GOODBYE or ABORT gave as its reason; empty if there was none.
    std::string text; ///< What is to be told to people; may be empty.
};

/// The client's side of one session, from WELCOME to its end: draws request identifiers, finds who waits for an answer,
/// and knows what is subscribed to and registered. Messages go in, and what comes of them goes to the outlet and to the
/// takers. It knows no socket, clock or random device. Used by one thread.
///
/// An answer to a request that was never made breaks the protocol: the session is closed with ABORT. What comes late,
/// since it has crossed something on its way, is passed over.
class core {
public:
    /// What became of a request: its identifier or, if it was not sent, why.
    struct sent {
        request_id request;
        delivery outcome{delivery::queued};
    };

    /// `out` must outlive the core.
    explicit core(outlet& out) noexcept : out_{out} {}
    core(const core&) = delete;
    core& operator=(const core&) = delete;

    // Requests. The identifiers of the messages are filled in. If one cannot be sent nobody waits for its answer, and
    // the taker goes. They must not be called once the session is not open any more.

    /// Sends CALL. `taker` gets all that answers it.
    sent send(call m, std::unique_ptr<answer_taker> taker);

    /// Sends a further part of the arguments of a call that was made with the option "progress". `delivery::refused` if
    /// it has been answered.
    delivery send_further_part(call m);

    /// Sends CANCEL, unless the call has been answered. With `canceled_call::awaited` its taker still gets the answer.
    enum class canceled_call : std::uint8_t { awaited, passed_over };
    void cancel(request_id of, cancel_mode mode, canceled_call then);

    /// Passes over what still answers a call.
    void forget(request_id of);

    /// Sends PUBLISH; with the option "acknowledge" `taker` gets the answer, and must be null otherwise.
    sent send(publish m, std::unique_ptr<answer_taker> taker);

    /// Sends SUBSCRIBE. Several may subscribe to one and the same topic: each gets every event.
    sent send(subscribe m, std::shared_ptr<event_taker> taker);

    /// Gives `taker` no more events of the subscription `of`. If it was the only one, UNSUBSCRIBE is sent. `done`,
    /// which may be null, gets the answer; if none is needed, at once.
    void unsubscribe(subscription_id of, const event_taker& taker, std::unique_ptr<answer_taker> done);

    /// Sends REGISTER.
    sent send(register_ m, std::shared_ptr<invocation_taker> taker);

    /// Sends UNREGISTER. Calls that come before the router has taken it are declined, so that another callee may get
    /// them. `done`, which may be null, gets the answer.
    void unregister(registration_id of, std::unique_ptr<answer_taker> done);

    // Answers to invocations. Those that are not open any more are passed over.

    /// Answers with YIELD, or sends a part of the result with the option "progress".
    delivery answer_call(const yield& m);
    delivery answer_call(const error& m);

    /// Whether the invocation `request` waits for its answer.
    [[nodiscard]] bool is_invoked(request_id request) const { return here_.invocations.contains(request.number()); }

    /// How many invocations wait for their answer.
    [[nodiscard]] std::size_t invocation_count() const noexcept { return here_.invocations.size(); }

    /// Takes a message from the router.
    void receive(const message& m);

    /// Says GOODBYE. The session stays open until it is answered. No effect if that was said before.
    void say_goodbye(std::string_view reason, std::string_view text = {});

    /// Closes for `reason` without another word: everybody who waits is told. Only the first close counts.
    void close(close_reason reason, std::string_view text = {}, std::string_view uri = {});

    /// Forgets everybody who waits, without telling them: the program ends.
    void abandon() noexcept;

    /// Sends ABORT because the router has broken the protocol, and closes.
    void abort(std::string_view text);

    /// Whether requests may be made.
    [[nodiscard]] bool open() const noexcept { return closing_.reason == close_reason::none && !said_goodbye_; }

    /// Whether the session has ended.
    [[nodiscard]] bool closed() const noexcept { return closing_.reason != close_reason::none; }
    [[nodiscard]] const junctor::client::closing& how_closed() const noexcept { return closing_; }

private:
    /// Who gets the events of a subscription.
    using event_takers = std::vector<std::shared_ptr<event_taker>>;

    /// A call that waits for its answer.
    struct open_invocation {
        std::shared_ptr<invocation_taker> taker;
        bool unfinished{false}; ///< Further parts of its arguments will come.
    };

    /// A subscription that nobody is interested in any more, while a SUBSCRIBE that may be answered with the same
    /// identifier is under way.
    struct unwanted_subscription {
        subscription_id id;
        std::unique_ptr<answer_taker> done;
    };

    template <class Message>
    delivery send_numbered(Message& m);
    [[nodiscard]] bool was_made(request_id request) const noexcept { return request.number() <= requests_; }
    [[nodiscard]] std::unique_ptr<answer_taker> take_answer_taker(request_id request);
    void answer_with(const message& answer, request_id request);

    void on(const result& m, const message& whole);
    void on(const error& m, const message& whole);
    void on(const published& m, const message& whole);
    void on(const subscribed& m, const message& whole);
    void on(const unsubscribed& m, const message& whole);
    void on(const event& m, const message& whole);
    void on(const registered& m, const message& whole);
    void on(const unregistered& m, const message& whole);
    void on(const invocation& m, const message& whole);
    void on(const interrupt& m, const message& whole);
    void on(const goodbye& m, const message& whole);
    void on(const junctor::abort& m, const message& whole);
    template <class Message>
    void on(const Message& m, const message& whole);

    void refuse(const error& m);
    void decline(const invocation& m);
    void end_invocation(request_id request);
    void send_unsubscribe(subscription_id of, std::unique_ptr<answer_taker> done);
    void settle_unwanted();

    /// Everybody who waits for something, by the number of what it is.
    struct tables {
        boost::unordered_flat_map<std::uint64_t, std::unique_ptr<answer_taker>> answers;
        boost::unordered_flat_map<std::uint64_t, std::shared_ptr<event_taker>> subscribing;
        boost::unordered_flat_map<std::uint64_t, std::shared_ptr<invocation_taker>> registering;
        boost::unordered_flat_map<std::uint64_t, event_takers> subscriptions;
        boost::unordered_flat_map<std::uint64_t, std::shared_ptr<invocation_taker>> registrations;
        boost::unordered_flat_map<std::uint64_t, open_invocation> invocations;
        std::vector<unwanted_subscription> unwanted;
    };

    outlet& out_;
    std::uint64_t requests_{0};
    tables here_;
    boost::container::flat_set<std::uint64_t> answered_unfinished_; ///< Further parts of these are passed over.
    bool said_goodbye_{false};
    junctor::client::closing closing_;
};

} // namespace junctor::client
