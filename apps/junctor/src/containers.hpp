// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The containers of a node.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/config/container_config.hpp>

#include "hosted_components.hpp"
#include "shard_threads.hpp"

namespace junctor {

/// All containers of a node, each on a thread of its own: one that computes for a while holds up neither routers nor
/// other containers. They are no processes of their own, so that nothing is copied between them and the log, modules
/// are loaded once, and nothing of a container is left behind; code that may crash belongs into a guest. Used on the
/// main thread.
class containers {
public:
    /// To be made before the threads are started; must not outlive them.
    containers(shard_threads& threads, std::vector<container_config> configs, log_sink& log);

    /// Starts all of them, once the threads run. `over` is called when all have ended by themselves; never if there are
    /// none.
    void start(std::function<void()> over);

    /// Stops those that still run, and runs the main io_context until they have ended, or for as long as farewells may
    /// take.
    void stop();

    /// Whether all have ended by themselves, and a component among them had failed.
    [[nodiscard]] bool have_failed() const noexcept { return failed_; }

private:
    struct container {
        std::string id;
        boost::asio::io_context& io;
        std::unique_ptr<hosted_components> hosted;
        bool over{false};
    };

    void on_end(container& ended, bool failed);

    boost::asio::io_context& main_;
    log_sink& log_;
    std::vector<container> all_;
    std::size_t running_{0};
    std::function<void()> over_;
    bool any_failed_{false};
    bool failed_{false}; ///< As `have_failed` says.
};

} // namespace junctor
