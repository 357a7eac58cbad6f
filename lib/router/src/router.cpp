// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/router/router.hpp>

#include <algorithm>
#include <array>
#include <mutex>
#include <stdexcept>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <fmt/format.h>

#include "router_core.hpp"
#include "served_connection.hpp"

namespace junctor {

namespace {

/// Gives `peer` to the shard whose turn it is.
void assign_connection(const std::shared_ptr<router_core>& core, const std::shared_ptr<const listening>& transport,
                       std::unique_ptr<connection> peer)
{
    auto& home = *core->shards[core->next_shard];
    core->next_shard = (core->next_shard + 1) % core->shards.size();
    boost::intrusive_ptr served(new served_connection(core, home, transport));
    if (&home == &core->main()) {
        served->start(std::move(peer));
        return;
    }
    boost::asio::post(
        home.io, [served = std::move(served), peer = std::move(peer)]() mutable { served->start(std::move(peer)); });
}

awaitable<void> accept_connections(std::shared_ptr<router_core> core, std::shared_ptr<const listening> transport,
                                   std::shared_ptr<listener> socket)
{
    for (;;) {
        auto accepted = co_await socket->accept();
        if (!accepted)
            co_return;
        assign_connection(core, transport, std::make_unique<connection>(std::move(*accepted)));
    }
}

std::string_view protocol_of(const listening_transport& settings) noexcept
{
    if (settings.port() != nullptr && !settings.port()->paths.empty())
        return "http";
    return settings.websocket() ? "ws" : "rs";
}

/// "tcp4:127.0.0.1:8081" as the URL that clients are given: "rs://127.0.0.1:8081", "rss://…" over TLS, and "ws://…" or
/// "wss://…" for a WebSocket; "http://…" or "https://…" where paths lead to several things.
std::string url_of(const listening_transport& settings, std::string_view address)
{
    const std::string_view protocol = protocol_of(settings);
    if (address.starts_with("unix:"))
        return fmt::format("{}://{}", protocol, address);
    const auto* const endpoint = std::get_if<tcp_endpoint>(&settings.endpoint());
    const bool secure = endpoint != nullptr && endpoint->tls.has_value();
    const std::string_view path = settings.websocket() ? std::string_view(settings.websocket()->path) : "";
    return fmt::format("{}{}://{}{}", protocol, secure ? "s" : "", address.substr(address.find(':') + 1), path);
}

/// The transport, or the part of one, with that id on which sessions join; or null.
std::shared_ptr<listening> find_offering(const router_core& core, std::string_view id)
{
    const auto all = core.offering();
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& one) { return one->settings.id() == id; });
    return at == all.end() ? nullptr : *at;
}

/// Throws if there is anything in `transport` on which nobody could join.
void require_authmethods(const listening_transport& transport)
{
    if (transport.port() != nullptr) {
        for (const auto& part : parts_of(*transport.port()))
            require_authmethods(*part);
    } else if (transport.methods().empty()) {
        throw std::invalid_argument(fmt::format(
            "transport {} on {} offers no authmethod, so nobody could join: add one by authenticate(\"anonymous\", …)",
            transport.id(), to_string(transport.endpoint())));
    }
}

/// A connection to the router of `core` from within the program.
awaitable<std::unique_ptr<channel>> connect(std::weak_ptr<router_core> core, std::string authid, std::string authrole,
                                            shard_services& client)
{
    const auto still = core.lock();
    if (still == nullptr)
        throw std::runtime_error("cannot connect to the router of this program: it is gone");
    co_return open_local(*still, std::move(authid), std::move(authrole), client);
}

/// Ends the connections of a shard that are in no session, on its thread: anywhere else, a signal would be carried out
/// later, when what it is for may have gone.
void end_without_session(shard& part)
{
    for (auto& connection : part.connections)
        connection.end_without_session();
}

} // namespace

router::router(boost::asio::io_context& io, log_sink& log) : router(std::vector{&io}, log) {}

router::router(const std::vector<boost::asio::io_context*>& shards, log_sink& log)
    : core_{std::make_shared<router_core>(shards, log)}
{
}

router::~router()
{
    core_->closing = true;
    for (const auto& socket : core_->listeners)
        socket->close();
    core_->listeners.clear(); // Who waits in them keeps them; they must not outlive their io_context.
    for (const auto& part : core_->shards) {
        for (auto& connection : part->connections)
            connection.abort();
        boost::asio::post(part->io, [core = core_, &part = *part] { end_without_session(part); });
    }
    for (const auto& [name, host] : core_->realms)
        host->shut_down();
    for (const auto& host : core_->closed_realms)
        host->shut_down();
    for (const auto& part : core_->shards) {
        part->services.deadlines().shut_down();
        part->running.reset();
    }
}

realm_host& router::open_realm(std::string name, realm_options options)
{
    if (find_realm(name) != nullptr)
        throw std::invalid_argument(fmt::format("realm {} is open already", name));
    auto host = std::make_unique<realm_host>(*core_, name, std::move(options));
    const std::lock_guard lock(core_->realms_mutex);
    return *core_->realms.emplace(std::move(name), std::move(host)).first->second;
}

realm_host* router::find_realm(std::string_view name) noexcept
{
    return core_->find_realm(name);
}

std::string router::listen(listening_transport transport)
{
    if (transport.id().empty())
        transport.id(fmt::format("transport{}", core_->listeners.size() + 1));
    require_authmethods(transport);

    auto* const log = &core_->log;
    auto on_trouble = [log, id = transport.id()](boost::system::error_code cause) {
        log->write(log_level::error, "cannot accept connections",
                   {{"transport", id}, {"cause", cause.message()}, {"hint", "raise the limit of open files"}});
    };
    auto& io = core_->main().io;
    auto socket =
        std::make_shared<listener>(io, transport.endpoint(), transport.per_transport(), std::move(on_trouble));
    auto opened = std::make_shared<listening>(std::move(transport), core_->mode());
    core_->listeners.push_back(socket);
    core_->transports.push_back(opened);
    if (const auto* const port = opened->settings.port())
        core_->services.start(*port);
    auto url = url_of(opened->settings, socket->local_address());
    core_->log.write(log_level::info, "listening", {{"transport", opened->settings.id()}, {"url", url}});
    boost::asio::co_spawn(io.get_executor(), accept_connections(core_, opened, std::move(socket)),
                          [log](const std::exception_ptr& failure) { log_failure(*log, failure); });
    return url;
}

void router::authenticate(std::string_view transport, std::vector<listening_transport::method> methods)
{
    const auto found = find_offering(*core_, transport);
    if (found == nullptr)
        throw std::invalid_argument(fmt::format("no transport {} listens", transport));
    found->offer(std::make_shared<const authmethod_offer>(std::move(methods)));
}

bool router::listens(std::string_view transport) const
{
    return find_offering(*core_, transport) != nullptr;
}

void router::secure(std::string_view transport, tls_server_options options)
{
    const auto& all = core_->transports;
    const auto at = std::find_if(all.begin(), all.end(), [&](const auto& t) { return t->settings.id() == transport; });
    if (at == all.end())
        throw std::invalid_argument(fmt::format("no transport {} listens", transport));
    const auto* const where = std::get_if<tcp_endpoint>(&(*at)->settings.endpoint());
    if (where == nullptr || !where->tls)
        throw std::invalid_argument(fmt::format("transport {} listens without TLS", transport));
    options.alpn_protocols = where->tls->alpn_protocols;
    const auto index = static_cast<std::size_t>(at - all.begin());
    core_->listeners[index]->secure(std::make_shared<const tls_context>(options));
}

router::local_opener router::local(std::string authrole, std::string authid)
{
    return [core = std::weak_ptr(core_), authrole = std::move(authrole),
            authid = std::move(authid)](shard_services& client) { return connect(core, authid, authrole, client); };
}

void router::close_realm(std::string_view name)
{
    const auto at = core_->realms.find(name);
    if (at == core_->realms.end())
        return;
    auto& closed = core_->closed_realms.emplace_back();
    {
        const std::lock_guard lock(core_->realms_mutex);
        closed = std::move(at->second);
        core_->realms.erase(at);
    }
    closed->close(close_reason::realm_closed);
}

void router::close()
{
    if (core_->closing.exchange(true))
        return;
    for (const auto& socket : core_->listeners)
        socket->close();
    core_->services.stop();
    for (const auto& [name, host] : core_->realms)
        host->close(close_reason::system_shutdown);
    for (const auto& part : core_->shards) {
        boost::asio::post(part->io, [core = core_, &part = *part] {
            end_without_session(part); // The others have been told GOODBYE.
            part.running.reset();
        });
    }
}

std::size_t router::connection_count() const noexcept
{
    return core_->connection_count.load(std::memory_order_relaxed);
}

} // namespace junctor
