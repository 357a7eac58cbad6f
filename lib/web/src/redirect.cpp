// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/redirect.hpp>

#include <junctor/base/limits.hpp>

namespace junctor {

awaitable<http_response> redirect::answer(const http_request& request, shard_services&)
{
    const bool is_reading = request.method == "GET" || request.method == "HEAD";
    auto elsewhere = text_response(is_reading ? 302 : 307, "See " + url_);
    elsewhere.fields.push_back({"Location", url_});
    co_return elsewhere;
}

std::size_t redirect::body_bytes_max() const noexcept
{
    return limits::message_bytes_default;
}

} // namespace junctor
