// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/frame_queue.hpp>

#include <algorithm>
#include <cassert>
#include <cstring>

namespace junctor {

namespace {

/// Runs that have been written are cut off the list once they are this many and more than half of it.
constexpr std::size_t cut_off_runs = 32;

/// Up to here a run is copied: keeping it would take more memory than its bytes, of which the queue's bound speaks.
constexpr std::size_t copied_run_bytes_max = 512;

websocket_opcode opcode_of(frame_form form, frame_type type) noexcept
{
    switch (type) {
    case frame_type::message: break;
    case frame_type::ping: return websocket_opcode::ping;
    case frame_type::pong: return websocket_opcode::pong;
    case frame_type::close: return websocket_opcode::close;
    }
    return data_opcode(form);
}

/// Returns the length of the frame.
std::size_t append_behind(byte_view header, byte_buffer& to, byte_view payload)
{
    auto* const frame = to.extend(header.size() + payload.size());
    std::copy(payload.begin(), payload.end(), std::copy(header.begin(), header.end(), frame));
    return header.size() + payload.size();
}

} // namespace

/// Returns the length of the frame.
std::size_t frame_queue::append_frame(byte_buffer& to, frame_type type, byte_view payload) const
{
    if (form_ == frame_form::rawsocket)
        return append_behind(encode_frame_header(type, payload.size()), to, payload);
    const websocket_header header(opcode_of(form_, type), payload.size(), mask_ ? &*mask_ : nullptr);
    const auto size = append_behind(header.view(), to, payload);
    mask_payload({to.data() + to.size() - payload.size(), payload.size()});
    return size;
}

void frame_queue::mask_payload(std::span<std::byte> payload) const noexcept
{
    if (!mask_)
        return;
    auto mask = *mask_;
    apply_mask(payload, mask);
}

/// Moves `boundary` to the first beginning of a frame that is not before `position`. Each frame is walked at most once,
/// and only when something overtakes.
void frame_queue::find_boundary(std::size_t& boundary, byte_view frames, std::size_t position) const noexcept
{
    while (boundary < position) {
        const auto rest = frames.subspan(boundary);
        boundary += form_ == frame_form::rawsocket ? first_frame_bytes(rest) : first_websocket_frame_bytes(rest);
    }
}

/// Only now is it known how long the header is: what room is left over, the payload moves into.
void frame_queue::close_websocket_message(std::size_t payload_bytes) noexcept
{
    const websocket_header header(opcode_of(form_, frame_type::message), payload_bytes, mask_ ? &*mask_ : nullptr);
    auto* const frame = bulk_.data() + open_;
    const auto octets = header.view();
    std::copy(octets.begin(), octets.end(), frame);
    if (octets.size() != header_room_) {
        std::memmove(frame + octets.size(), frame + header_room_, payload_bytes);
        bulk_.truncate(open_ + octets.size() + payload_bytes);
    }
    mask_payload({frame + octets.size(), payload_bytes});
    size_ += octets.size() + payload_bytes;
    open_ = none;
}

/// Makes sure that `bulk_` has memory, and no more behind it than is worth keeping.
void frame_queue::renew_bulk(buffer_pool& buffers)
{
    if (bulk_.capacity() == 0)
        bulk_ = buffers.take();
    if (bulk_written_ < cut_off_bytes || bulk_written_ <= bulk_.size() / 2)
        return;
    find_boundary(boundary_, bulk_.view(), bulk_written_);
    bulk_.consume(bulk_written_);
    boundary_ -= bulk_written_;
    for (auto held = first_held_; held != held_.size(); ++held)
        held_[held].at -= bulk_written_;
    bulk_written_ = 0;
}

void frame_queue::drop(buffer_pool& buffers) noexcept
{
    assert(message_open());
    bulk_.truncate(open_);
    open_ = none;
    release_if_drained(buffers);
}

void frame_queue::push(byte_view payload, buffer_pool& buffers)
{
    assert(!message_open());
    prepare_bulk(buffers);
    size_ += append_frame(bulk_, frame_type::message, payload);
}

void frame_queue::push_close(websocket_close_code code, buffer_pool& buffers)
{
    assert(!message_open());
    prepare_bulk(buffers);
    size_ += append_frame(bulk_, frame_type::close, encode_close_code(code));
}

void frame_queue::push_run(const framed_run& run, buffer_pool& buffers)
{
    assert(takes_runs_whole());
    const auto bytes = run.bytes();
    if (bytes.size() <= copied_run_bytes_max) {
        assert(!message_open());
        prepare_bulk(buffers);
        bulk_.append(bytes);
        size_ += bytes.size();
        return;
    }
    if (first_held_ >= cut_off_runs && first_held_ > held_.size() / 2) {
        held_.erase(held_.begin(), held_.begin() + static_cast<std::ptrdiff_t>(first_held_));
        first_held_ = 0;
    }
    held_.push_back({shared_frames(&run), bulk_.size()});
    size_ += bytes.size();
}

void frame_queue::push_urgent(byte_view bytes, buffer_pool& buffers)
{
    if (urgent_.capacity() == 0)
        urgent_ = buffers.take();
    urgent_.append(bytes);
    size_ += bytes.size();
}

void frame_queue::push_urgent(frame_type type, byte_view payload, buffer_pool& buffers)
{
    if (urgent_.capacity() == 0)
        urgent_ = buffers.take();
    size_ += append_frame(urgent_, type, payload);
}

/// The messages that are written next and stand in one piece.
byte_view frame_queue::front() const noexcept
{
    if (run_is_next())
        return held_[first_held_].run->bytes().subspan(run_written_);
    const auto end = first_held_ != held_.size() ? held_[first_held_].at : bulk_end();
    return bulk_.view().first(end).subspan(bulk_written_);
}

/// What is left of the frame of which a part is written; it stands in one piece.
std::size_t frame_queue::begun_bytes() noexcept
{
    if (run_is_next()) {
        find_boundary(run_boundary_, held_[first_held_].run->bytes(), run_written_);
        return run_boundary_ - run_written_;
    }
    find_boundary(boundary_, bulk_.view(), bulk_written_);
    return boundary_ - bulk_written_;
}

frame_queue::segments frame_queue::next() noexcept
{
    segments found;
    if (urgent_.empty() && first_held_ == held_.size()) {
        if (bulk_end() != bulk_written_)
            found.push_back(bulk_.view().first(bulk_end()).subspan(bulk_written_));
        return found;
    }
    std::size_t begun = 0;
    if (!urgent_.empty()) {
        if (urgent_written_ == 0)
            begun = begun_bytes();
        if (begun != 0)
            found.push_back(front().first(begun));
        found.push_back(urgent_.view(urgent_written_));
    }
    add_messages(found, begun);
    return found;
}

/// Adds what follows the first `begun` bytes of the messages, as far as there is room.
void frame_queue::add_messages(segments& to, std::size_t begun) const noexcept
{
    auto skipped = begun;
    const auto add = [&](byte_view piece) {
        if (skipped < piece.size())
            to.push_back(piece.subspan(skipped));
        skipped = 0;
    };
    auto at = bulk_written_;
    auto in_run = run_written_;
    for (auto held = first_held_; held != held_.size(); ++held) {
        const auto& next = held_[held];
        if (to.size() + 2 > segments_max)
            return;
        if (at != next.at)
            add(bulk_.view().first(next.at).subspan(at));
        add(next.run->bytes().subspan(in_run));
        at = next.at;
        in_run = 0;
    }
    if (at != bulk_end() && to.size() != segments_max)
        add(bulk_.view().first(bulk_end()).subspan(at));
}

void frame_queue::written(std::size_t count, buffer_pool& buffers) noexcept
{
    assert(count <= size());
    if (count == size() && !message_open()) {
        clear(buffers);
        return;
    }
    size_ -= count;
    if (!urgent_.empty()) {
        if (urgent_written_ == 0) {
            const auto begun = std::min(count, begun_bytes());
            advance(begun);
            count -= begun;
        }
        const auto overtaking = std::min(count, urgent_.size() - urgent_written_);
        urgent_written_ += overtaking;
        count -= overtaking;
        if (urgent_written_ == urgent_.size()) {
            buffers.give(urgent_);
            urgent_written_ = 0;
        }
    }
    advance(count);
    release_if_drained(buffers);
}

/// Passes over `count` bytes of the messages.
void frame_queue::advance(std::size_t count) noexcept
{
    while (count != 0) {
        const auto piece = front().size();
        const auto passed = std::min(count, piece);
        count -= passed;
        if (!run_is_next()) {
            bulk_written_ += passed;
            continue;
        }
        run_written_ += passed;
        if (passed == piece)
            let_go_of_run();
    }
}

/// Drops the first held run, which is written.
void frame_queue::let_go_of_run() noexcept
{
    held_[first_held_].run.reset();
    ++first_held_;
    run_written_ = 0;
    run_boundary_ = 0;
}

void frame_queue::clear(buffer_pool& buffers) noexcept
{
    size_ = 0;
    open_ = none;
    if (!urgent_.empty()) {
        buffers.give(urgent_);
        urgent_written_ = 0;
    }
    release(buffers);
}

void frame_queue::release_if_drained(buffer_pool& buffers) noexcept
{
    if (!message_open() && bulk_written_ == bulk_.size() && first_held_ == held_.size())
        release(buffers);
}

/// Gives back all memory of the messages, of which none is left.
void frame_queue::release(buffer_pool& buffers) noexcept
{
    buffers.give(bulk_);
    bulk_written_ = 0;
    boundary_ = 0;
    if (held_.empty())
        return;
    held_.clear();
    if (held_.capacity() > held_.static_capacity)
        held_.shrink_to_fit();
    first_held_ = 0;
    run_written_ = 0;
    run_boundary_ = 0;
}

} // namespace junctor
