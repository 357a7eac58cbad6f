// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/proxy_header.hpp>

#include <algorithm>
#include <array>
#include <charconv>

#include <arpa/inet.h>

namespace junctor {

namespace {

using parsed = boost::system::result<std::optional<proxy_header>>;

constexpr std::string_view text_signature = "PROXY ";
constexpr std::string_view binary_signature{"\r\n\r\n\0\r\nQUIT\n", 12};

class category final : public boost::system::error_category {
public:
    const char* name() const noexcept override { return "proxy"; }
    std::string message(int value) const override { return std::string(text_of(static_cast<proxy_error>(value))); }
};

/// Whether `input` begins with `signature`, as far as both go.
bool may_begin_with(std::string_view signature, std::string_view input) noexcept
{
    return input.substr(0, signature.size()) == signature.substr(0, input.size());
}

/// "tcp4:192.0.2.7:5312" for an address of `family` as it goes over the wire.
std::string text_of_client(int family, const void* address, unsigned port)
{
    std::array<char, INET6_ADDRSTRLEN> host{};
    ::inet_ntop(family, address, host.data(), host.size());
    const std::string text = host.data();
    return (family == AF_INET ? "tcp4:" + text : "tcp6:[" + text + "]") + ":" + std::to_string(port);
}

// Version 1: a line of text

constexpr std::size_t line_bytes_max = 107; // With its end.

/// Takes what stands before the next space, or all.
std::string_view take_word(std::string_view& rest) noexcept
{
    const auto word = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), word.size() + 1));
    return word;
}

std::optional<std::uint16_t> port_in(std::string_view text) noexcept
{
    std::uint16_t port = 0;
    const auto* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    const bool padded = text.size() > 1 && text.front() == '0';
    return error == std::errc() && stop == end && !padded ? std::optional(port) : std::nullopt;
}

/// The client in "TCP4 192.0.2.7 192.0.2.1 5312 8080"; nothing if that is malformed.
std::optional<std::string> client_in(std::string_view line)
{
    const auto family = take_word(line) == "TCP4" ? AF_INET : AF_INET6;
    const std::string from(take_word(line));
    const std::string to(take_word(line));
    const auto port = port_in(take_word(line));
    std::array<std::byte, sizeof(in6_addr)> client{};
    std::array<std::byte, sizeof(in6_addr)> router{};
    if (::inet_pton(family, from.c_str(), client.data()) != 1 || ::inet_pton(family, to.c_str(), router.data()) != 1 ||
        !port || !port_in(line))
        return std::nullopt;
    return text_of_client(family, client.data(), *port);
}

parsed parse_text(std::string_view input)
{
    const auto end = input.substr(0, line_bytes_max).find("\r\n");
    if (end == std::string_view::npos) {
        if (input.size() >= line_bytes_max)
            return proxy_error::too_long;
        return std::nullopt;
    }
    const auto line = input.substr(text_signature.size(), end - text_signature.size());
    proxy_header header{end + 2, true, {}};
    if (line == "UNKNOWN" || line.starts_with("UNKNOWN "))
        return header;
    if (!line.starts_with("TCP4 ") && !line.starts_with("TCP6 "))
        return proxy_error::malformed;
    auto client = client_in(line);
    if (!client)
        return proxy_error::malformed;
    header.client = std::move(*client);
    return header;
}

// Version 2: binary

constexpr std::size_t fixed_bytes = 16;
constexpr std::size_t tlv_header_bytes = 3;
constexpr std::byte checksum_type{0x03};

constexpr unsigned family_unspecified = 0;
constexpr unsigned family_v4 = 1;
constexpr unsigned family_v6 = 2;
constexpr unsigned family_unix = 3;
constexpr unsigned transport_stream = 1;
constexpr unsigned transport_max = 2;

unsigned number_at(byte_view bytes, std::size_t at, std::size_t octets) noexcept
{
    unsigned number = 0;
    for (const auto octet : bytes.subspan(at, octets))
        number = number << 8U | std::to_integer<unsigned>(octet);
    return number;
}

/// The CRC-32C of `header`, as if the four octets at `hole` were zero.
std::uint32_t checksum_of(byte_view header, std::size_t hole) noexcept
{
    constexpr std::uint32_t polynomial = 0x82F6'3B78;
    std::uint32_t sum = ~std::uint32_t{0};
    for (std::size_t at = 0; at < header.size(); ++at) {
        sum ^= at - hole < 4 ? 0U : std::to_integer<std::uint32_t>(header[at]);
        for (int bit = 0; bit < 8; ++bit)
            sum = sum >> 1U ^ ((sum & 1U) != 0 ? polynomial : 0U);
    }
    return ~sum;
}

/// What is wrong with the TLVs of `header`, which begin at `at`.
boost::system::error_code check_tlvs(byte_view header, std::size_t at)
{
    while (at != header.size()) {
        if (header.size() - at < tlv_header_bytes)
            return proxy_error::malformed;
        const auto type = header[at];
        const std::size_t length = number_at(header, at + 1, 2);
        at += tlv_header_bytes;
        if (header.size() - at < length || (type == checksum_type && length != 4))
            return proxy_error::malformed;
        if (type == checksum_type && checksum_of(header, at) != number_at(header, at, 4))
            return proxy_error::checksum_wrong;
        at += length;
    }
    return {};
}

/// How many octets both addresses take, with their ports.
std::size_t size_of_addresses(unsigned family) noexcept
{
    constexpr std::array<std::size_t, 4> sizes{0, 12, 36, 216};
    return sizes[family];
}

/// The client that a whole `header` tells; empty if it tells none that is connected by TCP.
std::string client_of(byte_view header, unsigned family, unsigned transport)
{
    const auto* const address = header.data() + fixed_bytes;
    if (family == family_v4 && transport == transport_stream)
        return text_of_client(AF_INET, address, number_at(header, fixed_bytes + 8, 2));
    if (family == family_v6 && transport == transport_stream)
        return text_of_client(AF_INET6, address, number_at(header, fixed_bytes + 32, 2));
    return {};
}

parsed parse_binary(byte_view input)
{
    constexpr unsigned version_and_local = 0x20;
    constexpr unsigned version_and_proxy = 0x21;
    if (input.size() < fixed_bytes)
        return std::nullopt;
    const auto command = number_at(input, 12, 1);
    const auto family = number_at(input, 13, 1) >> 4U;
    const auto transport = number_at(input, 13, 1) & 0x0FU;
    const auto size = fixed_bytes + number_at(input, 14, 2);
    if (command != version_and_local && command != version_and_proxy)
        return proxy_error::malformed;
    if (size > proxy_header_bytes_max)
        return proxy_error::too_long;
    if (input.size() < size)
        return std::nullopt;
    if (command == version_and_local) // Whatever else it says is to be ignored.
        return proxy_header{size, false, {}};
    if (family > family_unix || transport > transport_max || size - fixed_bytes < size_of_addresses(family))
        return proxy_error::malformed;
    const auto header = input.first(size);
    // Without a family, nobody knows where the TLVs begin.
    const auto wrong = family == family_unspecified ? boost::system::error_code()
                                                    : check_tlvs(header, fixed_bytes + size_of_addresses(family));
    if (wrong)
        return wrong;
    return proxy_header{size, true, client_of(header, family, transport)};
}

} // namespace

parsed parse_proxy_header(byte_view input)
{
    const auto text = as_text(input);
    if (may_begin_with(text_signature, text)) {
        if (text.size() < text_signature.size())
            return std::nullopt;
        return parse_text(text);
    }
    if (may_begin_with(binary_signature, text))
        return parse_binary(input);
    return proxy_error::no_header;
}

std::string_view text_of(proxy_error error) noexcept
{
    switch (error) {
    case proxy_error::no_header: return "a trusted proxy does not begin with a header of the PROXY protocol";
    case proxy_error::malformed: return "the header of the PROXY protocol is malformed";
    case proxy_error::too_long: return "the header of the PROXY protocol is too long";
    case proxy_error::checksum_wrong: return "the header of the PROXY protocol has a wrong checksum";
    }
    return "unknown error of the PROXY protocol";
}

const boost::system::error_category& proxy_category() noexcept
{
    static const category instance;
    return instance;
}

} // namespace junctor
