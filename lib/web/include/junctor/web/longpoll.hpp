// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// WAMP over requests of HTTP, for clients that have nothing better.

#include <chrono>
#include <cstddef>
#include <memory>

#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/web_service.hpp>
#include <junctor/transport/websocket_settings.hpp>

namespace junctor {

/// Settings of long-poll. A plain value.
struct longpoll_settings {
    /// How long a request for messages waits for the first one. Positive.
    std::chrono::milliseconds request_timeout{std::chrono::seconds{10}};

    /// How long a client may be without any request, after which its session ends. Positive.
    std::chrono::milliseconds session_timeout{std::chrono::seconds{30}};

    /// What may wait for a client, in MessagePack: a session for which there would be more ends.
    std::size_t queue_bytes_max{std::size_t{128} * 1024};
    std::size_t queue_messages_max{100};

    /// Pages that may use it, by `allowed_origins` and `null_origin_allowed`; the rest is not used.
    websocket_settings origins;
};

/// The service that long-poll clients ask. Below its path there is `open`, and for each transport that this opens,
/// under a name that cannot be guessed, `send`, `receive` and `close`. Each of these is asked by POST. Messages come
/// alone or, in the protocols whose names end in ".batched", several at once. Spec: advanced profile, "HTTP Longpoll
/// Transport".
///
/// Clients are known to the main shard alone, whichever shard a request comes on.
class longpoll final : public web_service {
public:
    /// `transport`, never null, says which serializers clients may have, how they authenticate, how long a message may
    /// be, and how many of them there may be.
    explicit longpoll(std::shared_ptr<const listening_transport> transport, longpoll_settings settings = {});
    ~longpoll() override;

    void start(web_host& host) override;
    void stop() noexcept override;
    awaitable<http_response> answer(const http_request& request, shard_services& here) override;

    /// A message of the largest size, in a batch.
    [[nodiscard]] std::size_t body_bytes_max() const noexcept override;
    [[nodiscard]] bool serves_below() const noexcept override { return true; }

private:
    class clients;

    awaitable<http_response> ask_main(const http_request& request, boost::asio::io_context& home);

    std::shared_ptr<const listening_transport> transport_;
    longpoll_settings settings_;
    std::shared_ptr<clients> clients_; ///< Null before the start.
};

} // namespace junctor
