// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/listening_transport.hpp>

#include <algorithm>
#include <stdexcept>

namespace junctor {

listening_transport& listening_transport::websocket(websocket_settings settings)
{
    check_settings(settings);
    websocket_ = std::move(settings);
    expect_http();
    return *this;
}

listening_transport& listening_transport::share(shared_port port)
{
    port_ = std::make_shared<const shared_port>(std::move(port));
    name_parts();
    if (!port_->paths.empty())
        expect_http();
    return *this;
}

listening_transport& listening_transport::pong_timeout(std::chrono::milliseconds bound)
{
    common_.pong_timeout = bound;
    return *this;
}

listening_transport& listening_transport::id(std::string name)
{
    common_.id = std::move(name);
    name_parts();
    return *this;
}

/// Agrees to what a WebSocket begins with, too, if a client speaks ALPN.
void listening_transport::expect_http()
{
    if (auto* const tcp = std::get_if<tcp_endpoint>(&endpoint_); tcp != nullptr && tcp->tls)
        tcp->tls->alpn_protocols = {"http/1.1"};
}

void listening_transport::name_parts()
{
    if (port_ == nullptr)
        return;
    if (port_->rawsocket != nullptr)
        port_->rawsocket->id(common_.id);
    for (const auto& path : port_->paths) {
        if (path.transport != nullptr)
            path.transport->id(common_.id + path.at);
    }
}

listening_transport& listening_transport::serializers(serializer_set allowed)
{
    if (allowed.empty())
        throw std::invalid_argument("a transport needs at least one serializer");
    serializers_ = allowed;
    return *this;
}

listening_transport& listening_transport::max_message_size(std::size_t bytes)
{
    common_.set_max_message_size(bytes);
    return *this;
}

listening_transport& listening_transport::min_peer_message_size(std::size_t bytes)
{
    min_peer_message_size_ = bytes;
    return *this;
}

listening_transport& listening_transport::debug(bool on)
{
    common_.debug = on;
    return *this;
}

listening_transport& listening_transport::limits(const session_limits& bounds)
{
    common_.limits = bounds;
    return *this;
}

listening_transport& listening_transport::limits(const transport_limits& bounds)
{
    transport_limits_ = bounds;
    return *this;
}

listening_transport& listening_transport::keep_alive_ping(keep_alive when, std::chrono::milliseconds interval)
{
    common_.set_keep_alive(when, interval);
    return *this;
}

listening_transport& listening_transport::error_uris(error_uri_profile profile)
{
    error_uris_ = profile;
    return *this;
}

listening_transport& listening_transport::authenticate(std::string name, std::shared_ptr<authenticator> decides)
{
    const auto offered = [&](const method& known) { return known.first == name; };
    if (std::any_of(methods_.begin(), methods_.end(), offered))
        throw std::invalid_argument("authmethod offered twice: " + name);
    methods_.emplace_back(std::move(name), std::move(decides));
    return *this;
}

listening_transport& listening_transport::authenticate(std::string name, authenticator& decides)
{
    return authenticate(std::move(name), std::shared_ptr<authenticator>(std::shared_ptr<void>(), &decides));
}

} // namespace junctor
