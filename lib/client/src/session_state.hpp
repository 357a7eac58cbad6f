// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A client's session and its connection: what its handles refer to.

#include <exception>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/client/connector.hpp>
#include <junctor/client/core.hpp>
#include <junctor/client/session.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/message/encoded_arguments.hpp>
#include <junctor/session/identity.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/shard_services.hpp>

#include "one_time.hpp"
#include "pings.hpp"
#include "running_handlers.hpp"

namespace junctor::client {

/// What WELCOME has told.
struct membership {
    session_id id;
    std::string realm;
    identity who;
    role_features router;
    dict details;
};

/// A joined session with its connection. It keeps itself for as long as the connection is there. Used on the thread of
/// its io_context.
class session_state final : public std::enable_shared_from_this<session_state>, private batch_reader {
public:
    /// `services` serve the io_context; `link` has come from `by`, and WELCOME has been read from it.
    session_state(std::shared_ptr<shard_services> services, connector by, std::unique_ptr<channel> link,
                  membership joined, log_sink& log);
    ~session_state();

    /// Takes what was read behind WELCOME, and reads on.
    void start(std::span<const byte_view> rest);

    [[nodiscard]] const membership& joined() const noexcept { return joined_; }
    [[nodiscard]] client::core& core() noexcept { return core_; }
    [[nodiscard]] log_sink& log() noexcept { return log_; }
    [[nodiscard]] serializer format() const noexcept { return format_; }
    [[nodiscard]] boost::asio::io_context& io() noexcept { return services_->io(); }
    [[nodiscard]] shard_services& services() noexcept { return *services_; }
    [[nodiscard]] running_handlers& handlers() noexcept { return handlers_; }
    [[nodiscard]] one_time<closing>& end() noexcept { return end_; }

    /// Sees to it that what has been queued is written, together with what else is queued in this turn.
    void flush_soon();

    /// Throws what a request must throw that came to this; writes soon what has been queued.
    void settle(delivery outcome);

    /// Throws if a message with so many octets of arguments would be more than the connection may hold back: to queue
    /// it would end the session.
    void admit(std::size_t payload_bytes) const;

    /// Throws `session_ended` if no request can be made.
    void demand_open() const;

    [[nodiscard]] const closing& how_closed() const noexcept { return core_.how_closed(); }

    /// Sends a PING; see `pings::send`. Throws `session_ended` if the session is not open.
    [[nodiscard]] std::shared_ptr<pings::answer> ping();

    /// Says GOODBYE.
    void leave(std::string_view reason);

    /// Ends the connection.
    void disconnect() noexcept;

private:
    /// Destroys what waits if the io_context ends before the connection does.
    struct reading {
        explicit reading(std::shared_ptr<session_state> session) noexcept : self{std::move(session)} {}
        reading(reading&&) noexcept = default; // Leaves nothing.
        ~reading();

        std::shared_ptr<session_state> self;
    };

    bool take(const batch& read) override;
    void abandon() noexcept;
    void take_messages(std::span<const byte_view> messages);
    void on_reading_end(const std::exception_ptr& failure);
    awaitable<void> close_link();
    void on_closed();

    std::shared_ptr<shard_services> services_;
    connector by_;
    std::unique_ptr<channel> link_;
    serializer format_;
    membership joined_;
    log_sink& log_;
    decoder decoder_;
    running_handlers handlers_;
    one_time<closing> end_;
    pings pings_;
    bool taking_{false};       ///< What is queued will be written at the end of the batch.
    bool flush_posted_{false}; ///< It will be written in a later turn.
    client::core core_;        ///< The last: what it does at its end uses the others.
};

} // namespace junctor::client
