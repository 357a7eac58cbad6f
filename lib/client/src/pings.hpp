// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The PINGs of a session that wait for their PONGs.

#include <cstdint>
#include <exception>
#include <map>
#include <memory>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/transport/channel.hpp>

#include "one_time.hpp"

namespace junctor::client {

/// Numbers PINGs, and finds the one that a PONG answers: that with the same payload. A PONG that answers none, such as
/// a late one, is passed over. Used on the thread of the session.
class pings final : public pong_taker {
public:
    /// Happens when the PONG has come.
    using answer = one_time<bool>;

    /// Both must outlive it.
    pings(boost::asio::io_context& io, log_sink& log) noexcept : io_{io}, log_{log} {}

    /// Sends a PING over `link`. Returns who waits for its answer; it is forgotten when the last copy has gone. Throws
    /// `application_error` with wamp.error.feature_not_supported if the transport has no PING.
    [[nodiscard]] std::shared_ptr<answer> send(channel& link);

    /// No answer will come any more: everybody who waits gets `why`.
    void fail_all(const std::exception_ptr& why);

    /// Destroys whoever waits: the program ends.
    void abandon() noexcept;

    void on_pong(byte_view payload) override;

private:
    boost::asio::io_context& io_;
    log_sink& log_;
    std::uint64_t sent_{0};
    std::map<std::uint64_t, std::weak_ptr<answer>> waiting_;
};

} // namespace junctor::client
