// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/outlet.hpp>

#include <initializer_list>
#include <string_view>

#include "support/catch.hpp"
#include "support/recorder.hpp"

using namespace junctor;

namespace {

shared_run run_of(std::initializer_list<std::string_view> messages)
{
    const boost::intrusive_ptr<message_run> run(new message_run);
    for (const auto message : messages) {
        run->open_message().append(message);
        run->close_message();
    }
    return run;
}

} // namespace

TEST_CASE("outlet: a run is queued message by message; what is too large for the peer is left out", "[session]")
{
    const auto run = run_of({"one", "much too long", "two"});
    test::recorder peer(serializer::json);
    peer.accept_at_most(3);

    CHECK(peer.send_run(run) == delivery::queued);
    CHECK(peer.take() == "one");
    CHECK(peer.take() == "two");
    CHECK(peer.empty());
}

TEST_CASE("outlet: a run ends at the first message that is refused", "[session]")
{
    const auto run = run_of({"one"});
    test::recorder peer(serializer::json);
    peer.refuse();

    CHECK(peer.send_run(run) == delivery::refused);
    CHECK(peer.empty());
}
