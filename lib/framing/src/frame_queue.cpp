// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/frame_queue.hpp>

#include <algorithm>
#include <cassert>

namespace junctor {

namespace {

/// Written bytes are cut off once they are this many and more than half of the buffer: moving the rest stays cheap.
constexpr std::size_t cut_off_bytes = std::size_t{64} * 1024;

} // namespace

frame_queue::frame_queue(buffer_pool& buffers) noexcept : buffers_{buffers} {}

frame_queue::~frame_queue()
{
    clear();
}

byte_buffer& frame_queue::open()
{
    assert(!message_open());
    if (bulk_.capacity() == 0)
        bulk_ = buffers_.take();
    if (bulk_written_ >= cut_off_bytes && bulk_written_ > bulk_.size() / 2) {
        find_boundary();
        bulk_.consume(bulk_written_);
        boundary_ -= bulk_written_;
        bulk_written_ = 0;
    }
    const auto start = bulk_.size();
    bulk_.extend(frame_header_bytes);
    open_ = start;
    return bulk_;
}

void frame_queue::close() noexcept
{
    assert(message_open());
    const auto header = encode_frame_header(frame_type::message, bulk_.size() - open_ - frame_header_bytes);
    std::copy(header.begin(), header.end(), bulk_.data() + open_);
    open_ = none;
}

void frame_queue::drop() noexcept
{
    assert(message_open());
    bulk_.truncate(open_);
    open_ = none;
    release_if_drained();
}

void frame_queue::push_urgent(byte_view bytes)
{
    if (urgent_.capacity() == 0)
        urgent_ = buffers_.take();
    urgent_.append(bytes);
}

void frame_queue::push_urgent(frame_type type, byte_view payload)
{
    const auto header = encode_frame_header(type, payload.size());
    if (urgent_.capacity() == 0)
        urgent_ = buffers_.take();
    auto* const frame = urgent_.extend(header.size() + payload.size());
    std::copy(payload.begin(), payload.end(), std::copy(header.begin(), header.end(), frame));
}

frame_queue::segments frame_queue::next() noexcept
{
    const auto bulk = bulk_.view().first(bulk_end());
    if (urgent_.empty())
        return {bulk.subspan(bulk_written_)};
    if (urgent_written_ != 0)
        return {urgent_.view(urgent_written_), bulk.subspan(bulk_written_)};
    find_boundary();
    return {bulk.subspan(bulk_written_, boundary_ - bulk_written_), urgent_.view(), bulk.subspan(boundary_)};
}

void frame_queue::written(std::size_t count) noexcept
{
    assert(count <= size());
    if (!urgent_.empty()) {
        if (urgent_written_ == 0) {
            find_boundary();
            const auto begun = std::min(count, boundary_ - bulk_written_);
            bulk_written_ += begun;
            count -= begun;
        }
        const auto overtaking = std::min(count, urgent_.size() - urgent_written_);
        urgent_written_ += overtaking;
        count -= overtaking;
        if (urgent_written_ == urgent_.size()) {
            buffers_.give(urgent_);
            urgent_written_ = 0;
        }
    }
    bulk_written_ += count;
    release_if_drained();
}

void frame_queue::clear() noexcept
{
    buffers_.give(bulk_);
    buffers_.give(urgent_);
    bulk_written_ = 0;
    urgent_written_ = 0;
    boundary_ = 0;
    open_ = none;
}

/// Moves the boundary to the first beginning of a frame that is not before what is written. Frames are only walked when
/// something overtakes, and each at most once.
void frame_queue::find_boundary() noexcept
{
    while (boundary_ < bulk_written_) {
        rawsocket_octets octets;
        std::copy_n(bulk_.data() + boundary_, octets.size(), octets.begin());
        boundary_ += frame_header_bytes + decode_frame_header(octets)->payload_bytes;
    }
}

void frame_queue::release_if_drained() noexcept
{
    if (message_open() || bulk_written_ != bulk_.size())
        return;
    buffers_.give(bulk_);
    bulk_written_ = 0;
    boundary_ = 0;
}

} // namespace junctor
