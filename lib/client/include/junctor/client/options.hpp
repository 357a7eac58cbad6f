// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What can be asked for along with a call, an event, a subscription or a registration.

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <junctor/base/arguments.hpp>
#include <junctor/base/ids.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/base/value.hpp>
#include <junctor/message/message_type.hpp>

namespace junctor::client {

/// Options of a CALL. Setters return the object itself: `call_options().timeout(5s).disclose_me()`.
class call_options {
public:
    /// Takes the result that came so far.
    using progress_handler = std::function<void(const arguments&)>;

    /// The call ends with wamp.error.timeout if there is no result within `limit`; with progressive results, if there
    /// is none for so long. The router sees to it, and the client itself if the router does not. Zero, the default, for
    /// no limit. Spec: "Call Timeout".
    call_options& timeout(std::chrono::milliseconds limit);

    /// Tells the callee who calls, if the realm lets sessions do so. Spec: "Caller Identification".
    call_options& disclose_me(bool on = true);

    /// What happens to the callee if whoever awaits the call is canceled. With `cancel_mode::kill` the call completes
    /// when the callee has answered, otherwise at once. Default: `killnowait`. Spec: "Call Canceling".
    call_options& cancel(cancel_mode how);

    /// Asks for progressive results, which `handler` gets; a function with typed parameters, or one that takes
    /// `const arguments&`. What does not convert to its parameters ends the call. It must not destroy the session.
    /// Spec: "Progressive Call Results".
    template <class Handler>
    call_options& on_progress(Handler handler)
    {
        using parameters = typename junctor::detail::signature<Handler>::parameters;
        if constexpr (std::is_same_v<parameters, std::tuple<arguments>>)
            on_progress_ = std::move(handler);
        else
            on_progress_ = [handler = std::move(handler)](const arguments& part) mutable {
                std::apply(handler, positional_arguments<parameters>(part.args));
            };
        return *this;
    }

    /// Adds an option that the router forwards to the callee: `name` begins with "_" or "x_". Throws
    /// `std::invalid_argument` if it does not. Spec: "Extensibility".
    call_options& custom(std::string_view name, value content);

    [[nodiscard]] std::chrono::milliseconds timeout() const noexcept { return timeout_; }
    [[nodiscard]] bool discloses_me() const noexcept { return disclose_me_; }
    [[nodiscard]] cancel_mode cancel() const noexcept { return cancel_; }
    [[nodiscard]] const progress_handler& progress() const noexcept { return on_progress_; }
    [[nodiscard]] const dict& customs() const noexcept { return custom_; }

private:
    std::chrono::milliseconds timeout_{0};
    bool disclose_me_{false};
    cancel_mode cancel_{cancel_mode::killnowait};
    progress_handler on_progress_;
    dict custom_;
};

/// Options of a PUBLISH.
class publish_options {
public:
    /// Whether the publisher gets no event of its own. Default: true. Spec: "Publisher Exclusion".
    publish_options& exclude_me(bool on);

    /// Tells subscribers who publishes, if the realm lets sessions do so. Spec: "Publisher Identification".
    publish_options& disclose_me(bool on = true);

    /// Keeps the event for those who subscribe later. Spec: "Event Retention".
    publish_options& retain(bool on = true);

    /// Who gets the event, or does not, though subscribed; each replaces what was given before. An empty list of
    /// eligible ones lets nobody have it. Spec: "Subscriber Black- and Whitelisting".
    publish_options& exclude(std::vector<session_id> sessions);
    publish_options& exclude_authid(std::vector<std::string> authids);
    publish_options& exclude_authrole(std::vector<std::string> authroles);
    publish_options& eligible(std::vector<session_id> sessions);
    publish_options& eligible_authid(std::vector<std::string> authids);
    publish_options& eligible_authrole(std::vector<std::string> authroles);

    /// Sends the event to one of the nodes among those subscribers that have node keys. Spec: "Sharded Subscription".
    publish_options& resource_key(std::string key);

    /// Adds an option that the router forwards; see `call_options::custom`.
    publish_options& custom(std::string_view name, value content);

    [[nodiscard]] bool excludes_me() const noexcept { return exclude_me_; }
    [[nodiscard]] bool discloses_me() const noexcept { return disclose_me_; }
    [[nodiscard]] bool retains() const noexcept { return retain_; }

    /// The lists above, under the keys that PUBLISH has for them.
    [[nodiscard]] const dict& filters() const noexcept { return filters_; }
    [[nodiscard]] const std::string& resource_key() const noexcept { return resource_key_; }
    [[nodiscard]] const dict& customs() const noexcept { return custom_; }

private:
    bool exclude_me_{true};
    bool disclose_me_{false};
    bool retain_{false};
    dict filters_;
    std::string resource_key_;
    dict custom_;
};

/// Options of a SUBSCRIBE.
class subscribe_options {
public:
    /// How the topic is matched. Default: `match_policy::exact`. Spec: "Pattern-based Subscription".
    subscribe_options& match(match_policy how);

    /// Asks for the retained events, which come before all others. Spec: "Event Retention".
    subscribe_options& get_retained(bool on = true);

    /// Lets this session be part of the node that has the key, which gets its share of the events that have resource
    /// keys. Spec: "Sharded Subscription".
    subscribe_options& node_key(std::string key);

    [[nodiscard]] match_policy match() const noexcept { return match_; }
    [[nodiscard]] const std::string& node_key() const noexcept { return node_key_; }
    [[nodiscard]] bool gets_retained() const noexcept { return get_retained_; }

private:
    match_policy match_{match_policy::exact};
    bool get_retained_{false};
    std::string node_key_;
};

/// Options of a REGISTER.
class register_options {
public:
    /// How the procedure is matched. Default: `match_policy::exact`. Spec: "Pattern-based Registration".
    register_options& match(match_policy how);

    /// Which of several callees gets a call. Default: `invocation_policy::single`, which allows only one. Spec: "Shared
    /// Registration".
    register_options& invoke(invocation_policy how);

    /// Asks to be told who calls, also of those who do not disclose themselves. Crossbar.io's.
    register_options& disclose_caller(bool on = true);

    /// Leaves timeouts to this callee. Spec: "Call Timeout".
    register_options& forward_timeout(bool on = true);

    /// Takes the procedure over from whoever has it. Crossbar.io's.
    register_options& force_reregister(bool on = true);

    /// How many calls the handler takes at a time; a router that knows the option keeps others from it, or gives them
    /// to another callee. 0, the default, for any number. Crossbar.io's.
    register_options& concurrency(std::uint64_t calls_max);

    [[nodiscard]] match_policy match() const noexcept { return match_; }
    [[nodiscard]] invocation_policy invoke() const noexcept { return invoke_; }
    [[nodiscard]] bool discloses_caller() const noexcept { return disclose_caller_; }
    [[nodiscard]] bool forwards_timeout() const noexcept { return forward_timeout_; }
    [[nodiscard]] bool forces_reregister() const noexcept { return force_reregister_; }
    [[nodiscard]] std::uint64_t concurrency() const noexcept { return concurrency_; }

private:
    match_policy match_{match_policy::exact};
    invocation_policy invoke_{invocation_policy::single};
    bool disclose_caller_{false};
    bool forward_timeout_{false};
    bool force_reregister_{false};
    std::uint64_t concurrency_{0};
};

} // namespace junctor::client
