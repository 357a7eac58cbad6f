// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One struct for each WAMP message, with the one description that both decoding and encoding follow.
///
/// A message is a view: its texts and slices point into the bytes it was decoded from, or into what the sender holds.
/// `elements` names the elements of a message in their order, `fields` the keys of a dict of options or details; a new
/// option is a member and a line there. An empty text, an absent slice and a default stand for a key that is not given.

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include <junctor/base/ids.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/message/message_type.hpp>

namespace junctor {

/// A list that nobody has looked into but to check that it is one.
struct encoded_list : encoded {};

/// A dict that nobody has looked into but to check that it is one.
struct encoded_dict : encoded {};

/// Arguments and ArgumentsKw, as the bytes they came in: forwarded verbatim to peers of the same serializer.
struct payload {
    encoded_list args;
    encoded_dict kwargs;
};

/// The custom attributes (`_name`, `x_name`) among some options, to be forwarded to the other side: `source` is the whole
/// dict they stand in, absent if it has none.
struct custom_attributes {
    encoded_dict source;
};

/// The attributes of payload passthru mode. Spec: "Payload Passthru Mode".
struct passthru_attributes {
    std::string_view scheme;
    std::string_view serializer;
    std::string_view cipher;
    std::string_view keyid;

    [[nodiscard]] bool present() const noexcept { return !scheme.empty(); }

    static void fields(auto& self, auto& visit)
    {
        visit("ppt_scheme", self.scheme);
        visit("ppt_serializer", self.serializer);
        visit("ppt_cipher", self.cipher);
        visit("ppt_keyid", self.keyid);
    }
};

// Session messages ----------------------------------------------------------------------------------------------------

struct hello {
    static constexpr auto type = message_type::hello;
    std::string_view realm;
    encoded_dict details;

    static void elements(auto& self, auto& visit)
    {
        visit("Realm", self.realm);
        visit("Details", self.details);
    }
};

struct welcome {
    static constexpr auto type = message_type::welcome;
    session_id session;
    encoded_dict details;

    static void elements(auto& self, auto& visit)
    {
        visit("Session", self.session);
        visit("Details", self.details);
    }
};

/// Details of ABORT and GOODBYE.
struct close_details {
    std::string_view message;

    static void fields(auto& self, auto& visit) { visit("message", self.message); }
};

struct abort {
    static constexpr auto type = message_type::abort;
    close_details details;
    std::string_view reason;

    static void elements(auto& self, auto& visit)
    {
        visit("Details", self.details);
        visit("Reason", self.reason);
    }
};

struct challenge {
    static constexpr auto type = message_type::challenge;
    std::string_view authmethod;
    encoded_dict extra;

    static void elements(auto& self, auto& visit)
    {
        visit("AuthMethod", self.authmethod);
        visit("Extra", self.extra);
    }
};

struct authenticate {
    static constexpr auto type = message_type::authenticate;
    std::string_view signature;
    encoded_dict extra;

    static void elements(auto& self, auto& visit)
    {
        visit("Signature", self.signature);
        visit("Extra", self.extra);
    }
};

struct goodbye {
    static constexpr auto type = message_type::goodbye;
    close_details details;
    std::string_view reason;

    static void elements(auto& self, auto& visit)
    {
        visit("Details", self.details);
        visit("Reason", self.reason);
    }
};

struct error_details {
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

/// The answer to a request that failed; `request_type` tells what kind of request `request` was.
struct error {
    static constexpr auto type = message_type::error;
    message_type request_type{};
    request_id request;
    error_details details;
    std::string_view uri;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("REQUEST.Type", self.request_type);
        visit("REQUEST.Request", self.request);
        visit("Details", self.details);
        visit("Error", self.uri);
        visit(self.body);
    }
};

// Publish and subscribe -----------------------------------------------------------------------------------------------

struct publish_options {
    bool acknowledge{false};
    bool exclude_me{true};
    bool disclose_me{false};
    bool retain{false};
    encoded_list exclude;
    encoded_list exclude_authid;
    encoded_list exclude_authrole;
    encoded_list eligible;
    encoded_list eligible_authid;
    encoded_list eligible_authrole;
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        visit("acknowledge", self.acknowledge);
        visit("exclude_me", self.exclude_me, true);
        visit("disclose_me", self.disclose_me);
        visit("retain", self.retain);
        visit("exclude", self.exclude);
        visit("exclude_authid", self.exclude_authid);
        visit("exclude_authrole", self.exclude_authrole);
        visit("eligible", self.eligible);
        visit("eligible_authid", self.eligible_authid);
        visit("eligible_authrole", self.eligible_authrole);
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

struct publish {
    static constexpr auto type = message_type::publish;
    request_id request;
    publish_options options;
    std::string_view topic;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("Options", self.options);
        visit("Topic", self.topic);
        visit(self.body);
    }
};

struct published {
    static constexpr auto type = message_type::published;
    request_id request;
    publication_id publication;

    static void elements(auto& self, auto& visit)
    {
        visit("PUBLISH.Request", self.request);
        visit("Publication", self.publication);
    }
};

struct subscribe_options {
    match_policy match{match_policy::exact};
    bool get_retained{false};

    static void fields(auto& self, auto& visit)
    {
        visit("match", self.match, match_policy::exact);
        visit("get_retained", self.get_retained);
    }
};

struct subscribe {
    static constexpr auto type = message_type::subscribe;
    request_id request;
    subscribe_options options;
    std::string_view topic;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("Options", self.options);
        visit("Topic", self.topic);
    }
};

struct subscribed {
    static constexpr auto type = message_type::subscribed;
    request_id request;
    subscription_id subscription;

    static void elements(auto& self, auto& visit)
    {
        visit("SUBSCRIBE.Request", self.request);
        visit("Subscription", self.subscription);
    }
};

struct unsubscribe {
    static constexpr auto type = message_type::unsubscribe;
    request_id request;
    subscription_id subscription;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("SUBSCRIBED.Subscription", self.subscription);
    }
};

/// Details of an UNSUBSCRIBED that nobody asked for. Spec: "Subscription Revocation".
struct subscription_revocation {
    subscription_id subscription;
    std::string_view reason;

    [[nodiscard]] bool present() const noexcept { return subscription.valid(); }

    static void fields(auto& self, auto& visit)
    {
        visit("subscription", self.subscription);
        visit("reason", self.reason);
    }
};

struct unsubscribed {
    static constexpr auto type = message_type::unsubscribed;
    request_id request; ///< Zero if `revocation` is present.
    subscription_revocation revocation;

    static void elements(auto& self, auto& visit)
    {
        visit.or_zero("UNSUBSCRIBE.Request", self.request);
        visit.trailing("Details", self.revocation);
    }
};

struct event_details {
    session_id publisher;
    std::string_view publisher_authid;
    std::string_view publisher_authrole;
    std::string_view topic;
    bool retained{false};
    std::optional<std::uint64_t> trustlevel;
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        visit("publisher", self.publisher);
        visit("publisher_authid", self.publisher_authid);
        visit("publisher_authrole", self.publisher_authrole);
        visit("topic", self.topic);
        visit("retained", self.retained);
        visit("trustlevel", self.trustlevel);
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

struct event {
    static constexpr auto type = message_type::event;
    subscription_id subscription;
    publication_id publication;
    event_details details;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("SUBSCRIBED.Subscription", self.subscription);
        visit("PUBLISHED.Publication", self.publication);
        visit("Details", self.details);
        visit(self.body);
    }
};

// Remote procedure calls ----------------------------------------------------------------------------------------------

struct call_options {
    std::uint64_t timeout{0}; ///< Milliseconds; zero for none.
    bool receive_progress{false};
    bool progress{false};
    bool disclose_me{false};
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        visit("timeout", self.timeout);
        visit("receive_progress", self.receive_progress);
        visit("progress", self.progress);
        visit("disclose_me", self.disclose_me);
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

struct call {
    static constexpr auto type = message_type::call;
    request_id request;
    call_options options;
    std::string_view procedure;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("Options", self.options);
        visit("Procedure", self.procedure);
        visit(self.body);
    }
};

struct cancel_options {
    cancel_mode mode{cancel_mode::killnowait};

    static void fields(auto& self, auto& visit) { visit("mode", self.mode, cancel_mode::killnowait); }
};

struct cancel {
    static constexpr auto type = message_type::cancel;
    request_id request;
    cancel_options options;

    static void elements(auto& self, auto& visit)
    {
        visit("CALL.Request", self.request);
        visit("Options", self.options);
    }
};

struct result_details {
    bool progress{false};
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        visit("progress", self.progress);
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

struct result {
    static constexpr auto type = message_type::result;
    request_id request;
    result_details details;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("CALL.Request", self.request);
        visit("Details", self.details);
        visit(self.body);
    }
};

struct register_options {
    match_policy match{match_policy::exact};
    invocation_policy invoke{invocation_policy::single};
    bool disclose_caller{false};
    bool forward_timeout{false};

    static void fields(auto& self, auto& visit)
    {
        visit("match", self.match, match_policy::exact);
        visit("invoke", self.invoke, invocation_policy::single);
        visit("disclose_caller", self.disclose_caller);
        visit("forward_timeout", self.forward_timeout);
    }
};

struct register_ {
    static constexpr auto type = message_type::register_;
    request_id request;
    register_options options;
    std::string_view procedure;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("Options", self.options);
        visit("Procedure", self.procedure);
    }
};

struct registered {
    static constexpr auto type = message_type::registered;
    request_id request;
    registration_id registration;

    static void elements(auto& self, auto& visit)
    {
        visit("REGISTER.Request", self.request);
        visit("Registration", self.registration);
    }
};

struct unregister {
    static constexpr auto type = message_type::unregister;
    request_id request;
    registration_id registration;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("REGISTERED.Registration", self.registration);
    }
};

/// Details of an UNREGISTERED that nobody asked for. Spec: "Registration Revocation".
struct registration_revocation {
    registration_id registration;
    std::string_view reason;

    [[nodiscard]] bool present() const noexcept { return registration.valid(); }

    static void fields(auto& self, auto& visit)
    {
        visit("registration", self.registration);
        visit("reason", self.reason);
    }
};

struct unregistered {
    static constexpr auto type = message_type::unregistered;
    request_id request; ///< Zero if `revocation` is present.
    registration_revocation revocation;

    static void elements(auto& self, auto& visit)
    {
        visit.or_zero("UNREGISTER.Request", self.request);
        visit.trailing("Details", self.revocation);
    }
};

struct invocation_details {
    session_id caller;
    std::string_view caller_authid;
    std::string_view caller_authrole;
    std::string_view procedure;
    std::uint64_t timeout{0}; ///< Milliseconds; zero for none.
    bool receive_progress{false};
    bool progress{false};
    std::optional<std::uint64_t> trustlevel;
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        visit("caller", self.caller);
        visit("caller_authid", self.caller_authid);
        visit("caller_authrole", self.caller_authrole);
        visit("procedure", self.procedure);
        visit("timeout", self.timeout);
        visit("receive_progress", self.receive_progress);
        visit("progress", self.progress);
        visit("trustlevel", self.trustlevel);
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

struct invocation {
    static constexpr auto type = message_type::invocation;
    request_id request;
    registration_id registration;
    invocation_details details;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("Request", self.request);
        visit("REGISTERED.Registration", self.registration);
        visit("Details", self.details);
        visit(self.body);
    }
};

struct interrupt_options {
    cancel_mode mode{cancel_mode::killnowait};
    std::string_view reason; ///< A URI.

    /// The mode is always written: callees in use look for it.
    static void fields(auto& self, auto& visit)
    {
        visit("mode", self.mode, std::nullopt);
        visit("reason", self.reason);
    }
};

struct interrupt {
    static constexpr auto type = message_type::interrupt;
    request_id request;
    interrupt_options options;

    static void elements(auto& self, auto& visit)
    {
        visit("INVOCATION.Request", self.request);
        visit("Options", self.options);
    }
};

struct yield_options {
    bool progress{false};
    passthru_attributes passthru;
    custom_attributes custom;

    static void fields(auto& self, auto& visit)
    {
        visit("progress", self.progress);
        passthru_attributes::fields(self.passthru, visit);
        visit.custom(self.custom);
    }
};

struct yield {
    static constexpr auto type = message_type::yield;
    request_id request;
    yield_options options;
    payload body;

    static void elements(auto& self, auto& visit)
    {
        visit("INVOCATION.Request", self.request);
        visit("Options", self.options);
        visit(self.body);
    }
};

/// Any message.
using message =
    std::variant<hello, welcome, abort, challenge, authenticate, goodbye, error, publish, published, subscribe, subscribed,
                 unsubscribe, unsubscribed, event, call, cancel, result, register_, registered, unregister, unregistered,
                 invocation, interrupt, yield>;

/// The type of the message that `m` holds.
[[nodiscard]] inline message_type type_of(const message& m) noexcept
{
    return std::visit([](const auto& alternative) { return alternative.type; }, m);
}

} // namespace junctor
