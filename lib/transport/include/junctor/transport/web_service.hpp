// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What answers the requests of HTTP for a path.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <junctor/auth/awaitable.hpp>
#include <junctor/auth/transport_facts.hpp>
#include <junctor/base/log.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/http_message.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

class listening_transport;

/// What services know of the router that they are a part of.
class web_host {
public:
    [[nodiscard]] virtual log_sink& log() noexcept = 0;

    /// What serves the main shard, whose io_context runs as long as the router is open. May be called on any thread.
    [[nodiscard]] virtual shard_services& main() noexcept = 0;

    /// Whether the router closes, or has. May be called on any thread.
    [[nodiscard]] virtual bool closing() const noexcept = 0;

    /// The names of the realms that are open. May be called on any thread.
    [[nodiscard]] virtual std::vector<std::string> realms() = 0;

    /// Connections that are open now, joined or not. May be called on any thread.
    [[nodiscard]] virtual std::size_t connection_count() const noexcept = 0;

    /// Completes with the client's end of a connection within the program, whose sessions join as `authid`, or as one
    /// that the router thinks of if that is empty, with the role `authrole`. It is used with `here`. To be called on
    /// the main shard. Throws `std::runtime_error` if the router closes.
    [[nodiscard]] virtual awaitable<std::unique_ptr<channel>> connect(std::string authrole, std::string authid,
                                                                      shard_services& here) = 0;

    /// The same for a client of `transport`, which is that of the service's path, about whom `facts` are known: who it
    /// is, is asked as that transport says. `facts.format` is what it speaks with the service; messages of the channel
    /// are in MessagePack.
    [[nodiscard]] virtual awaitable<std::unique_ptr<channel>> connect(const listening_transport& transport,
                                                                      transport_facts facts, shard_services& here) = 0;

protected:
    ~web_host() = default;
};

/// Answers the requests for a path of a web transport. Used on every shard of the router, also at the same time.
class web_service {
public:
    web_service() = default;
    web_service(const web_service&) = delete;
    web_service& operator=(const web_service&) = delete;
    virtual ~web_service() = default;

    /// Called once, on the main shard, before the first request. `host` outlives all requests.
    virtual void start(web_host& host) { static_cast<void>(host); }

    /// Called on the main shard when the router begins to close: whatever keeps its io_context running is to end, and
    /// who waits for an answer is to be given one. It is still sent.
    virtual void stop() noexcept {}

    /// Completes with the answer, on the thread of `here`, where it is called. What it throws is logged, and answered
    /// by 500. Both arguments outlive the coroutine, which is not cancelled, and knows itself how long it may take.
    [[nodiscard]] virtual awaitable<http_response> answer(const http_request& request, shard_services& here) = 0;

    /// The largest body of a request in bytes; who sends more is answered 413. Default: 0.
    [[nodiscard]] virtual std::size_t body_bytes_max() const noexcept { return 0; }

    /// Whether it also answers for what lies below its path. Default: no, that is answered 404.
    [[nodiscard]] virtual bool serves_below() const noexcept { return false; }
};

} // namespace junctor
