// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The messages of remote procedure calls.

#include <cstdint>
#include <optional>
#include <string_view>

#include <junctor/base/ids.hpp>
#include <junctor/base/uri.hpp>
#include <junctor/message/message_type.hpp>
#include <junctor/message/payload.hpp>
#include <junctor/message/rarely.hpp>

namespace junctor {

/// What decides among the callees of a registration in place of its policy. Spec: "Sharded Registration".
struct call_routing {
    run_mode runmode{run_mode::by_policy};
    std::string_view rkey; ///< The resource key; empty for none.

    static void fields(auto& self, auto& visit)
    {
        visit("runmode", self.runmode, run_mode::by_policy);
        visit("rkey", self.rkey);
    }
};

struct call_options {
    std::uint64_t timeout{0}; ///< Milliseconds; zero for none.
    bool receive_progress{false};
    bool progress{false};
    bool disclose_me{false};
    rarely<call_routing> routing;
    forwarded_attributes forwarded;

    [[nodiscard]] run_mode runmode() const noexcept
    {
        return routing.present() ? (*routing).runmode : run_mode::by_policy;
    }

    static void fields(auto& self, auto& visit)
    {
        visit("timeout", self.timeout);
        visit("receive_progress", self.receive_progress);
        visit("progress", self.progress);
        visit("disclose_me", self.disclose_me);
        visit.rare(self.routing);
        visit.forwarded(self.forwarded);
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
    forwarded_attributes forwarded;

    static void fields(auto& self, auto& visit)
    {
        visit("progress", self.progress);
        visit.forwarded(self.forwarded);
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
    bool force_reregister{false}; ///< Crossbar.io's: who holds the registration loses it.

    /// Crossbar.io's: how many calls the callee wants to work on at a time.
    std::optional<std::uint64_t> concurrency;

    static void fields(auto& self, auto& visit)
    {
        visit("match", self.match, match_policy::exact);
        visit("invoke", self.invoke, invocation_policy::single);
        visit("disclose_caller", self.disclose_caller);
        visit("forward_timeout", self.forward_timeout);
        visit("force_reregister", self.force_reregister);
        visit("concurrency", self.concurrency);
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

/// What only callees are told that ask for it, or that the router knows something of.
struct rare_invocation_details {
    session_id caller;
    std::string_view caller_authid;
    std::string_view caller_authrole;
    std::string_view procedure;
    std::uint64_t timeout{0}; ///< Milliseconds; zero for none.
    bool progress{false};
    std::optional<std::uint64_t> trustlevel;

    static void fields(auto& self, auto& visit)
    {
        visit("caller", self.caller);
        visit("caller_authid", self.caller_authid);
        visit("caller_authrole", self.caller_authrole);
        visit("procedure", self.procedure);
        visit("timeout", self.timeout);
        visit("progress", self.progress);
        visit("trustlevel", self.trustlevel);
    }
};

struct invocation_details {
    rarely<rare_invocation_details> rare;
    bool receive_progress{false};
    forwarded_attributes forwarded;

    constexpr invocation_details() noexcept = default;

    /// With what is forwarded, and all else blank.
    explicit invocation_details(const forwarded_attributes& attributes) noexcept : forwarded{attributes} {}

    static void fields(auto& self, auto& visit)
    {
        visit.rare(self.rare);
        visit("receive_progress", self.receive_progress);
        visit.forwarded(self.forwarded);
    }
};

struct invocation {
    static constexpr auto type = message_type::invocation;
    request_id request;
    registration_id registration;
    invocation_details details;
    payload body;

    constexpr invocation() noexcept = default;

    /// With what a CALL brings to every callee; see `blank_message` for why this is not left to its members.
    invocation(request_id request_of_callee, registration_id called, const forwarded_attributes& attributes,
               const payload& arguments) noexcept
        : request{request_of_callee}, registration{called}, details(attributes), body{arguments}
    {
    }

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
    forwarded_attributes forwarded;

    static void fields(auto& self, auto& visit)
    {
        visit("progress", self.progress);
        visit.forwarded(self.forwarded);
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

} // namespace junctor
