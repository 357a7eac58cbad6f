// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the connections of one thread share.

#include <cstddef>
#include <memory>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/buffer_pool.hpp>
#include <junctor/framing/deflate.hpp>
#include <junctor/transport/deadline.hpp>
#include <junctor/transport/flush_list.hpp>
#include <junctor/transport/shard_mutex.hpp>
#include <junctor/transport/socket_poller.hpp>

namespace junctor {

/// Memory for one large read. A connection borrows it between a read and the end of the batch that came of it.
class read_block {
public:
    /// What one read takes beyond the connection's own small buffer.
    static constexpr std::size_t read_bytes_max = std::size_t{64} * 1024;

    /// Besides a read, what a connection's own buffer held before it, and what of a TLS record came before that.
    static constexpr std::size_t capacity = read_bytes_max + std::size_t{20} * 1024;

    read_block();

    [[nodiscard]] std::byte* data() noexcept { return bytes_.get(); }
    [[nodiscard]] std::vector<byte_view>& messages() noexcept { return messages_; }

private:
    std::unique_ptr<std::byte[]> bytes_;
    std::vector<byte_view> messages_; ///< The batch: where the messages begin and end.
};

/// What the connections of one io_context share: buffers, deadlines, and the list of what is to be flushed. There is
/// one for each thread that runs connections; it must outlive them. Used on that thread, but for `io()` and `mode()`.
class shard_services {
public:
    /// With `sharing::several_threads`, other shards may queue something for the connections of this one.
    explicit shard_services(boost::asio::io_context& io, sharing mode = sharing::one_thread);

    [[nodiscard]] boost::asio::io_context& io() noexcept { return io_; }
    [[nodiscard]] sharing mode() const noexcept { return mode_; }
    [[nodiscard]] deadline_sweep& deadlines() noexcept { return deadlines_; }

    /// What tells connections that their sockets are ready.
    [[nodiscard]] socket_poller& poller() noexcept { return poller_; }

    /// Where channels enter themselves when something is queued for them.
    [[nodiscard]] flush_list& flushes() noexcept { return flushes_; }

    /// Writes what has been queued since the last time. Whoever hands messages to outlets calls it afterwards.
    void flush() noexcept { flushes_.flush_all(*this); }

    /// Buffers for output and for frames that come in pieces.
    [[nodiscard]] buffer_pool& buffers() noexcept { return buffers_; }

    /// What compresses for connections that keep nothing between their messages.
    [[nodiscard]] deflate_contexts& deflate() noexcept { return deflate_; }

    /// A block to read into; to be given back. Throws `std::bad_alloc`.
    [[nodiscard]] std::unique_ptr<read_block> take_read_block();
    void give_read_block(std::unique_ptr<read_block> block) noexcept;

    /// Where ciphertext is read to be decrypted at once: not to be kept over a wait.
    [[nodiscard]] std::byte* scratch() noexcept { return scratch_.data(); }

private:
    boost::asio::io_context& io_;
    sharing mode_;
    socket_poller& poller_;
    deadline_sweep deadlines_;
    flush_list flushes_;
    buffer_pool buffers_;
    deflate_contexts deflate_;
    std::vector<std::unique_ptr<read_block>> read_blocks_;
    read_block scratch_;
};

/// Says on whose behalf the present thread works, for as long as it lives: what is queued for connections of any shard
/// is entered in the flush list of `here`, and takes its memory from the pools of `here`. Scopes do not nest.
class shard_scope {
public:
    explicit shard_scope(shard_services& here) noexcept { current_ = &here; }
    ~shard_scope() { current_ = nullptr; }
    shard_scope(const shard_scope&) = delete;
    shard_scope& operator=(const shard_scope&) = delete;

    /// The shard that the thread works for, or null outside of any scope.
    [[nodiscard]] static shard_services* current() noexcept { return current_; }

private:
    static inline thread_local shard_services* current_{nullptr};
};

} // namespace junctor
