// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The guest workers of a node.

#include <memory>
#include <optional>
#include <vector>

#include <sys/resource.h>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/config/guest_config.hpp>

#include "guest.hpp"

namespace junctor {

/// All guests of a node, which live and end together. Used on the main thread, whose io_context and log must outlive
/// it; the former must not run any more if it is destroyed before `stop`.
class guests {
public:
    /// `open_files` as for `guest`.
    guests(boost::asio::io_context& io, std::vector<guest_config> configs, const std::optional<rlimit>& open_files,
           log_sink& log);

    /// Starts all of them.
    void start();

    /// Ends all of them at the same time, and runs the io_context until they have ended, or for the longest of their
    /// `stop_timeout`s and a margin.
    void stop();

private:
    [[nodiscard]] bool is_done() const noexcept;

    boost::asio::io_context& io_;
    log_sink& log_;
    std::vector<std::unique_ptr<guest>> all_;
};

} // namespace junctor
