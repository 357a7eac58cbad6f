// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The messages that open, close and answer for a session: HELLO to GOODBYE, and ERROR.

#include <string_view>

#include <junctor/base/ids.hpp>
#include <junctor/message/message_type.hpp>
#include <junctor/message/payload.hpp>

namespace junctor {

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
    forwarded_attributes forwarded;

    static void fields(auto& self, auto& visit) { visit.forwarded(self.forwarded); }
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

} // namespace junctor
