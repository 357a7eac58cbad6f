// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// How the connections of a benchmark get ready before it, and what they say after it.

#include <cstddef>
#include <string>
#include <vector>

#include "messages.hpp"
#include "network.hpp"

namespace junctor::bench {

/// What a connection is to become.
struct membership {
    std::string realm;
    wamp_type then{};  ///< `register_` or `subscribe`, or neither.
    std::string uri;   ///< Of the procedure or the topic.
    std::string floor; ///< What bench-floor is told in place of all that, such as "C 3": caller of pair 3.
};

/// The kinds of servers that are measured.
enum class server_kind : std::uint8_t { router, floor };

/// Opens connections and lets each of them join its realm, and register or subscribe.
class joining final : public traffic {
public:
    joining(network& net, server_kind server) : net_{net}, server_{server} {}

    /// A connection that is to become `wanted`. It may be used after `complete`. Waits if many are joining already.
    connection& add(serializer format, membership wanted);

    /// Waits until all of them are what they are to become. Throws `failure`.
    void complete();

    void on_open(connection& from) override;
    void on_message(connection& from, byte_view message) override;

private:
    void wait_until_missing(std::size_t most);
    void on_welcome(connection& from, const membership& wanted);
    void ready() noexcept { --missing_; }

    network& net_;
    server_kind server_;
    std::vector<membership> wanted_; ///< By the number of the connection.
    std::size_t missing_{0};
};

/// Lets all connections say GOODBYE and waits for the answers. Any other message that comes is one too many.
class leaving final : public traffic {
public:
    explicit leaving(network& net) : net_{net} {}

    /// Throws `failure`.
    void complete();

    void on_open(connection&) override {}
    void on_message(connection& from, byte_view message) override;
    void on_end(connection&) override {}

private:
    network& net_;
    std::size_t missing_{0};
};

/// Throws the `failure` that `message`, which is not what was waited for, stands for.
[[noreturn]] void refuse(const received& message, const char* wanted);

} // namespace junctor::bench
