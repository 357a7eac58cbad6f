// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "upgrade.hpp"

#include <algorithm>

#include <fmt/format.h>

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

/// Whether `head` has a field with this name, in small letters, and this value.
bool has_field(std::string_view head, std::string_view name, std::string_view value)
{
    for (auto rest = head; !rest.empty();) {
        const auto end = rest.find("\r\n");
        const auto line = rest.substr(0, end);
        rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 2);
        const auto colon = line.find(':');
        if (colon != name.size() || !line.ends_with(value))
            continue;
        const auto is_same = [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a - 'A' + 'a' : a) == b; };
        if (std::equal(line.begin(), line.begin() + static_cast<std::ptrdiff_t>(colon), name.begin(), is_same))
            return true;
    }
    return false;
}

} // namespace

std::string upgrade_request(const address& to, serializer format)
{
    return fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                       "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {}\r\nSec-WebSocket-Protocol: {}\r\n\r\n",
                       to.path, to.authority, key, subprotocol_of(format));
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
    if (!has_field(head_, "sec-websocket-accept", accept) ||
        !has_field(head_, "sec-websocket-protocol", subprotocol_of(format)))
        throw failure("the router agreed to another handshake than was asked for");
}

} // namespace junctor::bench
