// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a benchmark is to do.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <sys/types.h>

#include <junctor/codec/serializer.hpp>

namespace junctor::bench {

/// The loads that there are.
enum class load_kind : std::uint8_t { rpc, pubsub, connect, idle, client };

/// The name of `kind` on the command line.
[[nodiscard]] const char* to_string(load_kind kind) noexcept;

/// The name of what is counted.
struct unit_name {
    const char* one;
    const char* many;
};

/// What is counted under a load: calls, deliveries of events, or sessions.
[[nodiscard]] unit_name unit_of(load_kind kind) noexcept;

/// One benchmark. A plain value; the defaults are those of the command line.
struct options {
    load_kind load{load_kind::rpc};

    std::vector<std::string> urls{"rs://127.0.0.1:8081"}; ///< Connections are spread over them in turn.
    std::vector<std::string> realms{"realm1"};            ///< What belongs together is in one of them, in turn.
    serializer sender{serializer::msgpack};               ///< Of callers and publishers.
    serializer receiver{serializer::msgpack};             ///< Of callees and subscribers.
    std::size_t payload_bytes{16};                        ///< Of the one argument, a text; at least 16.
    bool insecure{false};                                 ///< Certificates of routers are not verified.
    bool deflate{false};                                  ///< The router is to compress what it sends.
    bool floor{false};                                    ///< What is measured is bench-floor, which knows no WAMP.
    bool lockstep{false};                                 ///< One caller or publisher at a time, a whole window each.

    std::size_t depth{1}; ///< Messages under way for each caller or publisher.
    std::size_t callers{1};
    std::size_t callees{1};
    std::size_t publishers{1};
    std::size_t topics{1};
    std::size_t subscribers{1}; ///< Of each topic.
    bool acknowledge{false};
    std::size_t clients{1};    ///< That join and leave again and again.
    std::string authmethod;    ///< By which these join; empty to leave it to the router.
    std::string authid;        ///< As whom.
    std::string secret_file;   ///< What proves it; the secret itself is in the environment if empty.
    std::size_t sessions{100}; ///< That are idle.
    std::size_t burst{0};      ///< Events that each idle session gets before memory is looked at again.

    std::chrono::duration<double> duration{5.0}; ///< Of what is measured.
    std::chrono::duration<double> warmup{1.0};
    std::optional<std::uint64_t> count; ///< So many calls, publications or sessions, in place of duration and warmup.
    std::optional<pid_t> pid;           ///< The router, to know what it uses.
    bool json{false};                   ///< The report is one line of JSON.
};

/// Throws `bad_options` if `what` asks for something that cannot be.
void check(const options& what);

} // namespace junctor::bench
