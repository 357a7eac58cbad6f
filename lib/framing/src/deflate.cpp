// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/deflate.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <new>
#include <utility>

#include <zlib.h>

#include <junctor/framing/websocket_error.hpp>

namespace junctor {

namespace {

/// What a compressor ends each message with, and nobody sends.
constexpr std::array<std::byte, 4> unsent_tail{std::byte{0}, std::byte{0}, std::byte{0xFF}, std::byte{0xFF}};

/// So much room is made at a time, at least.
constexpr std::size_t room_min = 256;

/// And at most, beyond what a message takes by its length: a bomb gets its room as it grows.
constexpr std::size_t room_max = std::size_t{64} * 1024;

/// Negative: without the header and the checksum that zlib would add.
constexpr int raw(int window_bits) noexcept
{
    return -window_bits;
}

void give_input(z_stream& stream, byte_view bytes) noexcept
{
    static_assert(std::numeric_limits<uInt>::max() >= std::size_t{1} << 31);
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data()));
    stream.avail_in = static_cast<uInt>(bytes.size());
}

/// Adds room for `count` bytes to `to`, which is where output goes.
void give_room(z_stream& stream, byte_buffer& to, std::size_t count)
{
    stream.next_out = reinterpret_cast<Bytef*>(to.extend(count));
    stream.avail_out = static_cast<uInt>(count);
}

/// Takes back what of the room was not used.
void take_back_room(const z_stream& stream, byte_buffer& to) noexcept
{
    to.truncate(to.size() - stream.avail_out);
}

/// Whether the end of a message is where it may be: behind a block, at the beginning of an octet.
bool at_end_of_block(const z_stream& stream) noexcept
{
    constexpr int between_blocks = 128;
    constexpr int unused_bits = 63;
    return (stream.data_type & between_blocks) != 0 && (stream.data_type & unused_bits) == 0;
}

} // namespace

deflater::deflater(int window_bits, int memory_level)
    : window_bits_{window_bits}, memory_level_{memory_level}, stream_{std::make_unique<z_stream>()}
{
    if (deflateInit2(stream_.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, raw(window_bits), memory_level,
                     Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
}

deflater::~deflater()
{
    static_cast<void>(deflateEnd(stream_.get()));
}

void deflater::deflate(byte_view message, byte_buffer& to)
{
    auto& stream = *stream_;
    give_input(stream, message);
    do {
        give_room(stream, to, std::max(room_min, message.size() / 4));
        static_cast<void>(::deflate(&stream, Z_SYNC_FLUSH)); // It cannot fail with room, which there is.
        take_back_room(stream, to);
    } while (stream.avail_out == 0);
    to.truncate(to.size() - unsent_tail.size());
}

void deflater::forget() noexcept
{
    static_cast<void>(deflateReset(stream_.get()));
}

inflater::inflater(int window_bits) : stream_{std::make_unique<z_stream>()}
{
    if (inflateInit2(stream_.get(), raw(window_bits)) != Z_OK)
        throw std::bad_alloc();
}

inflater::~inflater()
{
    static_cast<void>(inflateEnd(stream_.get()));
}

boost::system::error_code inflater::inflate(byte_view compressed, std::size_t bytes_max, byte_buffer& to)
{
    const auto end_max = to.size() + bytes_max;
    auto error = inflate_piece(compressed, end_max, to);
    if (!error)
        error = inflate_piece(unsent_tail, end_max, to);
    if (!error && !at_end_of_block(*stream_))
        error = websocket_error::compressed_malformed;
    return error;
}

/// Once the output is as long as it may be, there is room for one byte more: then it is known whether it is too long.
boost::system::error_code inflater::inflate_piece(byte_view piece, std::size_t end_max, byte_buffer& to)
{
    auto& stream = *stream_;
    give_input(stream, piece);
    do {
        const auto wished = std::clamp(2 * piece.size(), room_min, room_max);
        give_room(stream, to, std::min(wished, end_max + 1 - to.size()));
        const auto status = ::inflate(&stream, Z_SYNC_FLUSH);
        take_back_room(stream, to);
        if (to.size() > end_max)
            return websocket_error::message_too_long;
        if (status == Z_MEM_ERROR)
            throw std::bad_alloc();
        const bool goes_on = status == Z_STREAM_END ? begin_after_final_block() : status == Z_OK;
        if (!goes_on && status != Z_BUF_ERROR) // Which says that there was nothing to do.
            return websocket_error::compressed_malformed;
    } while (stream.avail_in != 0 || stream.avail_out == 0);
    return {};
}

/// A compressor may say that a block is the last one. For us there is no last one, and what follows may refer to what
/// was before. Spec: RFC 7692, section 7.2.3.4.
bool inflater::begin_after_final_block() noexcept
{
    return inflateResetKeep(stream_.get()) == Z_OK;
}

void inflater::forget() noexcept
{
    static_cast<void>(inflateReset(stream_.get()));
}

/// The deflaters of a thread.
struct deflate_contexts::lent_deflaters {
    std::unique_ptr<deflater> fresh;
    std::list<message_deflater*> users; ///< That have one, from the one that has used it last on.
};

deflate_contexts::deflate_contexts() noexcept = default;
deflate_contexts::~deflate_contexts() = default;

deflate_contexts::lent_deflaters& deflate_contexts::lent()
{
    if (lent_ == nullptr)
        lent_ = std::make_unique<lent_deflaters>();
    return *lent_;
}

deflater& deflate_contexts::fresh_deflater(int window_bits, int memory_level)
{
    auto& fresh = lent().fresh;
    if (fresh != nullptr && fresh->has(window_bits, memory_level))
        fresh->forget();
    else
        fresh = std::make_unique<deflater>(window_bits, memory_level);
    return *fresh;
}

inflater& deflate_contexts::fresh_inflater()
{
    if (inflater_ != nullptr)
        inflater_->forget();
    else
        inflater_ = std::make_unique<inflater>(deflate_window_bits_max); // It can read what is made with less.
    return *inflater_;
}

message_deflater::message_deflater(const deflate_side& side, int memory_level, deflate_contexts& shared) noexcept
    : side_{side}, memory_level_{memory_level}, shared_{shared}
{
}

message_deflater::~message_deflater()
{
    if (own_ != nullptr)
        shared_.lent().users.erase(place_);
}

void message_deflater::deflate(byte_view message, byte_buffer& to)
{
    if (!side_.context_takeover) {
        shared_.fresh_deflater(side_.window_bits, memory_level_).deflate(message, to);
        return;
    }
    auto& users = shared_.lent().users;
    if (own_ == nullptr)
        borrow();
    else
        users.splice(users.begin(), users, place_);
    own_->deflate(message, to);
}

/// Makes a deflater or, if there are enough, takes that of the connection that has not used its own for longest.
void message_deflater::borrow()
{
    auto& users = shared_.lent().users;
    std::unique_ptr<deflater> taken;
    if (users.size() == limits::deflaters_lent_max) {
        taken = std::move(users.back()->own_);
        users.pop_back();
    }
    if (taken != nullptr && taken->has(side_.window_bits, memory_level_))
        taken->forget();
    else
        taken = std::make_unique<deflater>(side_.window_bits, memory_level_);
    users.push_front(this);
    place_ = users.begin();
    own_ = std::move(taken);
}

message_inflater::message_inflater(const deflate_side& side, deflate_contexts& shared) noexcept
    : side_{side}, shared_{shared}
{
}

boost::system::error_code message_inflater::inflate(byte_view compressed, std::size_t bytes_max, byte_buffer& to)
{
    if (!side_.context_takeover)
        return shared_.fresh_inflater().inflate(compressed, bytes_max, to);
    if (own_ == nullptr)
        own_ = std::make_unique<inflater>(side_.window_bits);
    return own_->inflate(compressed, bytes_max, to);
}

} // namespace junctor
