// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/router.hpp>

#include <stdexcept>
#include <utility>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include "router_core.hpp"
#include "serve_connection.hpp"

namespace junctor {

namespace {

/// Serves one connection to its end. The completion handler owns what `close()` needs to cancel it.
void spawn_connection(const std::shared_ptr<router_core>& core, const std::shared_ptr<listening>& transport,
                      connection peer)
{
    auto entry = std::make_shared<live_connection>(transport->settings.per_session());
    core->connections.push_back(*entry);
    const auto slot = entry->cancel_joining.slot();
    auto log_end = [core, entry](const std::exception_ptr& failure) { log_failure(*core, failure); };
    boost::asio::co_spawn(core->io.get_executor(), serve_connection(core, transport, entry, std::move(peer)),
                          boost::asio::bind_cancellation_slot(slot, std::move(log_end)));
}

awaitable<void> accept_connections(std::shared_ptr<router_core> core, std::shared_ptr<listening> transport)
{
    auto& socket = transport->socket;
    for (;;) {
        auto accepted = co_await socket.accept();
        if (!accepted)
            co_return;
        spawn_connection(core, transport, std::move(*accepted));
    }
}

/// "tcp4:127.0.0.1:8081" as the URL that clients are given: "rs://127.0.0.1:8081", "rss://…" over TLS.
std::string url_of(const listening& transport)
{
    const std::string_view address = transport.socket.local_address();
    if (address.starts_with("unix:"))
        return fmt::format("rs://{}", address);
    const auto* const endpoint = std::get_if<tcp_endpoint>(&transport.settings.endpoint());
    const bool secure = endpoint != nullptr && endpoint->tls.has_value();
    return fmt::format("{}://{}", secure ? "rss" : "rs", address.substr(address.find(':') + 1));
}

} // namespace

router::router(boost::asio::io_context& io, log_sink& log) : core_{std::make_shared<router_core>(io, log)} {}

router::~router()
{
    for (const auto& transport : core_->transports)
        transport->socket.close();
    for (auto& connection : core_->connections) {
        if (connection.link != nullptr)
            connection.link->abort(close_reason::system_shutdown);
        connection.cancel_joining.emit(boost::asio::cancellation_type::terminal);
    }
}

realm_host& router::open_realm(std::string name, realm_options options)
{
    if (core_->realms.contains(name))
        throw std::invalid_argument(fmt::format("realm {} is open already", name));
    auto host = std::make_unique<realm_host>(*core_, name, std::move(options));
    return *core_->realms.emplace(std::move(name), std::move(host)).first->second;
}

realm_host* router::find_realm(std::string_view name) noexcept
{
    const auto at = core_->realms.find(name);
    return at == core_->realms.end() ? nullptr : at->second.get();
}

std::string router::listen(rawsocket_transport transport)
{
    if (transport.methods().empty())
        throw std::invalid_argument(
            fmt::format("transport on {} offers no authmethod, so nobody could join: add one by "
                        "authenticate(\"anonymous\", …)",
                        to_string(transport.endpoint())));
    if (transport.id().empty())
        transport.id(fmt::format("transport{}", core_->transports.size() + 1));

    auto* const log = &core_->log;
    auto on_trouble = [log, id = transport.id()](boost::system::error_code cause) {
        log->write(log_level::error, "cannot accept connections",
                   {{"transport", id}, {"cause", cause.message()}, {"hint", "raise the limit of open files"}});
    };
    auto opened = std::make_shared<listening>(core_->io, std::move(transport), std::move(on_trouble));
    core_->transports.push_back(opened);
    const auto url = url_of(*opened);
    core_->log.write(log_level::info, "listening", {{"transport", opened->settings.id()}, {"url", url}});
    boost::asio::co_spawn(core_->io.get_executor(), accept_connections(core_, opened),
                          [core = core_](const std::exception_ptr& failure) { log_failure(*core, failure); });
    return url;
}

void router::close()
{
    if (std::exchange(core_->closing, true))
        return;
    for (const auto& transport : core_->transports)
        transport->socket.close();
    for (const auto& [name, host] : core_->realms)
        host->close(close_reason::system_shutdown);
    for (auto& connection : core_->connections) {
        if (connection.host == nullptr)
            connection.cancel_joining.emit(boost::asio::cancellation_type::terminal);
    }
}

std::size_t router::connection_count() const noexcept
{
    return core_->connections.size();
}

} // namespace junctor
