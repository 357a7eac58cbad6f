// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/bridge_session.hpp>

#include <atomic>
#include <exception>
#include <optional>
#include <utility>
#include <vector>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/deferred.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/post.hpp>
#include <boost/system/system_error.hpp>

#include <junctor/client/session.hpp>

namespace junctor {

namespace {

using clock = std::chrono::steady_clock;
using timer = boost::asio::basic_waitable_timer<clock, boost::asio::wait_traits<clock>, executor>;

constexpr auto quietly = boost::asio::as_tuple(boost::asio::deferred);

/// What it may take to join, beyond the time of a request.
constexpr std::chrono::seconds joining_max{10};

bridge_answer lost(std::string why)
{
    bridge_answer answer;
    answer.error = std::move(why);
    return answer;
}

/// What `failure` of a request says.
bridge_answer answer_of(const std::exception_ptr& failure)
{
    try {
        std::rethrow_exception(failure);
    } catch (const application_error& error) {
        bridge_answer refused;
        refused.what = bridge_answer::kind::refused;
        refused.error = error.uri();
        refused.content.args = error.args();
        refused.content.kwargs = error.kwargs();
        return refused;
    } catch (const std::exception& error) {
        return lost(error.what());
    }
}

/// One who waits for an answer, on the shard `home`.
struct waiting {
    explicit waiting(boost::asio::io_context& io) : home{io}, until{io} {}

    boost::asio::io_context& home;
    timer until;
    std::optional<bridge_answer> answer;
    boost::asio::cancellation_signal cancel; ///< For the main shard.
};

/// Opens connections to the router of `host`.
client::connector connector_to(web_host& host, const std::string& authrole)
{
    return {"local", [&host, authrole](shard_services& services) { return host.connect(authrole, {}, services); }};
}

} // namespace

/// What belongs to the main shard, but for the number of those who wait.
class bridge_session::state {
public:
    state(std::string realm, std::string authrole) : realm_{std::move(realm)}, authrole_{std::move(authrole)} {}

    void start(web_host& host) noexcept { host_ = &host; }
    void stop() noexcept;

    [[nodiscard]] shard_services& main() noexcept { return host_->main(); }

    /// Whether one more may wait; if so, `release` must follow.
    [[nodiscard]] bool admit() noexcept;
    void release() noexcept { --waiting_; }

    /// Does `what` with a session that is open. Throws what that throws. `self` and `what` are the coroutine's own.
    [[nodiscard]] static awaitable<bridge_answer> carry_out(std::shared_ptr<state> self, bridge_request what);

private:
    [[nodiscard]] awaitable<client::session> joined();
    [[nodiscard]] awaitable<void> join();
    [[nodiscard]] awaitable<void> wait_for_others();
    void on_join_failed(const std::string& cause);

    std::string realm_;
    std::string authrole_;
    web_host* host_{nullptr};
    std::atomic<std::size_t> waiting_{0};
    std::optional<client::session> session_;
    bool joining_{false};
    bool stopping_{false};
    std::vector<timer*> awaiting_join_;
};

void bridge_session::state::stop() noexcept
{
    stopping_ = true;
    if (const auto session = std::exchange(session_, std::nullopt))
        session->disconnect();
}

bool bridge_session::state::admit() noexcept
{
    if (waiting_.fetch_add(1) < requests_max)
        return true;
    --waiting_;
    return false;
}

awaitable<bridge_answer> bridge_session::state::carry_out(std::shared_ptr<state> self, bridge_request what)
{
    const auto session = co_await self->joined();
    bridge_answer answer;
    if (what.what == bridge_request::kind::call) {
        client::call_options how;
        how.timeout(what.timeout);
        auto calling = session.call_with(how, std::move(what.uri), std::move(what.content));
        answer.content = co_await std::move(calling);
    } else {
        auto publishing = session.publish_acknowledged(what.options, std::move(what.uri), std::move(what.content));
        const auto publication = co_await std::move(publishing);
        answer.publication = publication.number();
    }
    answer.what = bridge_answer::kind::done;
    co_return answer;
}

/// Completes with a session that is open, which is joined if there is none.
awaitable<client::session> bridge_session::state::joined()
{
    while (joining_)
        co_await wait_for_others();
    if (stopping_)
        throw std::runtime_error("the router closes");
    if (!session_ || !session_->open())
        co_await join();
    co_return *session_;
}

awaitable<void> bridge_session::state::join()
{
    joining_ = true;
    std::exception_ptr failure;
    try {
        client::join_options how(realm_);
        how.log = &host_->log();
        how.timeout = joining_max;
        auto joining = client::session::join(main().io(), connector_to(*host_, authrole_), how);
        session_ = co_await std::move(joining);
    } catch (const std::exception& error) {
        failure = std::current_exception();
        on_join_failed(error.what());
    }
    joining_ = false;
    for (auto* const each : std::exchange(awaiting_join_, {}))
        each->cancel();
    if (failure)
        std::rethrow_exception(failure);
    if (!stopping_)
        co_return;
    stop();
    throw std::runtime_error("the router closes");
}

void bridge_session::state::on_join_failed(const std::string& cause)
{
    session_.reset();
    host_->log().write(log_level::warning, "HTTP bridge cannot join",
                       {{"realm", realm_}, {"authrole", authrole_}, {"cause", cause}});
}

/// Waits until somebody else has joined, or could not.
awaitable<void> bridge_session::state::wait_for_others()
{
    timer until(main().io(), clock::now() + joining_max);
    awaiting_join_.push_back(&until);
    const auto [cancelled] = co_await until.async_wait(quietly);
    static_cast<void>(cancelled);
    std::erase(awaiting_join_, &until);
}

namespace {

/// Takes the answer home, from the main shard.
void complete(const std::shared_ptr<waiting>& who, bridge_answer answer)
{
    boost::asio::post(who->home, [who, answer = std::move(answer)]() mutable {
        who->answer = std::move(answer);
        who->until.cancel();
    });
}

} // namespace

bridge_session::bridge_session(std::string realm, std::string authrole)
    : state_{std::make_shared<state>(std::move(realm), std::move(authrole))}
{
}

bridge_session::~bridge_session() = default;

void bridge_session::start(web_host& host)
{
    state_->start(host);
}

void bridge_session::stop() noexcept
{
    state_->stop();
}

awaitable<bridge_answer> bridge_session::perform(bridge_request what, shard_services& here)
{
    const auto kept = state_;
    if (!kept->admit()) {
        bridge_answer busy;
        busy.what = bridge_answer::kind::busy;
        co_return busy;
    }
    const auto who = std::make_shared<waiting>(here.io());
    who->until.expires_after(what.timeout + joining_max);
    auto begin = [kept, who, what = std::move(what)]() mutable {
        auto done = [kept, who](const std::exception_ptr& failure, bridge_answer answer) {
            kept->release();
            complete(who, failure ? answer_of(failure) : std::move(answer));
        };
        boost::asio::co_spawn(kept->main().io(), state::carry_out(kept, std::move(what)),
                              boost::asio::bind_cancellation_slot(who->cancel.slot(), std::move(done)));
    };
    boost::asio::post(kept->main().io(), std::move(begin));
    const auto [error] = co_await who->until.async_wait(quietly);
    if (who->answer)
        co_return std::move(*who->answer);
    boost::asio::post(kept->main().io(), [who] { who->cancel.emit(boost::asio::cancellation_type::terminal); });
    if (error)
        throw boost::system::system_error(error); // The router closes.
    co_return lost("it took too long");
}

} // namespace junctor
