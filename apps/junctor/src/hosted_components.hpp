// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Components that the node hosts together: started, watched, started again, and stopped.

#include <chrono>
#include <cstddef>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/auth/awaitable.hpp>
#include <junctor/base/log.hpp>
#include <junctor/client/connector.hpp>
#include <junctor/config/container_config.hpp>

namespace junctor {

/// A component, the way to its router, and who it is there.
struct placed_component {
    std::string name; ///< For the log, where it is the `component`: that of its worker and its own.
    component_config what;
    client::connector router;
    std::shared_ptr<const client::credentials> who; ///< Null: it is anonymous.
    client::retry_policy retry;
};

/// What becomes of components that have ended; see `container_config`.
struct hosting_rules {
    container_shutdown shutdown{container_shutdown::manual};
    restart_policy restart{restart_policy::never};
    std::chrono::milliseconds restart_delay{std::chrono::seconds{1}};
    std::chrono::milliseconds restart_delay_max{std::chrono::minutes{1}};
};

/// The components of a container or of a router. They share a thread, that of the io_context, on which all members are
/// to be called unless it does not run. io_context and log must outlive it, and the former must not run any more when
/// it is destroyed.
class hosted_components {
public:
    hosted_components(boost::asio::io_context& io, std::vector<placed_component> all, const hosting_rules& rules,
                      log_sink& log);
    ~hosted_components();

    /// Starts all of them. To be called once. `over` is called when they have been stopped, whether by `stop` or by the
    /// rules, and nothing of them runs any more; it is told whether one of them has failed.
    void start(std::function<void(bool failed)> over);

    /// Lets all of them leave; none is started again.
    void stop();

private:
    struct one;

    void on_end(bool failed);
    void finish_if_over();
    awaitable<bool> run(one& mine);
    awaitable<bool> run_once(one& mine);
    [[nodiscard]] bool begin(one& mine);
    [[nodiscard]] bool log_end(const one& mine, bool gave_up, bool failed, std::string_view cause);
    [[nodiscard]] bool is_needed_again(bool failed) const noexcept;
    [[nodiscard]] bool is_shutdown_due(bool failed) const noexcept;

    boost::asio::io_context& io_;
    hosting_rules rules_;
    log_sink& log_;
    std::vector<std::unique_ptr<one>> all_;
    std::function<void(bool failed)> over_;
    std::size_t running_{0}; ///< Components that run or will be started again.
    bool stopping_{false};
    bool any_failed_{false};
};

} // namespace junctor
