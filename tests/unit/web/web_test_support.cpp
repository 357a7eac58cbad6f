// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "web_test_support.hpp"

#include <exception>
#include <utility>

#include <boost/asio/co_spawn.hpp>

namespace junctor::test {

namespace {

awaitable<void> ask(web_service& service, const http_request& request, shard_services& here, http_response& answer)
{
    answer = co_await service.answer(request, here);
}

} // namespace

http_request request_of(std::string method, std::string target)
{
    http_request request;
    request.method = std::move(method);
    const auto question = target.find('?');
    request.path = target.substr(0, question);
    request.below = request.path == "/" ? "" : request.path;
    request.query = question == std::string::npos ? "" : target.substr(question + 1);
    request.target = std::move(target);
    return request;
}

http_response answer_of(web_service& service, const http_request& request)
{
    boost::asio::io_context io(1);
    shard_services here(io);
    http_response answer;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io.get_executor(), ask(service, request, here, answer),
                          [&](const std::exception_ptr& failure) { thrown = failure; });
    io.run();
    if (thrown)
        std::rethrow_exception(thrown);
    return answer;
}

} // namespace junctor::test
