// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/frame_logging.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>
#include <junctor/message/message_type.hpp>

namespace junctor {

namespace {

/// What is shown of a message: enough to see what it is about, little enough for one line.
constexpr std::size_t shown_bytes_max = 256;

std::string_view name_of(frame_type type) noexcept
{
    switch (type) {
    case frame_type::message: return "message";
    case frame_type::ping: return "ping";
    case frame_type::pong: return "pong";
    case frame_type::close: return "close";
    }
    return "unknown";
}

/// The type of the message, or zero if it cannot be told.
message_type peek_type(serializer format, byte_view bytes)
{
    text_scratch scratch;
    return with_reader(encoded{format, bytes}, scratch, [](auto& reader) {
        reader.enter_list();
        const bool any = reader.next();
        const auto number = any ? reader.read_unsigned() : 0;
        return reader.ok() ? static_cast<message_type>(number) : message_type{};
    });
}

/// A message that cannot be recognised is hidden, too: it may be a secret one that is malformed.
bool may_show(message_type type) noexcept
{
    return to_string(type) != "unknown" && type != message_type::hello && type != message_type::challenge &&
           type != message_type::authenticate;
}

std::string show(serializer format, byte_view bytes)
{
    const auto shown = bytes.first(std::min(bytes.size(), shown_bytes_max));
    const auto* const more = shown.size() < bytes.size() ? "…" : "";
    if (format == serializer::json)
        return fmt::format("{}{}", as_text(shown), more);
    std::string hex;
    for (const auto octet : shown)
        fmt::format_to(std::back_inserter(hex), "{:02x}", static_cast<unsigned>(octet));
    return hex + more;
}

using clock = std::chrono::steady_clock;

bool answers_ping(frame_direction direction, frame_type type) noexcept
{
    return direction == frame_direction::received && type == frame_type::pong;
}

/// The time from the latest PING to the PONG that answers it. May be used by any thread.
class round_trip {
public:
    void begin() noexcept { sent_ = clock::now().time_since_epoch(); }

    /// Nothing if no PING has been sent since the last time.
    [[nodiscard]] std::optional<clock::duration> end() noexcept
    {
        const auto sent = sent_.exchange(clock::duration::zero());
        return sent == clock::duration::zero() ? std::nullopt : std::optional(clock::now().time_since_epoch() - sent);
    }

private:
    std::atomic<clock::duration> sent_{clock::duration::zero()};
};

} // namespace

frame_log frame_logger(log_sink& log, const transport_facts& facts)
{
    return [&log, format = facts.format, number = facts.connection_number,
            pinged = std::make_shared<round_trip>()](frame_direction direction, frame_type type, byte_view payload) {
        if (direction == frame_direction::sent && type == frame_type::ping)
            pinged->begin();
        if (!log.wants(log_level::debug))
            return;
        if (const auto taken = answers_ping(direction, type) ? pinged->end() : std::nullopt) {
            using microseconds = std::chrono::microseconds;
            log.write(log_level::debug, "ping answered",
                      {{"connection", number}, {"rtt_us", std::chrono::duration_cast<microseconds>(*taken).count()}});
        }
        const bool is_message = type == frame_type::message;
        const auto message_kind = is_message ? peek_type(format, payload) : message_type{};
        const auto content = is_message && may_show(message_kind) ? show(format, payload) : std::string("hidden");
        log.write(log_level::debug, direction == frame_direction::received ? "frame received" : "frame sent",
                  {{"connection", number},
                   {"frame", name_of(type)},
                   {"bytes", payload.size()},
                   {"message", is_message ? to_string(message_kind) : std::string_view("none")},
                   {"content", content}});
    };
}

} // namespace junctor
