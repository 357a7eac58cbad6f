// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "call_procedure.hpp"

#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

namespace junctor {

namespace {

using clock = std::chrono::steady_clock;
using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor>;

/// The realm ends a call that is late; this much later at the most its answer has come over from the main shard.
constexpr std::chrono::seconds answer_margin{1};

/// One who waits for an answer. Used on the thread of the shard that waits.
struct waiting {
    explicit waiting(boost::asio::io_context& io) : until{io} {}

    timer until;
    std::optional<procedure_answer> answer;
};

procedure_answer failed(errc why)
{
    procedure_answer answer;
    answer.error = uri_of(why);
    return answer;
}

/// Makes the call, on the main shard.
void start(realm_host& host, const std::string& procedure, const list& args, std::chrono::milliseconds timeout,
           const std::shared_ptr<waiting>& who, boost::asio::io_context& home)
{
    host.call(procedure, args, timeout, [who, &home](procedure_answer given) {
        boost::asio::post(home, [who, given = std::move(given)]() mutable {
            who->answer = std::move(given);
            who->until.cancel();
        });
    });
}

} // namespace

awaitable<procedure_answer> call_procedure(router_core& core, shard_services& here, std::string realm,
                                           std::string procedure, list args, std::chrono::milliseconds timeout)
{
    auto* const host = core.find_realm(realm);
    if (host == nullptr)
        co_return failed(errc::no_such_realm);
    const auto who = std::make_shared<waiting>(here.io());
    who->until.expires_after(timeout + answer_margin);
    auto begin = [kept = core.shared_from_this(), host, procedure = std::move(procedure), args = std::move(args),
                  timeout, who, &home = here.io()] { start(*host, procedure, args, timeout, who, home); };
    boost::asio::post(core.main().io, std::move(begin));
    const auto token = boost::asio::as_tuple(boost::asio::deferred);
    const auto [error] = co_await who->until.async_wait(token);
    if (who->answer)
        co_return std::move(*who->answer);
    if (error)
        throw boost::system::system_error(error); // The router closes.
    co_return failed(errc::timeout);
}

} // namespace junctor
