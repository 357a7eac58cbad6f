// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The program bench-core: sends messages through decoder and realm, without sockets.

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include <junctor/codec/codec.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/message/encode.hpp>
#include <junctor/realm/realm.hpp>

#include "patterns.hpp"
#include "peer.hpp"

namespace junctor {

namespace {

using clock = std::chrono::steady_clock;

/// As many messages as one read of a busy connection brings.
constexpr std::uint64_t batch_size = 64;

constexpr std::string_view uri = "com.example.bench.echo.procedure.17";

struct load {
    serializer format{serializer::msgpack};
    std::size_t payload_bytes{16};
    std::size_t receivers{1};
    std::uint64_t batches{10'000};
};

/// The messages of a batch, encoded one behind the other.
class encoded_batch {
public:
    template <class Message>
    void add(const Message& m, serializer format)
    {
        const auto start = bytes_.size();
        if (encode(m, format, bytes_) != errc{})
            throw std::logic_error("a message cannot be encoded");
        lengths_.push_back(bytes_.size() - start);
    }

    void clear() noexcept
    {
        bytes_.clear();
        lengths_.clear();
    }

    [[nodiscard]] byte_view bytes() const noexcept { return bytes_.view(); }
    [[nodiscard]] const std::vector<std::size_t>& lengths() const noexcept { return lengths_; }

private:
    byte_buffer bytes_;
    std::vector<std::size_t> lengths_;
};

/// Does with a batch of `from` what the router does when a read has brought it. All that is measured is in here.
[[gnu::noinline]] void route_batch(realm& where, peer& from, const encoded_batch& batch)
{
    message received;
    from.decoding.recycle();
    auto rest = batch.bytes();
    for (const auto length : batch.lengths()) {
        if (!from.decoding.decode(rest.first(length), received))
            throw std::logic_error(from.decoding.failure().text());
        rest = rest.subspan(length);
        where.receive(from.member, received, {});
    }
    where.settle();
}

/// Arguments of one text.
byte_buffer arguments_of(const load& what)
{
    byte_buffer bytes;
    with_writer(what.format, bytes, [&](auto& writer) {
        writer.begin_list(1);
        writer.text(std::string(what.payload_bytes, 'x'));
        writer.end_list();
    });
    return bytes;
}

template <class Message>
Message request_of(std::uint64_t number, const byte_buffer& args, serializer format)
{
    Message m;
    m.request = request_id(number);
    m.body.args = {{format, args.view()}};
    return m;
}

/// What it took to route so many messages.
struct outcome {
    std::uint64_t messages{0};
    clock::duration taken{};
};

void route_timed(realm& where, peer& from, const encoded_batch& batch, outcome& sum)
{
    const auto begun = clock::now();
    route_batch(where, from, batch);
    sum.taken += clock::now() - begun;
}

/// Calls and their answers. A call counts as one.
outcome route_calls(realm& where, const load& what)
{
    peer caller(where, what.format, session_role::caller);
    peer callee(where, what.format, session_role::callee);
    register_ registering;
    registering.request = request_id(1);
    registering.procedure = uri;
    where.receive(callee.member, registering, {});
    callee.queue.write();

    const auto args = arguments_of(what);
    encoded_batch calls;
    encoded_batch answers;
    outcome sum;
    for (std::uint64_t i = 0; i < what.batches; ++i) {
        calls.clear();
        answers.clear();
        for (std::uint64_t number = sum.messages + 1; number <= sum.messages + batch_size; ++number) {
            auto opening = request_of<call>(number, args, what.format);
            opening.procedure = uri;
            calls.add(opening, what.format);
            answers.add(request_of<yield>(number, args, what.format), what.format);
        }
        route_timed(where, caller, calls, sum);
        route_timed(where, callee, answers, sum);
        sum.messages += batch_size;
        caller.queue.write();
        callee.queue.write();
    }
    if (where.pending_call_count() != 0)
        throw std::logic_error("calls were left without an answer");
    where.leave(caller.member);
    where.leave(callee.member);
    return sum;
}

/// Events. Each that a subscriber gets counts.
outcome route_events(realm& where, const load& what)
{
    peer publisher(where, what.format, session_role::publisher);
    std::vector<std::unique_ptr<peer>> subscribers;
    for (std::size_t i = 0; i < what.receivers; ++i) {
        subscribers.push_back(std::make_unique<peer>(where, what.format, session_role::subscriber));
        subscribe subscribing;
        subscribing.request = request_id(1);
        subscribing.topic = uri;
        where.receive(subscribers.back()->member, subscribing, {});
    }

    const auto args = arguments_of(what);
    encoded_batch publications;
    outcome sum;
    for (std::uint64_t i = 0; i < what.batches; ++i) {
        publications.clear();
        for (std::uint64_t j = 0; j < batch_size; ++j) {
            auto m = request_of<publish>(i * batch_size + j + 1, args, what.format);
            m.topic = uri;
            publications.add(m, what.format);
        }
        route_timed(where, publisher, publications, sum);
        sum.messages += batch_size * what.receivers;
        for (auto& subscriber : subscribers)
            subscriber->queue.write();
    }
    where.leave(publisher.member);
    for (auto& subscriber : subscribers)
        where.leave(subscriber->member);
    return sum;
}

int run(int argc, char** argv)
{
    CLI::App app("Sends messages through decoder and realm, without sockets:\nwhat a message costs the router there.",
                 "bench-core");
    load what;
    std::string serializer_name = "msgpack";
    app.add_option("--serializer", serializer_name, "json, msgpack or cbor")
        ->capture_default_str()
        ->check(CLI::IsMember({"json", "msgpack", "cbor"}));
    app.add_option("--payload", what.payload_bytes, "length of the text that is the argument")->capture_default_str();
    app.add_option("--subscribers", what.receivers, "of each event")->capture_default_str()->check(CLI::PositiveNumber);
    app.add_option("--batches", what.batches, "of 64 calls or publications")
        ->capture_default_str()
        ->check(CLI::PositiveNumber);
    auto* const rpc = app.add_subcommand("rpc", "CALL to INVOCATION and YIELD to RESULT")->fallthrough();
    app.add_subcommand("pubsub", "PUBLISH to EVENT")->fallthrough();
    pattern_counts counts;
    auto* const patterns = app.add_subcommand("patterns", "the cost of many registrations and subscriptions");
    patterns->add_option("--exact", counts.exact, "under names of their own")->capture_default_str();
    patterns->add_option("--prefix", counts.prefix, "by prefix")->capture_default_str();
    patterns->add_option("--wildcard", counts.wildcard, "by wildcard")->capture_default_str();
    patterns->add_option("--rounds", counts.rounds, "of calls and publications of each kind")->capture_default_str();
    app.require_subcommand(1);
    CLI11_PARSE(app, argc, argv);
    if (*patterns) {
        measure_patterns(counts);
        return 0;
    }
    what.format = parse_serializer(serializer_name).value();

    realm where("realm1", {}, 1);
    where.role("anonymous").allow(action::any, prefix(""));
    const auto done = *rpc ? route_calls(where, what) : route_events(where, what);
    const std::chrono::duration<double, std::nano> taken = done.taken;
    fmt::print("{{\"messages\": {}, \"ns_per_message\": {:.1f}}}\n", done.messages,
               taken.count() / static_cast<double>(done.messages));
    return 0;
}

} // namespace

} // namespace junctor

int main(int argc, char** argv)
{
    try {
        return junctor::run(argc, argv);
    } catch (const std::exception& failure) {
        fmt::print(stderr, "bench-core: {}\n", failure.what());
        return 1;
    }
}
