// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What the modes of the client have in common.

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include <junctor/component.hpp>

namespace interop {

/// What the command line says.
struct options {
    std::string mode;
    std::string url;
    junctor::serializer format{junctor::serializer::json};
    std::string realm;
    std::string prefix;
    std::string server; ///< The family of the client that serves.

    [[nodiscard]] std::string uri(std::string_view name) const { return prefix + '.' + std::string(name); }
    [[nodiscard]] junctor::client::connector router() const
    {
        return junctor::rawsocket_connector::from_url(url).value().serializer(format);
    }
};

/// A value that comes once. Waits for it are bounded. Used on the thread of the io_context.
template <class T>
class once {
public:
    explicit once(boost::asio::io_context& io) : until_{io, std::chrono::seconds(10)} {}

    void set(T content)
    {
        content_.emplace(std::move(content));
        until_.cancel();
    }

    /// Completes with it. Throws if it does not come in time. `self` must outlive that.
    static junctor::awaitable<T> wait(once& self)
    {
        if (!self.content_) {
            const auto token = boost::asio::as_tuple(boost::asio::deferred);
            auto waiting = self.until_.async_wait(token);
            static_cast<void>(co_await std::move(waiting));
        }
        co_return self.content_.value();
    }

private:
    boost::asio::steady_timer until_;
    std::optional<T> content_;
};

/// Serves what others use: prints `ready` when all is there, and ends with its input. Throws if it could not serve.
void serve(boost::asio::io_context& io, const options& what);

/// Uses what another client serves. Returns whether all went well.
[[nodiscard]] bool use(boost::asio::io_context& io, const options& what);

} // namespace interop
