// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Sessions that come and go.

#include <cstddef>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "load.hpp"
#include "login.hpp"
#include "messages.hpp"
#include "options.hpp"

namespace junctor::bench {

/// Each client opens a connection, joins, by an authmethod if one is named, says GOODBYE, and begins anew once that is
/// answered.
class connect_load final : public load {
public:
    connect_load(const options& what, network& net, measurement& measured);

    void start() override { begin_some(); }
    [[nodiscard]] bool busy() const noexcept override { return under_way_ != 0; }
    [[nodiscard]] std::string missing() const override;
    void after_turn() override { begin_some(); }

    void on_open(connection& from) override;
    void on_message(connection& from, byte_view message) override;
    void on_end(connection& from) override;

private:
    struct client {
        std::string realm;
        nanoseconds began{0};
        bool in_session{false};
        std::unique_ptr<login> proves{}; ///< Null if no authmethod is named.
    };

    void begin_some();
    void begin(std::size_t number);
    void prove(connection& from, byte_view challenge);

    network& net_;
    measurement& measured_;
    serializer format_;
    message_reader reader_;
    logins logins_;
    std::vector<client> clients_;     ///< By the number of the connection.
    std::deque<std::size_t> waiting_; ///< Clients without a session.
    std::size_t under_way_{0};
};

} // namespace junctor::bench
