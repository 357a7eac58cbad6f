// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// All connections of a benchmark, and the waiting for what they bring.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include <junctor/framing/buffer_pool.hpp>

#include "connection.hpp"
#include "options.hpp"

namespace junctor::bench {

/// Nanoseconds of a clock that never goes back.
using nanoseconds = std::uint64_t;

/// Connections on one epoll, served by one thread. What all connections that are ready bring is taken first, and then
/// each connection that has something to send sends it at once.
class network {
public:
    /// Connections are spread over the URLs of `what` in turn. Throws `failure`.
    explicit network(const options& what);

    /// A new connection; its number is that of connections before it.
    connection& connect(serializer format);

    /// Puts a new connection in the place of `old`, with the same number. Not while anything is read.
    connection& reconnect(connection& old);

    /// Sends what `what` has queued at the end of this turn.
    void touch(connection& what);

    /// Sends what is queued, waits until something comes, and hands it over. Returns false if nothing came for as long
    /// as `patience`. Throws `failure`.
    [[nodiscard]] bool turn(traffic& what);

    [[nodiscard]] std::size_t size() const noexcept { return connections_.size(); }
    [[nodiscard]] connection& at(std::size_t number) noexcept { return *connections_[number]; }

    /// When the latest bytes were about to be read.
    [[nodiscard]] nanoseconds now() const noexcept { return now_; }

    /// Looks at the clock again.
    nanoseconds look_at_clock() noexcept;

private:
    [[nodiscard]] std::unique_ptr<connection> make(std::size_t number, serializer format);
    void flush();
    void flush(connection& what);
    void serve(traffic& what, connection& ready, std::uint32_t events);

    std::vector<address> targets_;
    std::optional<tls_client> tls_;
    std::optional<deflate_contexts> inflaters_;
    buffer_pool buffers_;
    file_descriptor epoll_;
    std::vector<std::byte> block_; ///< What is read at once, by one connection after the other.
    std::vector<std::unique_ptr<connection>> connections_;
    std::vector<connection*> touched_;
    nanoseconds now_{0};
};

} // namespace junctor::bench
