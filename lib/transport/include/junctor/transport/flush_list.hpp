// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The connections that something was queued for since the last flush.

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include <junctor/transport/shard_mutex.hpp>

namespace junctor {

class shard_services;

/// Something with output to write. It lives as long as anybody refers to it: with several threads, one may still be
/// about to flush it when another has ended its connection.
class flushable {
public:
    flushable(const flushable&) = delete;
    flushable& operator=(const flushable&) = delete;

    /// Writes what can be written at once, on the thread of `here`; the rest goes on by itself. Never calls back.
    virtual void flush(shard_services& here) noexcept = 0;

protected:
    /// With `sharing::one_thread`, references are only taken and dropped on one thread.
    explicit flushable(sharing mode) noexcept : mode_{mode} {}
    virtual ~flushable() = default;

    [[nodiscard]] sharing mode() const noexcept { return mode_; }

private:
    friend void intrusive_ptr_add_ref(flushable* output) noexcept
    {
        if (output->mode_ == sharing::several_threads)
            output->references_.fetch_add(1, std::memory_order_relaxed);
        else
            output->references_.store(output->references_.load(std::memory_order_relaxed) + 1,
                                      std::memory_order_relaxed);
    }

    friend void intrusive_ptr_release(flushable* output) noexcept
    {
        std::uint32_t before = 0;
        if (output->mode_ == sharing::several_threads) {
            before = output->references_.fetch_sub(1, std::memory_order_acq_rel);
        } else {
            before = output->references_.load(std::memory_order_relaxed);
            output->references_.store(before - 1, std::memory_order_relaxed);
        }
        if (before == 1)
            delete output;
    }

    std::atomic<std::uint32_t> references_{0};
    const sharing mode_;
};

/// Collects the outputs that one batch of input touches, so that each is written once, at the end of the batch, with
/// one system call. Each shard has its own; used on the thread of that shard.
class flush_list {
public:
    /// Puts `output` last in the list; it is for the output to see to it that it comes once only.
    void add(flushable& output) { outputs_.emplace_back(&output); }

    /// Flushes all, in the order in which they came, and leaves the list empty.
    void flush_all(shard_services& here) noexcept
    {
        for (const auto& output : outputs_)
            output->flush(here);
        outputs_.clear();
        if (outputs_.capacity() > outputs_kept)
            outputs_.shrink_to_fit();
    }

    [[nodiscard]] bool empty() const noexcept { return outputs_.empty(); }

private:
    /// Room for so many stays allocated: more than that are flushed at once so seldom that it does not matter.
    static constexpr std::size_t outputs_kept = 4096;

    std::vector<boost::intrusive_ptr<flushable>> outputs_;
};

} // namespace junctor
