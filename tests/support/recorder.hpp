// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// An outlet that keeps what was sent to it, for tests.

#include <cstddef>
#include <deque>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <junctor/base/bytes.hpp>
#include <junctor/session/outlet.hpp>

namespace junctor::test {

/// Stands for the way to a peer. It keeps every message in order, and behaves like a full queue or a small peer if told
/// to.
class recorder final : public outlet {
public:
    explicit recorder(serializer format) : format_{format} {}

    [[nodiscard]] serializer format() const noexcept override { return format_; }

    byte_buffer& open_message() override
    {
        open_.clear();
        return open_;
    }

    delivery close_message() override { return send_encoded(open_.view()); }
    void drop_message() noexcept override { open_.clear(); }

    delivery send_encoded(byte_view message) override
    {
        if (out_of_memory_)
            throw std::bad_alloc();
        if (refusing_)
            return delivery::refused;
        if (message.size() > message_bytes_max_)
            return delivery::too_large;
        sent_.emplace_back(as_text(message));
        return delivery::queued;
    }

    [[nodiscard]] dict describe() const override { return description_; }

    /// From now on tells this about the transport.
    void describe_as(dict description) { description_ = std::move(description); }

    /// From now on behaves as if the queue were full, or no longer.
    void refuse(bool refusing = true) noexcept { refusing_ = refusing; }

    /// From now on behaves as if there were no memory for what is sent.
    void run_out_of_memory() noexcept { out_of_memory_ = true; }

    /// From now on takes no message that is larger.
    void accept_at_most(std::size_t bytes) noexcept { message_bytes_max_ = bytes; }

    [[nodiscard]] bool empty() const noexcept { return sent_.empty(); }

    /// The oldest message not taken yet, as its bytes.
    [[nodiscard]] std::optional<std::string> take()
    {
        if (sent_.empty())
            return std::nullopt;
        auto oldest = std::move(sent_.front());
        sent_.pop_front();
        return oldest;
    }

private:
    serializer format_;
    dict description_;
    byte_buffer open_;
    std::deque<std::string> sent_;
    bool refusing_{false};
    bool out_of_memory_{false};
    std::size_t message_bytes_max_{static_cast<std::size_t>(-1)};
};

} // namespace junctor::test
