// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/session_sources.hpp>

#include <algorithm>
#include <string>
#include <string_view>

namespace junctor {

namespace ip = boost::asio::ip;

namespace {

/// How many bits of an address of IPv6 say that the others are one of IPv4.
constexpr unsigned short mapped_bits = 96;

/// "127.0.0.1" of "tcp4:127.0.0.1:5312", "fe80::1" of "tcp6:[fe80::1%eth0]:5312".
std::string_view host_in(std::string_view peer)
{
    peer.remove_prefix(peer.find(':') + 1);
    peer = peer.substr(0, peer.rfind(':'));
    if (peer.starts_with('[') && peer.ends_with(']'))
        peer = peer.substr(1, peer.size() - 2);
    return peer.substr(0, peer.find('%'));
}

/// Whether one of `networks` has `host`.
template <class Network, class Address>
bool is_in(const std::vector<Network>& networks, const Address& host)
{
    return std::any_of(networks.begin(), networks.end(), [&](const Network& network) {
        return Network(host, network.prefix_length()).network() == network.network();
    });
}

} // namespace

std::optional<ip::address> peer_address(const transport_facts& facts)
{
    if (!facts.peer.starts_with("tcp4:") && !facts.peer.starts_with("tcp6:"))
        return std::nullopt;
    boost::system::error_code error;
    const auto address = ip::make_address(std::string(host_in(facts.peer)), error);
    if (error)
        return std::nullopt;
    if (address.is_v6() && address.to_v6().is_v4_mapped())
        return ip::make_address_v4(ip::v4_mapped, address.to_v6());
    return address;
}

session_sources& session_sources::add(const ip::network_v4& network)
{
    v4_.push_back(network);
    return *this;
}

session_sources& session_sources::add(const ip::network_v6& network)
{
    const ip::address_v6 address(network.address().to_bytes()); // Peers have no interface to be compared.
    if (address.is_v4_mapped() && network.prefix_length() >= mapped_bits)
        return add(ip::network_v4(ip::make_address_v4(ip::v4_mapped, address),
                                  static_cast<unsigned short>(network.prefix_length() - mapped_bits)));
    v6_.emplace_back(address, network.prefix_length());
    return *this;
}

session_sources& session_sources::add_unix_sockets() noexcept
{
    unix_sockets_ = true;
    return *this;
}

bool session_sources::contains(const transport_facts& facts) const
{
    if (facts.peer.starts_with("unix:"))
        return unix_sockets_;
    const auto address = peer_address(facts);
    if (!address)
        return false;
    return address->is_v4() ? is_in(v4_, address->to_v4()) : is_in(v6_, address->to_v6());
}

} // namespace junctor
