// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the commands that are clients of a router are to do.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <junctor/base/uri.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/message/message_type.hpp>

namespace junctor::cli {

/// Which of the commands.
enum class client_command : std::uint8_t { call, publish, subscribe, register_, ping, meta };

/// What the meta API is asked for.
enum class meta_request : std::uint8_t { sessions, session, registrations, subscriptions, kill };

/// The router to join, and as whom.
struct joining_options {
    std::string url;   ///< Empty: see `choose_url`.
    std::string realm; ///< Empty: see `choose_realm`.
    junctor::serializer serializer{junctor::serializer::msgpack};
    std::vector<std::string> ca_certificates;
    std::string certificate;
    std::string key;
    std::string tls_hostname;
    std::string authmethod; ///< Empty: see `make_credentials`.
    std::string authid;
    std::string secret_file;
    std::string private_key;
};

/// Arguments as they are written on a command line.
struct content_options {
    std::vector<std::string> args;
    std::vector<std::string> kwargs; ///< Each "name=value".
    std::string args_json;           ///< Empty if not given; "-" for standard input.
    std::string kwargs_json;
    bool as_strings{false}; ///< `args` and the values of `kwargs` are texts, whatever they look like.
};

/// Who gets an event, of those who are subscribed.
struct receiver_options {
    std::vector<std::uint64_t> exclude;
    std::vector<std::string> exclude_authid;
    std::vector<std::string> exclude_authrole;
    std::vector<std::uint64_t> eligible;
    std::vector<std::string> eligible_authid;
    std::vector<std::string> eligible_authrole;
    bool exclude_me{true};
};

/// All of a command line. Each command reads what it has options for.
struct options {
    client_command what{client_command::call};
    joining_options joining;
    content_options content;
    std::optional<std::chrono::milliseconds> timeout; ///< Absent: none, but for joining.
    std::vector<std::string> uris;                    ///< To call, to publish to, to subscribe to or to register.
    bool json{false};
    bool disclose_me{false};
    bool retry{true};
    std::optional<std::uint64_t> count; ///< Of events or pings, after which the command ends.
    match_policy match{match_policy::exact};

    bool progress{false}; ///< `call`: progressive results are wanted.

    bool acknowledge{true}; ///< `publish`
    bool retain{false};
    bool lines{false}; ///< One event for each line of standard input.
    receiver_options receivers;

    bool get_retained{false}; ///< `subscribe`

    invocation_policy invoke{invocation_policy::single}; ///< `register`
    std::size_t concurrency{0};                          ///< Programs at a time; 0: one for each processor.
    bool raw{false};                                     ///< What the program prints is a whole result.
    std::vector<std::string> program;                    ///< With its arguments.

    std::chrono::milliseconds interval{1000}; ///< `ping`
    bool by_call{false};                      ///< Calls are measured, not PINGs of the transport.

    meta_request request{meta_request::sessions}; ///< `meta`
    std::uint64_t session{0};
    std::string reason;
    std::string message;
};

} // namespace junctor::cli
