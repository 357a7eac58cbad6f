// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What every load has in common.

#include <string>

#include "measurement.hpp"
#include "network.hpp"

namespace junctor::bench {

/// A load whose connections are ready. What it sends follows from what comes.
class load : public traffic {
public:
    /// Sends the first messages.
    virtual void start() = 0;

    /// Something is under way, or will be.
    [[nodiscard]] virtual bool busy() const noexcept = 0;

    /// What is under way, for people: "3 results".
    [[nodiscard]] virtual std::string missing() const = 0;

    /// All that was ready has been read.
    virtual void after_turn() {}

    void on_open(connection&) override {}
};

/// Lets `what` run to its end. Throws `failure` if something that it waits for does not come.
void run(load& what, network& net, measurement& measured);

} // namespace junctor::bench
