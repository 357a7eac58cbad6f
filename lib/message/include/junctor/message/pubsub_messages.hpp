// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The messages of publish and subscribe.

#include <cstdint>
#include <optional>
#include <string_view>

#include <junctor/base/ids.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/message/message_type.hpp>
#include <junctor/message/payload.hpp>
#include <junctor/message/rarely.hpp>

namespace junctor {

/// The lists of those who shall get an event, and of those who shall not, and what decides among nodes.
struct publish_filters {
    encoded_list exclude;
    encoded_list exclude_authid;
    encoded_list exclude_authrole;
    encoded_list eligible;
    encoded_list eligible_authid;
    encoded_list eligible_authrole;
    std::string_view rkey; ///< The resource key; empty for none. Spec: "Sharded Subscription".

    static void fields(auto& self, auto& visit)
    {
        visit("exclude", self.exclude);
        visit("exclude_authid", self.exclude_authid);
        visit("exclude_authrole", self.exclude_authrole);
        visit("eligible", self.eligible);
        visit("eligible_authid", self.eligible_authid);
        visit("eligible_authrole", self.eligible_authrole);
        visit("rkey", self.rkey);
    }
};

struct publish_options {
    bool acknowledge{false};
    bool exclude_me{true};
    bool disclose_me{false};
    bool retain{false};
    rarely<publish_filters> filters;
    forwarded_attributes forwarded;

    static void fields(auto& self, auto& visit)
    {
        visit("acknowledge", self.acknowledge);
        visit("exclude_me", self.exclude_me, true);
        visit("disclose_me", self.disclose_me);
        visit("retain", self.retain);
        visit.rare(self.filters);
        visit.forwarded(self.forwarded);
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
    std::string_view nkey; ///< The node key; empty for none. Spec: "Sharded Subscription".

    static void fields(auto& self, auto& visit)
    {
        visit("match", self.match, match_policy::exact);
        visit("get_retained", self.get_retained);
        visit("nkey", self.nkey);
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

/// What is told of few events.
struct rare_event_details {
    session_id publisher;
    std::string_view publisher_authid;
    std::string_view publisher_authrole;
    bool retained{false};
    std::optional<std::uint64_t> trustlevel;

    static void fields(auto& self, auto& visit)
    {
        visit("publisher", self.publisher);
        visit("publisher_authid", self.publisher_authid);
        visit("publisher_authrole", self.publisher_authrole);
        visit("retained", self.retained);
        visit("trustlevel", self.trustlevel);
    }
};

struct event_details {
    rarely<rare_event_details> rare;
    std::string_view topic;
    forwarded_attributes forwarded;

    constexpr event_details() noexcept = default;

    /// With what is forwarded, and all else blank.
    explicit event_details(const forwarded_attributes& attributes) noexcept : forwarded{attributes} {}

    static void fields(auto& self, auto& visit)
    {
        visit.rare(self.rare);
        visit("topic", self.topic);
        visit.forwarded(self.forwarded);
    }
};

struct event {
    static constexpr auto type = message_type::event;
    subscription_id subscription;
    publication_id publication;
    event_details details;
    payload body;

    constexpr event() noexcept = default;

    /// With what a PUBLISH brings to every subscriber; see `blank_message` for why this is not left to its members.
    event(publication_id published_as, const forwarded_attributes& attributes, const payload& arguments) noexcept
        : publication{published_as}, details(attributes), body{arguments}
    {
    }

    static void elements(auto& self, auto& visit)
    {
        visit("SUBSCRIBED.Subscription", self.subscription);
        visit("PUBLISHED.Publication", self.publication);
        visit("Details", self.details);
        visit(self.body);
    }
};

} // namespace junctor
