// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Compression of messages by DEFLATE. Spec: RFC 7692, section 7.2.

#include <cstddef>
#include <list>
#include <memory>

#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>

struct z_stream_s; ///< zlib's, which stays in the source.

namespace junctor {

inline constexpr int deflate_window_bits_max = 15;
inline constexpr int deflate_window_bits_min = 9; ///< The specification has 8, which zlib cannot do.
inline constexpr int deflate_memory_level_default = 8;
inline constexpr int deflate_memory_level_max = 9;

namespace limits {

/// Connections of one thread that have a deflater of their own at once: 67 MB of memory by default.
inline constexpr std::size_t deflaters_lent_max = 256;

} // namespace limits

/// How one end of a connection compresses what it sends.
struct deflate_side {
    int window_bits{deflate_window_bits_max}; ///< The logarithm of how far back it refers, 9 to 15.
    bool context_takeover{true};              ///< Whether a message may refer to those before it.
};

/// Compresses messages, of which each may refer to those before it. Takes 2^(window bits + 2) + 2^(memory level + 9)
/// bytes and some more. Used by one thread at a time.
class deflater {
public:
    /// `memory_level` is from 1 to 9. Throws `std::bad_alloc`.
    deflater(int window_bits, int memory_level);
    ~deflater();

    /// Appends what `message` becomes to `to`. Throws `std::bad_alloc`.
    void deflate(byte_view message, byte_buffer& to);

    /// The next message refers to none before it.
    void forget() noexcept;

    /// Whether it was made with these.
    [[nodiscard]] bool has(int window_bits, int memory_level) const noexcept
    {
        return window_bits == window_bits_ && memory_level == memory_level_;
    }

private:
    int window_bits_;
    int memory_level_;
    std::unique_ptr<z_stream_s> stream_;
};

/// Undoes that. Takes 2^(window bits) bytes and 7 KiB. Used by one thread at a time.
class inflater {
public:
    /// Throws `std::bad_alloc`.
    explicit inflater(int window_bits);
    ~inflater();

    /// Appends the message that `compressed` stands for to `to`, as long as it has at most `bytes_max` bytes: no more
    /// than that is ever made. Otherwise `message_too_long`, or `compressed_malformed`; the inflater is of no use then
    /// before `forget`. Throws `std::bad_alloc`.
    [[nodiscard]] boost::system::error_code inflate(byte_view compressed, std::size_t bytes_max, byte_buffer& to);

    /// The next message refers to none before it.
    void forget() noexcept;

private:
    [[nodiscard]] boost::system::error_code inflate_piece(byte_view piece, std::size_t end_max, byte_buffer& to);
    [[nodiscard]] bool begin_after_final_block() noexcept;

    std::unique_ptr<z_stream_s> stream_;
};

class message_deflater;

/// What the connections of one thread share: contexts for those that keep nothing between their messages, and which
/// connections have a deflater of their own. Of these only so many have one as have sent something lately, since a
/// deflater is large: whoever compresses may forget at any time, without the peer's noticing.
class deflate_contexts {
public:
    deflate_contexts() noexcept;
    ~deflate_contexts();

    /// With nothing to refer to. Valid until the next call. Throws `std::bad_alloc`.
    [[nodiscard]] deflater& fresh_deflater(int window_bits, int memory_level);
    [[nodiscard]] inflater& fresh_inflater();

private:
    friend class message_deflater;
    struct lent_deflaters;

    [[nodiscard]] lent_deflaters& lent();

    std::unique_ptr<inflater> inflater_;
    std::unique_ptr<lent_deflaters> lent_; ///< Null before the first message.
};

/// The outgoing compression of one connection. It has no memory of its own before the first message, none at all if no
/// message refers to another, and loses it if `limits::deflaters_lent_max` others have sent something since.
class message_deflater {
public:
    /// `shared` must outlive it.
    message_deflater(const deflate_side& side, int memory_level, deflate_contexts& shared) noexcept;
    message_deflater(const message_deflater&) = delete;
    message_deflater& operator=(const message_deflater&) = delete;
    ~message_deflater();

    /// Appends what `message` becomes to `to`. Throws `std::bad_alloc`.
    void deflate(byte_view message, byte_buffer& to);

private:
    void borrow();

    deflate_side side_;
    int memory_level_;
    deflate_contexts& shared_;
    std::unique_ptr<deflater> own_;
    std::list<message_deflater*>::iterator place_; ///< Among those that have one.
};

/// The incoming one.
class message_inflater {
public:
    /// `side` is how the peer compresses; `shared` must outlive it.
    message_inflater(const deflate_side& side, deflate_contexts& shared) noexcept;

    /// As `inflater::inflate`; after an error there is no other message.
    [[nodiscard]] boost::system::error_code inflate(byte_view compressed, std::size_t bytes_max, byte_buffer& to);

private:
    deflate_side side_;
    deflate_contexts& shared_;
    std::unique_ptr<inflater> own_;
};

} // namespace junctor
