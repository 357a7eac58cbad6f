// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Calls and their results.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "load.hpp"
#include "message_template.hpp"
#include "messages.hpp"
#include "numbered_argument.hpp"
#include "options.hpp"
#include "window.hpp"

namespace junctor::bench {

/// Caller i calls the procedure of callee i modulo the number of callees, which answers with the argument.
class rpc_load final : public load {
public:
    /// Connects all of them. Throws `failure`.
    rpc_load(const options& what, network& net, measurement& measured);

    void start() override;
    [[nodiscard]] bool busy() const noexcept override { return under_way_ != 0; }
    [[nodiscard]] std::string missing() const override;
    void on_message(connection& from, byte_view message) override;

private:
    struct caller {
        connection* at;
        message_template call;
        window calls;
    };
    struct callee {
        connection* at;
        message_template yield;
        std::vector<std::uint64_t> seen;                            ///< By caller: the index of its latest call.
        std::vector<std::pair<std::uint64_t, message_number>> held; ///< Invocations to be answered together.
    };

    void connect_all(const options& what, network& net);
    void fill(caller& of);
    void send_call(caller& from, std::size_t number);
    void on_invocation(callee& at, const received& message);
    void answer(callee& at, std::uint64_t request, message_number number);
    void on_result(caller& at, std::size_t number, const received& message);
    void next_in_lockstep();

    network& net_;
    measurement& measured_;
    bool lockstep_;
    wamp_type invocation_type_; ///< What callees wait for: bench-floor brings CALLs as they are.
    wamp_type result_type_;     ///< What callers wait for: bench-floor brings YIELDs as they are.
    numbered_argument argument_;
    message_reader sender_reader_;
    message_reader receiver_reader_;
    std::vector<callee> callees_; ///< Connections 0 and on.
    std::vector<caller> callers_; ///< Connections after those of the callees.
    std::size_t under_way_{0};
    std::size_t turn_{0}; ///< In lockstep: the caller whose calls are under way.
};

} // namespace junctor::bench
