// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A connection to a port that serves several things.

#include <chrono>
#include <memory>
#include <optional>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/log.hpp>
#include <junctor/transport/connection.hpp>
#include <junctor/transport/listening_channel.hpp>
#include <junctor/transport/listening_transport.hpp>
#include <junctor/transport/shared_port.hpp>

#include "http_request_reader.hpp"
#include "waiting_stream.hpp"

namespace junctor {

/// Finds out what the client of a shared port wants. Requests of HTTP are answered, one after the other, until one
/// leads to a WebSocket, or to the end.
class shared_port_connection {
public:
    /// All but `peer` must outlive it. `settings` have a shared port.
    shared_port_connection(connection peer, const listening_transport& settings, shard_services& services,
                           log_sink& log);

    /// Completes as `open_listening_channel`.
    [[nodiscard]] awaitable<boost::system::result<opened_channel>> open();

private:
    using clock = waiting_stream::clock;

    [[nodiscard]] awaitable<boost::system::error_code> settle_tls();
    [[nodiscard]] awaitable<void> refuse_plain();
    [[nodiscard]] awaitable<bool> fill();
    [[nodiscard]] awaitable<boost::system::result<opened_channel>> open_rawsocket();
    [[nodiscard]] awaitable<boost::system::result<opened_channel>> serve_http();

    /// The head of the next request, or why there is none.
    [[nodiscard]] awaitable<boost::system::error_code> read_head(std::string& head);
    [[nodiscard]] awaitable<bool> read_body(http_request_reader& reader, std::size_t bytes_max);
    [[nodiscard]] awaitable<http_response> answer_to(http_request_reader& reader, const web_path* path);
    [[nodiscard]] awaitable<http_response> ask(web_service& service, const http_request& request);
    [[nodiscard]] awaitable<http_response> try_to_ask(web_service& service, const http_request& request);
    [[nodiscard]] awaitable<bool> send(const http_response& response, const http_request& request, bool keeps_alive);
    [[nodiscard]] awaitable<bool> send_file(const http_file& file);
    [[nodiscard]] awaitable<bool> write(byte_view bytes);
    [[nodiscard]] awaitable<void> finish();
    [[nodiscard]] awaitable<boost::system::result<opened_channel>> upgrade(const web_path& path, std::string_view head);
    void identify_client(http_request& request);
    void log_access(const http_request& request, const http_response& response, clock::time_point since);
    [[nodiscard]] connection hand_over(byte_buffer unread);
    [[nodiscard]] boost::system::error_code why_over() const noexcept;

    connection peer_;
    const listening_transport& settings_;
    const shared_port& port_;
    shard_services& services_;
    log_sink& log_;
    waiting_stream stream_;
    byte_buffer input_;   ///< What has come and is not taken yet.
    bool closing_{false}; ///< The router, as it was found when a service had answered.
};

} // namespace junctor
