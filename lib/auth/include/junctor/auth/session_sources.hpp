// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Where sessions may come from: networks, and Unix domain sockets.

#include <optional>
#include <vector>

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ip/network_v4.hpp>
#include <boost/asio/ip/network_v6.hpp>

#include <junctor/auth/transport_facts.hpp>

namespace junctor {

/// The address of the peer, without a port; nothing for Unix domain sockets. An address of IPv6 that stands for one of
/// IPv4 ("::ffff:10.0.0.1") is given as the latter, and none tells a network interface.
[[nodiscard]] std::optional<boost::asio::ip::address> peer_address(const transport_facts& facts);

/// A set of places that connections come from. A plain value; nowhere unless something is added. It knows a peer by the
/// other end of its connection, which is the last proxy or translator of addresses if there is one between, or by what
/// a proxy says that the transport trusts.
///
///     session_sources inside;
///     inside.add(boost::asio::ip::make_network_v4("10.0.0.0/8")).add_unix_sockets();
class session_sources {
public:
    /// The hosts of `network`; bits beyond its prefix do not matter. Hosts of IPv4 belong to networks of IPv4 only,
    /// also where they are written as addresses of IPv6: "::ffff:10.0.0.0/104" is taken for "10.0.0.0/8".
    session_sources& add(const boost::asio::ip::network_v4& network);
    session_sources& add(const boost::asio::ip::network_v6& network);

    /// Processes on this machine that connect to Unix domain sockets.
    session_sources& add_unix_sockets() noexcept;

    /// Whether the peer comes from there.
    [[nodiscard]] bool contains(const transport_facts& facts) const;

    /// Whether these are the same places, added in the same order.
    friend bool operator==(const session_sources&, const session_sources&) = default;

private:
    std::vector<boost::asio::ip::network_v4> v4_;
    std::vector<boost::asio::ip::network_v6> v6_;
    bool unix_sockets_{false};
};

} // namespace junctor
