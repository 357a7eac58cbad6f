// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "longpoll_request.hpp"

#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

namespace junctor {

void longpoll_request::answer(http_response given)
{
    answer_ = std::move(given);
    boost::asio::post(home_, [self = shared_from_this()] {
        self->answered_ = true;
        if (self->waiting_ != nullptr)
            self->waiting_->cancel();
    });
}

awaitable<http_response> longpoll_request::wait(std::shared_ptr<longpoll_request> request)
{
    timer until(request->home_, deadline::clock::time_point::max());
    const std::shared_ptr<timer*> forget(&request->waiting_, [request](timer** waiting) { *waiting = nullptr; });
    request->waiting_ = &until;
    const auto token = boost::asio::as_tuple(boost::asio::deferred);
    auto waiting = until.async_wait(token);
    co_await std::move(waiting);
    if (!request->answered_)
        throw boost::system::system_error(boost::asio::error::operation_aborted);
    co_return std::move(request->answer_);
}

} // namespace junctor
