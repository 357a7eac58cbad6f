// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The workers of a node as they run.

#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/config/node_config.hpp>
#include <junctor/router/router.hpp>

#include "config_source.hpp"
#include "hosted_components.hpp"

namespace junctor {

/// The router of a worker, the main one of its shards, and the components that it hosts there.
struct running_worker {
    boost::asio::io_context& main;
    std::unique_ptr<router> serving;
    std::unique_ptr<hosted_components> components;

    /// Ends it in order. To be called on the thread of `main`.
    void close() const;
};

using running_workers = std::vector<running_worker>;

/// Makes the role of `host` that `config` describes what it says there.
void set_role(realm_host& host, const role_config& config);

/// Opens the realm that `config` describes, with its roles.
void open_realm(router& to, const realm_config& config);

/// The components of `worker` at its router `serving`, whose main shard is `main`; not started.
[[nodiscard]] std::unique_ptr<hosted_components> host_components(boost::asio::io_context& main, router& serving,
                                                                 const worker_config& worker, log_sink& log);

/// Logs the modules that came with a configuration, and what is doubtful about it.
void log_loaded(log_sink& log, const loaded_config& loaded);

} // namespace junctor
