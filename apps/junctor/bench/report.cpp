// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "report.hpp"

#include <fmt/format.h>

namespace junctor::bench {
namespace {

/// `amount` for each message; 0 if there were none.
double per_message(double amount, std::uint64_t messages)
{
    return messages == 0 ? 0 : amount / static_cast<double>(messages);
}

double per_second(const outcome& measured)
{
    return measured.seconds == 0 ? 0 : static_cast<double>(measured.messages) / measured.seconds;
}

double micros(std::uint64_t nanoseconds)
{
    return static_cast<double>(nanoseconds) / 1000;
}

std::string text_of(const options& what, const outcome& measured)
{
    const auto unit = unit_of(what.load);
    const auto& latency = measured.latencies;
    auto text = fmt::format("{}: {} {} in {:.3f} s, {:.0f} per second\n", to_string(what.load), measured.messages,
                            unit.many, measured.seconds, per_second(measured));
    text += fmt::format("latency in us: p50 {:.1f}, p99 {:.1f}, p99.9 {:.1f}, max {:.1f}\n",
                        micros(latency.percentile(0.5)), micros(latency.percentile(0.99)),
                        micros(latency.percentile(0.999)), micros(latency.max()));
    const auto usage = [&](const char* who, const process_usage& used) {
        text += fmt::format("{}: {:.4f} us CPU for each {} ({:.2f} s user, {:.2f} s system), RSS {} KiB\n", who,
                            per_message(micros(used.cpu_ns), measured.messages), unit.one,
                            static_cast<double>(used.user_ns) / 1e9, static_cast<double>(used.system_ns) / 1e9,
                            used.rss_bytes / 1024);
    };
    if (measured.router)
        usage(what.floor ? "floor" : "router", *measured.router);
    usage("client", measured.client);
    return text;
}

std::string json_of(const char* who, const process_usage& used, std::uint64_t messages)
{
    return fmt::format(
        R"("{}":{{"cpu_us_per_message":{:.6f},"cpu_s":{:.6f},"user_s":{:.2f},"system_s":{:.2f},"rss_bytes":{}}})", who,
        per_message(micros(used.cpu_ns), messages), static_cast<double>(used.cpu_ns) / 1e9,
        static_cast<double>(used.user_ns) / 1e9, static_cast<double>(used.system_ns) / 1e9, used.rss_bytes);
}

std::string json_of(const options& what, const outcome& measured)
{
    const auto& latency = measured.latencies;
    auto text = fmt::format(R"({{"load":"{}","unit":"{}","messages":{},"seconds":{:.6f},"per_second":{:.1f},)",
                            to_string(what.load), unit_of(what.load).one, measured.messages, measured.seconds,
                            per_second(measured));
    text += fmt::format(R"("latency_us":{{"p50":{:.3f},"p99":{:.3f},"p99.9":{:.3f},"max":{:.3f}}},)",
                        micros(latency.percentile(0.5)), micros(latency.percentile(0.99)),
                        micros(latency.percentile(0.999)), micros(latency.max()));
    if (measured.router)
        text += json_of("router", *measured.router, measured.messages) + ",";
    return text + json_of("client", measured.client, measured.messages) + "}\n";
}

/// What each session needs, if `with` is the memory with all of them.
double bytes_per_session(const outcome& measured, std::uint64_t with)
{
    return per_message(static_cast<double>(with) - static_cast<double>(measured.memory.before), measured.messages);
}

std::string idle_text_of(const options& what, const outcome& measured)
{
    const auto& memory = measured.memory;
    auto text = fmt::format("idle: {} sessions\n", measured.messages);
    text += fmt::format("router: RSS {} KiB before, {} KiB with all sessions: {:.0f} bytes for each\n",
                        memory.before / 1024, memory.joined / 1024, bytes_per_session(measured, memory.joined));
    if (what.burst != 0)
        text += fmt::format("router: RSS {} KiB after {} event{} to each session: {:.0f} bytes for each\n",
                            memory.after_burst / 1024, what.burst, what.burst == 1 ? "" : "s",
                            bytes_per_session(measured, memory.after_burst));
    return text;
}

std::string idle_json_of(const outcome& measured)
{
    const auto& memory = measured.memory;
    return fmt::format(
        R"({{"load":"idle","unit":"session","messages":{},"rss_bytes":{{"before":{},"joined":{},"after_burst":{}}},)"
        R"("bytes_per_session":{{"joined":{:.1f},"after_burst":{:.1f}}}}})"
        "\n",
        measured.messages, memory.before, memory.joined, memory.after_burst, bytes_per_session(measured, memory.joined),
        bytes_per_session(measured, memory.after_burst));
}

} // namespace

std::string report(const options& what, const outcome& measured)
{
    if (what.load == load_kind::idle)
        return what.json ? idle_json_of(measured) : idle_text_of(what, measured);
    return what.json ? json_of(what, measured) : text_of(what, measured);
}

} // namespace junctor::bench
