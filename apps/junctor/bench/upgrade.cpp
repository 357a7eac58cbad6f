// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "upgrade.hpp"

#include <algorithm>

#include <fmt/format.h>

#include <junctor/framing/deflate_offer.hpp>
#include <junctor/framing/websocket.hpp>

#include "failure.hpp"

namespace junctor::bench {
namespace {

// Those of the example in RFC 6455.
constexpr auto key = "dGhlIHNhbXBsZSBub25jZQ==";
constexpr std::string_view accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

constexpr std::string_view agreement = "HTTP/1.1 101 ";
constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr std::size_t head_bytes_max = 16'384;

std::string_view without_blanks(std::string_view text)
{
    constexpr auto blanks = " \t";
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

/// The value of the field of `head` with this name, in small letters; empty if there is none.
std::string_view value_of(std::string_view head, std::string_view name)
{
    for (auto rest = head; !rest.empty();) {
        const auto end = rest.find("\r\n");
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
        const auto colon = line.find(':');
        if (colon != name.size())
            continue;
        const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
        if (std::equal(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), name.begin(), is_same))
            return without_blanks(line.substr(colon + 1));
    }
    return {};
}

} // namespace

std::string upgrade_request(const address& to, serializer format, extension_offer offer)
{
    std::string extensions;
    if (offer == extension_offer::deflate)
        extensions = fmt::format("Sec-WebSocket-Extensions: {}\r\n", offer_of({}));
    return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: {}\r\n{}\r\n",
                       to.path, to.authority, key, subprotocol_of(format), extensions);
}

bool upgrade_reader::read(std::span<std::byte>& input)
{
    while (!input.empty()) {
        head_ += static_cast<char>(input.front());
        input = input.subspan(1);
        if (head_.ends_with(end_of_head))
            return true;
        if (head_.size() == head_bytes_max)
            throw failure("the answer to the handshake of WebSocket has no end");
    }
    return false;
}

void upgrade_reader::check(serializer format) const
{
    if (!head_.starts_with(agreement))
        throw failure("the router refused the handshake: " + head_.substr(0, head_.find("\r\n")));
    if (value_of(head_, "sec-websocket-accept") != accept ||
        value_of(head_, "sec-websocket-protocol") != subprotocol_of(format))
        throw failure("the router agreed to another handshake than was asked for");
}

deflate_side upgrade_reader::compression() const
{
    const auto answered = parse_extensions(value_of(head_, "sec-websocket-extensions"));
    const auto agreed = answered && answered->size() == 1 ? accept_deflate(answered->front(), {}) : std::nullopt;
    if (!agreed)
        throw failure("the router did not agree to compression");
    return agreed->peer;
}

} // namespace junctor::bench
