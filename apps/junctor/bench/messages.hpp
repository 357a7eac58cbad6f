// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The messages of a benchmark, written and read without the router's own code for that.

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/base/value.hpp>
#include <junctor/codec/codec.hpp>

namespace junctor::client {
struct received_challenge;
}

namespace junctor::bench {

/// The types of messages, by the names of the specification.
enum wamp_type : std::uint64_t {
    hello = 1,
    welcome = 2,
    abort = 3,
    challenge = 4,
    authenticate = 5,
    goodbye = 6,
    error = 8,
    publish = 16,
    published = 17,
    subscribe = 32,
    subscribed = 33,
    event = 36,
    call = 48,
    result = 50,
    register_ = 64,
    registered = 65,
    invocation = 68,
    yield = 70,
};

/// A message as far as a benchmark looks into it.
struct received {
    std::uint64_t type{0};
    std::array<std::uint64_t, 3> numbers{}; ///< The first identifiers, in their order.
    std::string_view text;                  ///< The last text among the elements: a URI.
    std::string_view argument;              ///< The first argument, if it is a text.
};

/// Reads messages of one serializer.
class message_reader {
public:
    explicit message_reader(serializer format) noexcept : format_{format} {}

    /// Valid as long as `message` and until the next call. Throws `failure` if it is no message.
    [[nodiscard]] received read(byte_view message);

private:
    serializer format_;
    text_scratch scratch_;
};

/// What a CHALLENGE says. Throws `failure` if `message` is none.
[[nodiscard]] client::received_challenge read_challenge(serializer format, byte_view message);

/// HELLO of a client that has all roles, with `more` details.
void write_hello(serializer format, byte_buffer& out, std::string_view realm, const dict& more = {});

/// AUTHENTICATE, which answers CHALLENGE.
void write_authenticate(serializer format, byte_buffer& out, std::string signature, dict extra);

/// GOODBYE, with which a client leaves its realm.
void write_goodbye(serializer format, byte_buffer& out);

/// REGISTER or SUBSCRIBE: `[type, request, {}, uri]`.
void write_request(serializer format, byte_buffer& out, wamp_type type, std::uint64_t request, std::string_view uri);

/// CALL with one argument.
void write_call(serializer format, byte_buffer& out, std::uint64_t request, std::string_view procedure,
                std::string_view argument);

/// PUBLISH with one argument, acknowledged or not.
enum class acknowledgement : std::uint8_t { no, yes };
void write_publish(serializer format, byte_buffer& out, std::uint64_t request, std::string_view topic,
                   std::string_view argument, acknowledgement wanted);

/// YIELD with one argument.
void write_yield(serializer format, byte_buffer& out, std::uint64_t request, std::string_view argument);

/// EVENT with one argument, which only a publisher at bench-floor sends.
void write_event(serializer format, byte_buffer& out, std::uint64_t subscription, std::string_view argument);

} // namespace junctor::bench
