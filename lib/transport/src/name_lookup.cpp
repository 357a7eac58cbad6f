// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "name_lookup.hpp"

#include <string>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/ip/address.hpp>
#include <boost/asio/post.hpp>

namespace junctor {

namespace asio = boost::asio;
using boost::system::error_code;

namespace {

bool suits(const asio::ip::address& address, std::optional<ip_version> version)
{
    return !version || address.is_v4() == (*version == ip_version::v4);
}

} // namespace

name_lookup::name_lookup(asio::io_context& io) : io_{io}, resolver_{io.get_executor()} {}

awaitable<error_code> name_lookup::find(const remote_tcp& where)
{
    error_code is_name;
    const auto address = asio::ip::make_address(where.host, is_name);
    if (!is_name && !suits(address, where.version))
        co_return error_code(asio::error::address_family_not_supported);
    if (!is_name) { // No thread is needed for that.
        const tcp::endpoint known(address, where.port);
        addresses_.emplace_back(known.data(), known.size());
        co_return error_code();
    }
    const auto [error] = co_await asio::async_initiate<const asio::as_tuple_t<asio::deferred_t>, void(error_code)>(
        [this, &where](auto handler) { start(where, done(std::move(handler))); }, asio::as_tuple(asio::deferred));
    co_return error;
}

void name_lookup::start(const remote_tcp& where, done waiting)
{
    const auto owned = std::make_shared<done>(std::move(waiting));
    waiting_ = owned;
    if (auto slot = asio::get_associated_cancellation_slot(*owned); slot.is_connected())
        slot.assign([this](asio::cancellation_type) { give_up(asio::error::operation_aborted); });
    const auto answer = [this, owned](error_code error, const resolver::results_type& found) {
        if (!*owned)
            return; // It was given up, and this may be gone.
        take(found);
        give_up(error);
    };
    const auto port = std::to_string(where.port);
    if (!where.version)
        resolver_.async_resolve(where.host, port, resolver::numeric_service, answer);
    else
        resolver_.async_resolve(*where.version == ip_version::v4 ? tcp::v4() : tcp::v6(), where.host, port,
                                resolver::numeric_service, answer);
}

void name_lookup::take(const resolver::results_type& found)
{
    for (const auto& entry : found) {
        const auto endpoint = entry.endpoint();
        addresses_.emplace_back(endpoint.data(), endpoint.size());
    }
}

void name_lookup::give_up(error_code reason) noexcept
{
    const auto owned = waiting_.lock();
    if (owned == nullptr || !*owned)
        return;
    auto waiting = std::exchange(*owned, nullptr);
    if (auto slot = asio::get_associated_cancellation_slot(waiting); slot.is_connected())
        slot.clear();
    // Not from within whatever has cancelled it.
    asio::post(io_, [waiting = std::move(waiting), reason]() mutable { std::move(waiting)(reason); });
}

} // namespace junctor
