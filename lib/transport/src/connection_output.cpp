// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "connection_output.hpp"

#include <exception>
#include <new>
#include <utility>

#include <boost/asio/post.hpp>

namespace junctor {

connection_output::connection_output(output_owner& owner, frame_queue*& short_way, shard_services& home,
                                     std::size_t outbound_bytes_max) noexcept
    : flushable{home.mode()},
      owner_{&owner},
      short_way_{&short_way},
      home_{home},
      mutex_{home.mode()},
      queue_{outbound_bytes_max}
{
    queue_.set_payload_bytes_max(0); // Nothing, until the peer has told.
}

// Queueing

/// The answer to a message that cannot be queued: ends the connection, for its peer does not take what it is sent.
delivery connection_output::refuse(guard& lock, shard_services& at)
{
    if (started_) {
        end(close_reason::slow_consumer, at);
        summon(lock, at);
    }
    return delivery::refused;
}

/// Takes nothing more, and lets the owner end the connection.
void connection_output::end(close_reason reason, shard_services& at) noexcept
{
    started_ = false;
    close_short_way();
    duties_.end = reason;
    queue_.clear(at.buffers());
    lone_run_ = nullptr;
}

byte_buffer& connection_output::open_message()
{
    guard lock(mutex_);
    auto* buffer = listed_ && lone_run_ == nullptr ? queue_.open_at_once() : nullptr;
    if (buffer == nullptr) {
        auto& at = here();
        queue_lone_run(at.buffers());
        list(at); // Now, since closing the message must not fail.
        buffer = &queue_.open(at.buffers());
    }
    open_short_way();
    static_cast<void>(lock.release()); // Until the message is closed or dropped.
    return *buffer;
}

delivery connection_output::close_message()
{
    guard lock(mutex_, std::adopt_lock);
    renew_mask();
    if (started_ && log_ == nullptr && queue_.close_if_admitted())
        return delivery::queued;
    const auto payload = queue_.open_payload();
    const auto verdict = admit(payload.size());
    if (verdict != delivery::queued) {
        auto& at = here();
        queue_.drop(at.buffers());
        return verdict == delivery::refused ? refuse(lock, at) : verdict;
    }
    log(frame_direction::sent, frame_type::message, payload);
    queue_.close();
    return delivery::queued;
}

void connection_output::drop_message() noexcept
{
    const guard lock(mutex_, std::adopt_lock);
    queue_.drop(here().buffers());
}

delivery connection_output::send_encoded(byte_view message)
{
    guard lock(mutex_);
    auto& at = here();
    queue_lone_run(at.buffers());
    const auto verdict = admit(message.size());
    if (verdict != delivery::queued)
        return verdict == delivery::refused ? refuse(lock, at) : verdict;
    list(at);
    renew_mask();
    queue_.push(message, at.buffers());
    log(frame_direction::sent, frame_type::message, message);
    return delivery::queued;
}

delivery connection_output::send_run(const shared_run& run)
{
    guard lock(mutex_);
    auto& at = here();
    const auto* const frames = queue_.takes_runs_whole() ? &run->in_form(queue_.form()) : nullptr;
    if (frames != nullptr && admits(*frames)) {
        if (lone_run_ == nullptr && queue_.empty() && plain_ && !blocked_ && !log_) {
            list(at);
            close_short_way();
            lone_run_ = frames;
            return delivery::queued;
        }
        queue_lone_run(at.buffers());
        list(at);
        queue_.push_run(*frames, at.buffers());
        if (log_) [[unlikely]]
            run->for_each([&](byte_view message) {
                log(frame_direction::sent, frame_type::message, message);
                return true;
            });
        return delivery::queued;
    }
    queue_lone_run(at.buffers());
    lock.unlock();
    // One by one, as some of them may be queued.
    auto outcome = delivery::queued;
    run->for_each([&](byte_view message) {
        outcome = send_encoded(message);
        return outcome != delivery::refused;
    });
    return outcome;
}

void connection_output::push_urgent(byte_view bytes)
{
    const guard lock(mutex_);
    queue_lone_run(home_.buffers());
    queue_.push_urgent(bytes, home_.buffers());
}

void connection_output::push_close(websocket_close_code code)
{
    const guard lock(mutex_);
    queue_lone_run(home_.buffers());
    renew_mask();
    queue_.push_close(code, home_.buffers());
    log(frame_direction::sent, frame_type::close, encode_close_code(code));
}

void connection_output::push_ping(byte_view payload)
{
    const guard lock(mutex_);
    queue_lone_run(home_.buffers());
    renew_mask();
    queue_.push_urgent(frame_type::ping, payload, home_.buffers());
    log(frame_direction::sent, frame_type::ping, payload);
}

delivery connection_output::push_pong(byte_view payload)
{
    guard lock(mutex_);
    queue_lone_run(home_.buffers());
    const auto verdict = admit(payload.size());
    if (verdict != delivery::queued)
        return verdict == delivery::refused ? refuse(lock, home_) : verdict;
    renew_mask();
    queue_.push_urgent(frame_type::pong, payload, home_.buffers());
    log(frame_direction::sent, frame_type::pong, payload);
    return delivery::queued;
}

// Writing

void connection_output::flush(shard_services& here) noexcept
{
    guard lock(mutex_);
    unlist();
    if (!started_ || blocked_ || (queue_.empty() && lone_run_ == nullptr))
        return;
    if (plain_) {
        const auto status = write_queue(here.buffers());
        if (status == write_status::drained)
            return;
        if (status == write_status::failed)
            end(close_reason::connection_lost, here);
        else
            duties_.wait = true;
    } else {
        duties_.write = true;
    }
    try {
        summon(lock, here);
    } catch (const std::exception&) {
        lock.lock(); // What is queued stays; the next flush tries again.
        blocked_ = false;
    }
}

write_status connection_output::write() noexcept
{
    const guard lock(mutex_);
    unlist();
    return started_ ? write_queue(home_.buffers()) : write_status::drained;
}

write_status connection_output::write_queue(buffer_pool& buffers) noexcept
{
    blocked_ = false;
    if (lone_run_ != nullptr) {
        if (const auto status = write_lone_run(buffers); status != write_status::blocked)
            return status;
    }
    const auto status = write_directly(descriptor_, queue_, buffers, bytes_written_, write_error_);
    blocked_ = status == write_status::blocked;
    return status;
}

/// Writes the lone run. What the system does not take of it goes into the queue.
write_status connection_output::write_lone_run(buffer_pool& buffers) noexcept
{
    const auto bytes = lone_run_->bytes();
    const auto taken = write_directly(descriptor_, bytes, write_error_);
    bytes_written_ += taken;
    if (taken == bytes.size()) {
        lone_run_ = nullptr;
        return write_status::drained;
    }
    if (write_error_)
        return write_status::failed;
    try {
        queue_lone_run(buffers);
        queue_.written(taken, buffers);
    } catch (const std::bad_alloc&) {
        write_error_ = make_error_code(boost::system::errc::not_enough_memory);
        return write_status::failed;
    }
    return write_status::blocked;
}

void connection_output::owner_waits(bool waits) noexcept
{
    const guard lock(mutex_);
    blocked_ = waits;
}

// The home shard

void connection_output::start(int descriptor, bool plain) noexcept
{
    const guard lock(mutex_);
    descriptor_ = descriptor;
    plain_ = plain;
    started_ = true;
}

void connection_output::leave_writing_to_owner() noexcept
{
    const guard lock(mutex_);
    plain_ = false;
}

void connection_output::mask_frames()
{
    const guard lock(mutex_);
    masks_ = std::make_unique<mask_source>();
    renew_mask();
}

void connection_output::stop() noexcept
{
    const guard lock(mutex_);
    started_ = false;
    close_short_way();
    descriptor_ = -1;
    queue_.clear(home_.buffers());
    lone_run_ = nullptr;
}

void connection_output::wake() noexcept
{
    guard lock(mutex_);
    if (!started_)
        return;
    duties_.wake = true;
    try {
        summon(lock, here());
    } catch (const std::exception&) {
        // Without memory to be woken with, the reader sees with the next message that the session is closed.
    }
}

/// Lets the owner look at the duties: at once if this is its shard, otherwise by one post, however many duties there
/// are.
void connection_output::summon(guard& lock, shard_services& at)
{
    if (&at == &home_) {
        lock.unlock();
        if (owner_ != nullptr)
            owner_->attend();
        return;
    }
    if (std::exchange(posted_, true))
        return;
    try {
        boost::asio::post(home_.io(), [self = boost::intrusive_ptr(this)] { self->attend_posted(); });
    } catch (...) {
        posted_ = false;
        lock.unlock();
        throw;
    }
    lock.unlock();
}

void connection_output::attend_posted() noexcept
{
    guard lock(mutex_);
    posted_ = false;
    lock.unlock();
    if (owner_ != nullptr)
        owner_->attend();
}

output_duties connection_output::take_duties() noexcept
{
    const guard lock(mutex_);
    return std::exchange(duties_, {});
}

std::size_t connection_output::queued_bytes()
{
    const guard lock(mutex_);
    return queue_.size() + (lone_run_ != nullptr ? lone_run_->bytes().size() : 0);
}

std::uint64_t connection_output::bytes_written()
{
    const guard lock(mutex_);
    return bytes_written_;
}

boost::system::error_code connection_output::write_error()
{
    const guard lock(mutex_);
    return write_error_;
}

void connection_output::log_frames(frame_log log)
{
    const guard lock(mutex_);
    close_short_way();
    log_ = log ? std::make_unique<const frame_log>(std::move(log)) : nullptr;
}

} // namespace junctor
