// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A client whose connection is a row of requests of HTTP.

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>

#include <junctor/base/bytes.hpp>
#include <junctor/base/log.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/deadline.hpp>
#include <junctor/transport/shard_services.hpp>
#include <junctor/web/longpoll.hpp>

#include "longpoll_protocol.hpp"
#include "longpoll_request.hpp"

namespace junctor {

/// Stands between the requests of one client and its connection within the program: what the client sends goes there
/// in MessagePack, and what comes from there waits here until the client asks for it. Used on the main shard.
class longpoll_client final : public std::enable_shared_from_this<longpoll_client>, private batch_reader {
public:
    /// A client at the other end of `link`. `gone` is called once there is nothing left for it; it may let go of this.
    /// `settings`, `here` and `log` must outlive it.
    longpoll_client(std::unique_ptr<channel> link, longpoll_protocol protocol, const longpoll_settings& settings,
                    shard_services& here, log_sink& log, std::function<void()> gone);

    /// Takes what comes from now on.
    void start();

    /// Hands over the messages in the body of `request`, and answers it.
    void send(longpoll_request& request);

    /// Answers `request` by the messages that wait, or by the next ones, or by nothing if none come in time. One that
    /// waits already is told that there is another one: its connection is lost, most likely.
    void receive(std::shared_ptr<longpoll_request> request);

    /// Ends the connection, and answers `request`.
    void close(longpoll_request& request);

    /// Nobody waits for the answer to `request` any more.
    void abandon(const longpoll_request& request);

    /// Ends the connection for `reason`; what waits is lost.
    void end(close_reason reason);

    /// The router closes: a request that waits is answered by what comes of that, and then the connection ends.
    void leave();

private:
    bool take(const batch& read) override;
    bool keep(byte_view message);
    void on_end();
    void deliver();
    [[nodiscard]] std::string take_body();
    void finish(http_response given);
    void go();
    static void strike(void* self) noexcept { static_cast<longpoll_client*>(self)->on_deadline(); }
    void on_deadline() noexcept;

    std::unique_ptr<channel> link_;
    const longpoll_protocol protocol_;
    const longpoll_settings& settings_;
    log_sink& log_;
    std::function<void()> gone_;    ///< Empty once it has been called.
    std::deque<byte_buffer> queue_; ///< Messages for the client, as parts of a body.
    std::size_t queued_bytes_{0};
    std::shared_ptr<longpoll_request> waiting_; ///< For messages; null if none does.
    bool over_{false};                          ///< Nothing will come any more.
    bool leaving_{false};                       ///< The answer that comes next is the last.
    deadline due_;                              ///< Of the request that waits or, if none does, of the next one.
};

/// What is answered where there is no client, or none any more.
[[nodiscard]] http_response no_such_longpoll_client();

} // namespace junctor
