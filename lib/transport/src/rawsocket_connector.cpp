// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/rawsocket_connector.hpp>

#include <stdexcept>

#include <boost/asio/error.hpp>

#include "connecting.hpp"

namespace junctor {

namespace {

void require(bool holds, const char* otherwise)
{
    if (!holds)
        throw std::invalid_argument(otherwise);
}

void check(const tls_client_options& options)
{
    require(!options.hostname.empty(), "TLS needs the host name that the certificate of the router must be for");
    require(options.certificate.empty() == options.key.empty(), "a TLS certificate needs its key, and the other way");
}

void check(const remote_tcp& where)
{
    require(!where.host.empty(), "a host to connect to must have a name");
    require(where.port != 0, "port 0 cannot be connected to");
    if (where.tls)
        check(*where.tls);
}

void check(const remote_unix& where)
{
    require(!where.path.empty() && where.path != "@", "a Unix domain socket to connect to must have a path");
}

} // namespace

remote_endpoint checked(remote_endpoint where)
{
    std::visit(
        [](const auto& alternative) {
            check(alternative);
            require(alternative.timeout.count() >= 0 && alternative.timeout <= connect_timeout_max,
                    "the timeout of connecting must be between 0 and 600 seconds");
        },
        where);
    return where;
}

rawsocket_connector::rawsocket_connector(remote_endpoint where) : endpoint_{checked(std::move(where))} {}

rawsocket_connector& rawsocket_connector::endpoint(remote_endpoint where)
{
    endpoint_ = checked(std::move(where));
    return *this;
}

rawsocket_connector& rawsocket_connector::id(std::string name)
{
    common_.id = std::move(name);
    return *this;
}

rawsocket_connector& rawsocket_connector::serializer(junctor::serializer format)
{
    serializer_ = format;
    return *this;
}

rawsocket_connector& rawsocket_connector::max_message_size(std::size_t bytes)
{
    common_.set_max_message_size(bytes);
    return *this;
}

rawsocket_connector& rawsocket_connector::debug(bool on)
{
    common_.debug = on;
    return *this;
}

rawsocket_connector& rawsocket_connector::limits(const session_limits& bounds)
{
    common_.limits = bounds;
    return *this;
}

rawsocket_connector& rawsocket_connector::keep_alive_ping(std::chrono::milliseconds interval)
{
    common_.set_keep_alive(keep_alive::always, interval);
    return *this;
}

namespace {

/// What went wrong, in words that suit what was tried.
std::string cause_of(const remote_endpoint& where, boost::system::error_code error)
{
    if (error == boost::asio::error::eof)
        return "the connection was closed before the handshake was done";
    if (error == boost::asio::error::timed_out)
        return "no connection within " + std::to_string(connect_timeout(where).count()) + " ms";
    return error.message();
}

} // namespace

std::string describe_failure(const remote_endpoint& where, boost::system::error_code error)
{
    return "cannot connect to " + to_string(where) + ": " + cause_of(where, error);
}

std::string describe_failure(const rawsocket_connector& to, boost::system::error_code error)
{
    return describe_failure(to.endpoint(), error);
}

} // namespace junctor
