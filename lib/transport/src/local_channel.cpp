// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/local_channel.hpp>

#include <exception>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>

#include <junctor/transport/deadline.hpp>

namespace junctor {

namespace {

namespace asio = boost::asio;

/// Whoever reads from a pipe. Called on its own thread.
class pipe_reader {
public:
    virtual void on_news() noexcept = 0;

protected:
    ~pipe_reader() = default;
};

/// One direction of a connection: messages on their way from any thread to that of the reader.
class local_pipe : public std::enable_shared_from_this<local_pipe> {
public:
    /// What waits for the reader.
    struct content {
        std::vector<byte_buffer> messages;
        bool woken{false};
        bool ended{false};
    };

    local_pipe(asio::io_context& of_reader, std::size_t bytes_max) noexcept : io_{of_reader}, bytes_max_{bytes_max} {}

    delivery push(byte_buffer message)
    {
        const std::lock_guard lock(mutex_);
        if (waiting_.ended)
            return delivery::refused;
        overflowed_ = bytes_ + message.size() > bytes_max_;
        waiting_.ended = overflowed_;
        if (!overflowed_) {
            bytes_ += message.size();
            waiting_.messages.push_back(std::move(message));
        }
        tell();
        return overflowed_ ? delivery::refused : delivery::queued;
    }

    void wake()
    {
        const std::lock_guard lock(mutex_);
        waiting_.woken = true;
        tell();
    }

    /// Nothing more will come.
    void end()
    {
        const std::lock_guard lock(mutex_);
        waiting_.ended = true;
        tell();
    }

    /// All that waits. The end is told again each time.
    content take()
    {
        const std::lock_guard lock(mutex_);
        bytes_ = 0;
        content taken = std::exchange(waiting_, {});
        waiting_.ended = taken.ended;
        return taken;
    }

    [[nodiscard]] std::size_t bytes() const
    {
        const std::lock_guard lock(mutex_);
        return bytes_;
    }

    /// Whether the end is that there was too much.
    [[nodiscard]] bool overflowed() const
    {
        const std::lock_guard lock(mutex_);
        return overflowed_;
    }

    /// Calls `reader` from now on, or nobody; on its thread.
    void set_reader(pipe_reader* reader) noexcept { reader_ = reader; }

    /// Lets the reader look in a later turn. Needs the lock.
    void tell()
    {
        if (std::exchange(told_, true))
            return;
        asio::post(io_, [self = shared_from_this()] {
            {
                const std::lock_guard lock(self->mutex_);
                self->told_ = false;
            }
            if (self->reader_ != nullptr)
                self->reader_->on_news();
        });
    }

    void tell_again()
    {
        const std::lock_guard lock(mutex_);
        tell();
    }

private:
    asio::io_context& io_;
    std::size_t bytes_max_;
    pipe_reader* reader_{nullptr}; ///< Used on its thread only.
    mutable std::mutex mutex_;     ///< For what follows.
    content waiting_;
    std::size_t bytes_{0};
    bool overflowed_{false};
    bool told_{false}; ///< The reader will look.
};

/// One end.
class local_channel final : public channel, private pipe_reader {
public:
    local_channel(shard_services& services, std::shared_ptr<local_pipe> from, std::shared_ptr<local_pipe> to,
                  transport_facts facts)
        : in_{std::move(from)},
          out_{std::move(to)},
          facts_{std::move(facts)},
          spoken_{facts_.format},
          deadline_(services.deadlines(), this, &strike)
    {
        facts_.format = serializer::msgpack;
        in_->set_reader(this);
    }

    ~local_channel() override
    {
        in_->set_reader(nullptr);
        in_->end(); // Who sends here is refused.
        out_->end();
    }

    const transport_facts& facts() const noexcept override { return facts_; }

    /// As the client at the other end of it all sees it.
    dict describe() const override
    {
        auto told = channel::describe();
        told.set("channel_serializer", to_string(spoken_));
        return told;
    }

    void flush() noexcept override {}
    close_reason reason() const noexcept override { return reason_; }
    std::size_t queued_bytes() const noexcept override { return out_->bytes(); }
    void clear_deadline() noexcept override { deadline_.clear(); }
    void log_frames(frame_log log) override { log_ = std::move(log); }
    void wake() noexcept override { in_->wake(); }

    void set_deadline(clock::time_point when, close_reason reason) noexcept override
    {
        deadline_reason_ = reason;
        deadline_.set(when);
    }

    byte_buffer& open_message() override
    {
        opened_.clear();
        return opened_;
    }

    delivery close_message() override
    {
        if (log_)
            log_(frame_direction::sent, frame_type::message, opened_.view());
        return out_->push(std::exchange(opened_, {}));
    }

    void drop_message() noexcept override { opened_.clear(); }

    delivery send_encoded(byte_view message) override
    {
        open_message().append(message);
        return close_message();
    }

    /// What has been sent waits at the other end, so that there is nothing to wait for.
    awaitable<void> close(clock::time_point) override
    {
        abort(close_reason::none);
        co_return;
    }

    void abort(close_reason reason) noexcept override
    {
        if (std::exchange(over_, true))
            return;
        reason_ = reason;
        deadline_.clear();
        in_->end();
        out_->end();
    }

private:
    static void strike(void* self) noexcept
    {
        auto& channel = *static_cast<local_channel*>(self);
        channel.abort(channel.deadline_reason_);
    }

    void start_reading(batch_reader& to, reading, reading_done done) override
    {
        done_.swap(done); // The assignment in Asio of Boost 1.81 calls itself for ever.
        if (auto slot = asio::get_associated_cancellation_slot(done_); slot.is_connected())
            slot.assign([this](asio::cancellation_type) { abort(close_reason::connection_lost); });
        reader_ = &to;
        in_->tell_again(); // What has come before was told to nobody.
    }

    void on_news() noexcept override
    {
        if (!done_)
            return;
        std::exception_ptr failure;
        try {
            if (serve_reader())
                return;
        } catch (...) {
            failure = std::current_exception();
        }
        reader_ = nullptr;
        auto done = std::exchange(done_, nullptr);
        if (auto slot = asio::get_associated_cancellation_slot(done); slot.is_connected())
            slot.clear();
        std::move(done)(std::move(failure));
    }

    /// Gives the reader what has come. Whether it wants more and there may be more.
    bool serve_reader()
    {
        auto news = in_->take();
        if (over_) // What comes late is of no interest.
            return end_reading(reason_ == close_reason::none ? close_reason::connection_lost : reason_);
        if (!news.messages.empty())
            keep(std::move(news.messages));
        const bool anything = !fresh_.empty() || news.woken;
        if (anything && !reader_->take(batch(std::exchange(fresh_, {}))))
            return false;
        if (!news.ended)
            return true;
        return end_reading(out_->overflowed() ? close_reason::slow_consumer : close_reason::connection_lost);
    }

    /// Keeps what has been read until the next time, and shows it to the log.
    void keep(std::vector<byte_buffer> messages)
    {
        read_ = std::move(messages);
        views_.clear();
        for (const auto& each : read_) {
            views_.push_back(each.view());
            if (log_)
                log_(frame_direction::received, frame_type::message, each.view());
        }
        fresh_ = views_;
    }

    bool end_reading(close_reason why)
    {
        static_cast<void>(reader_->take(batch(why, asio::error::eof)));
        return false;
    }

    std::shared_ptr<local_pipe> in_;
    std::shared_ptr<local_pipe> out_;
    transport_facts facts_;
    const serializer spoken_; ///< With whoever speaks for the client, into whose messages those here are changed.
    frame_log log_;
    byte_buffer opened_;
    std::vector<byte_buffer> read_; ///< What the views of the latest batch point to.
    std::vector<byte_view> views_;
    std::span<const byte_view> fresh_; ///< Those that the reader has not been given.
    batch_reader* reader_{nullptr};
    reading_done done_;
    bool over_{false}; ///< Ended from this side.
    close_reason reason_{close_reason::none};
    close_reason deadline_reason_{close_reason::none};
    deadline deadline_;
};

} // namespace

transport_facts local_facts()
{
    transport_facts facts;
    facts.transport_id = "local";
    facts.type = "local";
    facts.format = serializer::msgpack;
    facts.peer = "local";
    return facts;
}

local_channels make_local_channels(shard_services& router, shard_services& client, std::size_t queued_bytes_max,
                                   transport_facts facts)
{
    auto to_router = std::make_shared<local_pipe>(router.io(), queued_bytes_max);
    auto to_client = std::make_shared<local_pipe>(client.io(), queued_bytes_max);
    local_channels both;
    both.router = std::make_unique<local_channel>(router, to_router, to_client, std::move(facts));
    both.client = std::make_unique<local_channel>(client, to_client, to_router, local_facts());
    return both;
}

} // namespace junctor
