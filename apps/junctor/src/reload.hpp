// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Reloading the configuration of a node while it runs.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/config/load_config.hpp>
#include <junctor/transport/listening_transport.hpp>

#include "config_source.hpp"
#include "running_worker.hpp"

namespace junctor {

/// Reads the configuration anew, and applies what may change while sessions live: realms, roles, what clients
/// authenticate with, and the certificates and other details of TLS. What else has changed is logged, as it takes
/// effect at the next start only; a configuration with errors is logged, and changes nothing. Used on the main thread
/// of the node, which must not end before it.
class reloader {
public:
    /// `at_start` is what `all` were made from, in the same order. All but that must outlive it.
    reloader(boost::asio::io_context& main, config_source& source, config_result at_start, const running_workers& all,
             log_sink& log);

    /// Reloads. Each worker does its part on its own main shard, the last of which logs that it is done.
    void reload();

private:
    /// The transports of one worker: where they listen, and the ids by which the router knows them.
    struct listening_at {
        endpoint where;
        std::string id;
    };

    /// A worker, and what of it can be told from its configuration.
    struct part {
        std::string id;
        const running_worker& running;
        std::vector<listening_at> transports;
        std::vector<realm_config> realms; ///< As they are now.
    };

    struct change;
    struct progress;

    void apply(loaded_config loaded);
    void apply(part& mine, std::vector<worker_config>& workers, const std::shared_ptr<progress>& done);
    [[nodiscard]] static change change_of(const part& before, worker_config after);
    void finish(const progress& done);

    boost::asio::io_context& main_;
    config_source& source_;
    log_sink& log_;
    fixed_settings fixed_; ///< Those that are in force.
    std::vector<part> parts_;
};

} // namespace junctor
