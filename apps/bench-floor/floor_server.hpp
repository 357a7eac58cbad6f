// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a router would cost if it knew nothing: frames go from connection to connection as they are.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "floor_connection.hpp"

namespace junctor::bench {

/// An epoll server that agrees to every handshake of RawSocket and takes the first frame of each connection as the
/// role that it is to play:
///
/// | frame | role           | its frames go to           |
/// |-------|----------------|----------------------------|
/// | `C 3` | caller, pair 3 | the callee of pair 3       |
/// | `E 3` | callee, pair 3 | the caller of pair 3       |
/// | `P 3` | publisher      | all subscribers of topic 3 |
/// | `S 3` | subscriber     | nobody                     |
///
/// It answers with the same frame. From then on it walks over the headers of frames and sends what each read brought
/// whole to each target by one system call, straight from where it was read. Only what a socket does not take at once
/// is copied. Nothing is allocated in a steady state.
class floor_server {
public:
    /// Listens on `urls`. Throws `failure`.
    explicit floor_server(const std::vector<std::string>& urls);

    /// The addresses that it listens on.
    [[nodiscard]] std::vector<std::string> urls() const;

    /// Forwards until the process is ended. Throws `failure`.
    [[noreturn]] void run();

private:
    void accept_all(int listener);
    void serve(floor_connection& at, std::uint32_t events);
    void take(floor_connection& from);
    void take_handshake(floor_connection& from);
    void take_role(floor_connection& from);
    void forward(floor_connection& from);
    void send(floor_connection& to, const std::byte* data, std::size_t size);
    void close(floor_connection& at);
    void sweep();

    file_descriptor epoll_;
    std::vector<file_descriptor> listeners_;
    std::vector<std::unique_ptr<floor_connection>> connections_; ///< By the number of the socket.
    std::vector<int> closing_;                                   ///< Sockets of connections that end with this turn.
    floor_groups groups_;
};

} // namespace junctor::bench
