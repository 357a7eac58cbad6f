// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "pubsub_load.hpp"

#include <algorithm>

#include <fmt/format.h>

#include "failure.hpp"
#include "membership.hpp"

namespace junctor::bench {
namespace {

std::string topic_uri(std::size_t topic)
{
    return fmt::format("com.example.bench.topic{}", topic);
}

/// What a publisher and the topics that it publishes to have in common.
std::size_t realm_index(const options& what, std::size_t publisher_or_topic)
{
    return publisher_or_topic % std::min(what.publishers, what.topics) % what.realms.size();
}

message_template publication(const options& what, const numbered_argument& argument, std::size_t topic)
{
    const auto uri = topic_uri(topic);
    const auto wanted = what.acknowledge ? acknowledgement::yes : acknowledgement::no;
    return {what.sender, argument, [&](byte_buffer& out, std::uint64_t request, std::string_view text) {
                if (what.floor)
                    write_event(what.sender, out, request, text);
                else
                    write_publish(what.sender, out, request, uri, text, wanted);
            }};
}

} // namespace

pubsub_load::pubsub_load(const options& what, network& net, measurement& measured)
    : net_{net},
      measured_{measured},
      lockstep_{what.lockstep},
      acknowledge_{what.acknowledge},
      subscribers_per_topic_{what.subscribers},
      topics_per_publisher_{std::max<std::size_t>(1, what.topics / what.publishers)},
      argument_{what.payload_bytes},
      sender_reader_{what.sender},
      receiver_reader_{what.receiver}
{
    connect_subscribers(what, net);
    connect_publishers(what, net);
}

void pubsub_load::connect_subscribers(const options& what, network& net)
{
    // The first event of a topic is the one with which its publisher comes to it for the first time.
    std::vector<std::uint64_t> due(what.publishers);
    joining joined(net, what.floor ? server_kind::floor : server_kind::router);
    for (std::size_t topic = 0; topic < what.topics; ++topic) {
        std::fill(due.begin(), due.end(), 1 + topic / what.publishers);
        for (std::size_t count = 0; count < what.subscribers; ++count) {
            joined.add(what.receiver, {what.realms[realm_index(what, topic)], subscribe, topic_uri(topic),
                                       fmt::format("S {}", topic)});
            subscribers_.push_back({due});
        }
        recent_.emplace_back(what.subscribers == 1 ? 0 : what.depth * what.publishers);
    }
    joined.complete();
}

void pubsub_load::connect_publishers(const options& what, network& net)
{
    joining joined(net, what.floor ? server_kind::floor : server_kind::router);
    for (std::size_t number = 0; number < what.publishers; ++number) {
        auto& at = joined.add(
            what.sender, {what.realms[realm_index(what, number)], {}, {}, fmt::format("P {}", number % what.topics)});
        publisher made{&at, {}, window(what.depth)};
        for (std::size_t turn = 0; turn < topics_per_publisher_; ++turn)
            made.topics.push_back(publication(what, argument_, (number + turn * what.publishers) % what.topics));
        publishers_.push_back(std::move(made));
    }
    joined.complete();
}

void pubsub_load::start()
{
    if (lockstep_)
        return fill(0);
    for (std::size_t number = 0; number < publishers_.size(); ++number)
        fill(number);
}

std::string pubsub_load::missing() const
{
    return fmt::format("{} of the events that are under way", deliveries_);
}

void pubsub_load::fill(std::size_t number)
{
    while (publishers_[number].publications.open() && measured_.take())
        publish(number);
}

void pubsub_load::publish(std::size_t number)
{
    auto& from = publishers_[number];
    const auto index = from.publications.send(net_.now(), acknowledge_ ? 1 : subscribers_per_topic_);
    from.topics[(index - 1) % topics_per_publisher_].append(from.at->open(), index, {number, index});
    from.at->close();
    net_.touch(*from.at);
    ++publications_;
    deliveries_ += subscribers_per_topic_;
}

void pubsub_load::on_message(connection& from, byte_view message)
{
    const auto number = from.number();
    if (number < subscribers_.size())
        on_event(subscribers_[number], number / subscribers_per_topic_, message);
    else
        on_published(number - subscribers_.size(), sender_reader_.read(message));
}

message_number pubsub_load::number_of(byte_view event_message)
{
    const auto message = receiver_reader_.read(event_message);
    if (message.type != event)
        refuse(message, "EVENT");
    return argument_.read(message.argument);
}

void pubsub_load::on_event(subscriber& at, std::size_t topic, byte_view message)
{
    const auto [number, index] =
        recent_[topic].number_of(at.received++, message, [this](byte_view unknown) { return number_of(unknown); });
    if (number >= publishers_.size() || index != at.due[number])
        throw failure(
            fmt::format("event {} of publisher {} came out of order, or twice, or one was lost", index, number));
    at.due[number] += topics_per_publisher_;
    --deliveries_;
    measured_.arrived();
    if (acknowledge_)
        return;
    auto& publications = publishers_[number].publications;
    if (!publications.holds(index))
        throw failure(fmt::format("event {} of publisher {} came, which was not published yet", index, number));
    measured_.took(net_.now(), publications.sent_at(index));
    if (publications.arrive(index))
        ended(number);
}

void pubsub_load::on_published(std::size_t number, const received& message)
{
    if (message.type != published)
        refuse(message, "PUBLISHED");
    auto& publications = publishers_[number].publications;
    const auto request = message.numbers[0];
    if (!acknowledge_ || !publications.holds(request))
        throw failure(fmt::format("publisher {} got PUBLISHED for {}, which is not under way", number, request));
    measured_.took(net_.now(), publications.sent_at(request));
    publications.arrive(request);
    ended(number);
}

void pubsub_load::ended(std::size_t number)
{
    --publications_;
    if (!lockstep_)
        return fill(number);
    if (publications_ != 0)
        return;
    turn_ = (turn_ + 1) % publishers_.size();
    fill(turn_);
}

} // namespace junctor::bench
