// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What sessions ask to do, and what is decided about it.

#include <cstdint>
#include <string>
#include <string_view>

#include <junctor/base/uri.hpp>
#include <junctor/base/value.hpp>

namespace junctor {

/// What a session asks to do with a URI. Spec: advanced profile, "Authorization".
enum class action : std::uint8_t {
    call,
    register_,
    publish,
    subscribe,
    any, ///< All of them; for rules only.
};

/// The name of `what`, as authorizers are told it: "call", "register", "publish" or "subscribe".
[[nodiscard]] constexpr std::string_view to_string(action what) noexcept
{
    switch (what) {
    case action::call: return "call";
    case action::register_: return "register";
    case action::publish: return "publish";
    case action::subscribe: return "subscribe";
    case action::any: return "any";
    }
    return "";
}

/// What is permitted of one request. Every call and every event comes with one, so it has no more than they all need.
struct permission {
    bool allowed{false};
    bool disclose{false}; ///< Something must be told of who asks; what, the decision in full says.
};

/// What must be decided before a session can go on.
struct authorization_question {
    action what{};
    std::string uri;
    match_policy match{match_policy::exact}; ///< Of a SUBSCRIBE or REGISTER.
    dict options;                            ///< Of the message, as the peer gave them.
};

/// What was decided about one request that somebody was asked about.
struct authorization_decision {
    bool allowed{false};
    bool disclose{false}; ///< The caller of a call, the publisher of a publication.
    bool failed{false};   ///< Nothing is allowed because no decision was to be had.

    /// What callees and subscribers are told of how far the sender is to be trusted; negative for nothing.
    /// Spec: advanced profile, "Call Trust Levels", "Publication Trust Levels".
    std::int32_t trust_level{-1};
};

/// What an authorizer decided.
struct authorization_answer {
    authorization_decision decided;
    bool cache{false}; ///< It may be used again for the same session, action, URI and match policy.
};

} // namespace junctor
