// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Publications and their delivery.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "load.hpp"
#include "message_template.hpp"
#include "messages.hpp"
#include "numbered_argument.hpp"
#include "options.hpp"
#include "recent_events.hpp"
#include "window.hpp"

namespace junctor::bench {

/// Publisher i publishes to topic i modulo the number of topics; if there are more topics than publishers, it publishes
/// to every topic that is its own, in turn. Each topic has subscribers of its own.
///
/// A publication is under way until all subscribers have it, or, if it is acknowledged, until PUBLISHED.
class pubsub_load final : public load {
public:
    /// Connects all of them. Throws `failure`.
    pubsub_load(const options& what, network& net, measurement& measured);

    void start() override;
    [[nodiscard]] bool busy() const noexcept override { return publications_ + deliveries_ != 0; }
    [[nodiscard]] std::string missing() const override;
    void on_message(connection& from, byte_view message) override;

private:
    struct publisher {
        connection* at;
        std::vector<message_template> topics; ///< A PUBLISH for each topic that it publishes to.
        window publications;
    };
    struct subscriber {
        std::vector<std::uint64_t> due; ///< By publisher: the index that the next event must have.
        std::uint64_t received{0};      ///< Events so far.
    };

    void connect_subscribers(const options& what, network& net);
    void connect_publishers(const options& what, network& net);
    void fill(std::size_t number);
    void publish(std::size_t number);
    [[nodiscard]] message_number number_of(byte_view event_message);
    void on_event(subscriber& at, std::size_t topic, byte_view message);
    void on_published(std::size_t number, const received& message);
    void ended(std::size_t number);

    network& net_;
    measurement& measured_;
    bool lockstep_;
    bool acknowledge_;
    std::size_t subscribers_per_topic_;
    std::size_t topics_per_publisher_;
    numbered_argument argument_;
    message_reader sender_reader_;
    message_reader receiver_reader_;
    std::vector<subscriber> subscribers_; ///< Connections 0 and on, topic by topic.
    std::vector<recent_events> recent_;   ///< By topic.
    std::vector<publisher> publishers_;   ///< Connections after those of the subscribers.
    std::uint64_t publications_{0};       ///< Under way.
    std::uint64_t deliveries_{0};         ///< Under way.
    std::size_t turn_{0};                 ///< In lockstep: the publisher whose publications are under way.
};

} // namespace junctor::bench
