// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The router: realms, and the transports on which clients join them.

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/realm/realm.hpp>
#include <junctor/router/realm_host.hpp>
#include <junctor/transport/channel.hpp>
#include <junctor/transport/listening_transport.hpp>

namespace junctor {

struct router_core;

/// The role of the program itself. Clients cannot get it unless an authenticator gives it to them.
inline constexpr std::string_view trusted_role = "trusted";

/// A WAMP router on one or several io_contexts that the program runs.
///
///     boost::asio::io_context io;
///     junctor::router router(io);
///     router.open_realm("com.example.shop").role("guest").allow(junctor::action::any,
///     junctor::prefix("com.example.shop.")); junctor::auth::anonymous guests("guest");
///     router.listen(junctor::rawsocket(junctor::tcp("127.0.0.1", 8081)).authenticate("anonymous", guests));
///     io.run();
///
/// Everything runs on the one thread that runs the io_context, and all members are to be called there, or before it
/// runs. The io_context must outlive the router; the log sink, and authenticators that were given by reference, must
/// outlive the running of the io_context.
///
/// With several io_contexts the router has as many shards: connections are spread over them, and each shard is run by
/// one thread of its own. The first is the main shard: it listens and runs the procedures of the program, and the
/// members of the router and of its realms are to be called on its thread, or before any shard runs. Then
/// authenticators and the log sink are called on all of these threads, also at the same time.
///
///     boost::asio::io_context main(1), other(1);
///     junctor::router router({&main, &other});
///     std::thread thread([&] { other.run(); });
///     main.run();
///     thread.join();
class router {
public:
    /// A router of one shard. Logs to nobody unless `log` says where.
    explicit router(boost::asio::io_context& io, log_sink& log = silent_log());

    /// A router of several shards, the main one first. Throws `std::invalid_argument` if there is none.
    explicit router(const std::vector<boost::asio::io_context*>& shards, log_sink& log = silent_log());

    /// Ends every connection at once; call `close()` and run the io_contexts to their end before for an orderly
    /// farewell. If there are several shards, none of them may be running any more.
    ~router();
    router(const router&) = delete;
    router& operator=(const router&) = delete;

    /// Opens a realm for sessions to join. Throws `std::invalid_argument` if the name is not valid or open already.
    realm_host& open_realm(std::string name, realm_options options = {});

    /// The open realm of that name, or null.
    [[nodiscard]] realm_host* find_realm(std::string_view name) noexcept;

    /// Closes the realm of that name for good: GOODBYE wamp.close.close_realm to each of its sessions, and nobody joins
    /// it any more. Its host stays valid, and closed, as long as the router; a realm of the same name that is opened
    /// later is another one. No effect if no such realm is open.
    void close_realm(std::string_view name);

    /// Listens on `transport` from now on and returns its URL with the actual port, such as "rs://127.0.0.1:8081",
    /// "rss://[::1]:8443" or "rs://unix:/run/shop.sock". Throws `endpoint_error` if it cannot listen, and
    /// `std::invalid_argument` if the transport offers no authmethod, since nobody could join.
    std::string listen(listening_transport transport);

    /// Whether sessions join over the transport with the id `transport`: it listens, or is a part of one that does.
    [[nodiscard]] bool listens(std::string_view transport) const;

    /// Lets others decide who joins over the transport with the id `transport`, which listens, or is a part of one:
    /// `methods` are offered, in this order, in place of all that was offered before. Sessions that are joined stay,
    /// and who is being authenticated is so to the end by who began it. Throws `std::invalid_argument`, and changes
    /// nothing, if there is no such transport, or no authmethod in `methods`.
    void authenticate(std::string_view transport, std::vector<listening_transport::method> methods);

    /// Has the transport with the id `transport`, which listens with TLS, show other certificates, and go by `options`
    /// in all else but `alpn_protocols`, which stay. Also to be called when the files have changed: they are read anew.
    /// It is for connections that come from now on, whose tickets of former sessions are not good any more; others, and
    /// their sessions, stay as they are. Throws `endpoint_error`, which names the file and what is wrong with it, and
    /// `std::invalid_argument` if there is no such transport, or one without TLS; then nothing changes.
    void secure(std::string_view transport, tls_server_options options);

    /// Opens connections to this router from within the program, without a socket.
    using local_opener = std::function<awaitable<std::unique_ptr<channel>>(shard_services&)>;

    /// A way for components of the same program: whoever comes by it joins as `authid`, or as one that the router
    /// thinks of if that is empty, with the role `authrole`. With `trusted_role` it may do everything in every realm.
    ///
    ///     client::component clock(io, "com.example.shop");
    ///     clock.connect({"local", router.local()});
    ///
    /// Sessions are otherwise like all others. The opener may outlive the router, and then throws
    /// `std::runtime_error`. It is used on the thread of the main shard.
    [[nodiscard]] local_opener local(std::string authrole = std::string(trusted_role), std::string authid = {});

    /// Stops listening, says GOODBYE wamp.close.system_shutdown to every session, and ends each connection when its
    /// peer has answered, or after `session_limits::goodbye_timeout`. Then nothing keeps `io_context::run()` from
    /// returning, on any shard.
    void close();

    /// Connections that are open now, joined or not. May be called on any thread.
    [[nodiscard]] std::size_t connection_count() const noexcept;

private:
    std::shared_ptr<router_core> core_;
};

} // namespace junctor
