// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The header by which a proxy says for whom it connects: the PROXY protocol, versions 1 and 2.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <boost/system/error_code.hpp>
#include <boost/system/result.hpp>

#include <junctor/base/bytes.hpp>

namespace junctor {

/// What can be wrong with a header of the PROXY protocol.
enum class proxy_error : std::uint8_t {
    no_header = 1, ///< What comes is something else.
    malformed,
    too_long, ///< Longer than `proxy_header_bytes_max`.
    checksum_wrong,
};

/// The longest header that is taken: addresses, and what proxies add about TLS and the like, several times over. One of
/// version 1 has at most 107 bytes.
inline constexpr std::size_t proxy_header_bytes_max = 4096;

/// What a header says.
struct proxy_header {
    std::size_t size{0}; ///< In bytes: what follows belongs to the client.

    /// Whether the proxy connects for somebody else; if not, such as to see whether the router is there, for itself.
    bool relayed{false};

    /// The client, as `transport_facts::peer` has it: "tcp4:192.0.2.7:5312" or "tcp6:[2001:db8::7]:5312". Empty if the
    /// proxy does not say, or says something else than an address of TCP.
    std::string client;
};

/// The header at the front of `input`, or nothing if more is to come of it. Of what version 2 has behind the addresses
/// (TLVs), the checksum is checked, and the rest passed over. Spec: "The PROXY protocol, versions 1 & 2" by HAProxy.
[[nodiscard]] boost::system::result<std::optional<proxy_header>> parse_proxy_header(byte_view input);

/// A sentence for people that goes with `error`.
[[nodiscard]] std::string_view text_of(proxy_error error) noexcept;

/// The category in which `proxy_error` values are `boost::system::error_code`s.
[[nodiscard]] const boost::system::error_category& proxy_category() noexcept;

[[nodiscard]] inline boost::system::error_code make_error_code(proxy_error error) noexcept
{
    return {static_cast<int>(error), proxy_category()};
}

} // namespace junctor

template <>
struct boost::system::is_error_code_enum<junctor::proxy_error> : std::true_type {
};
