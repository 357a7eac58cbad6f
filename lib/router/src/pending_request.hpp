// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A request of a joined session that waits for its authorizer.

#include <memory>
#include <string>
#include <utility>

#include <junctor/auth/authorizer.hpp>
#include <junctor/session/session.hpp>
#include <junctor/transport/channel.hpp>

#include "call_procedure.hpp"
#include "router_core.hpp"

namespace junctor {

/// The request of `member` that `question` is about. Core, session, realm and channel must outlive it.
class pending_request final : public authorization_request {
public:
    pending_request(router_core& core, shard_services& here, const realm_host& host, const session& member,
                    const channel& link, std::chrono::milliseconds timeout, authorization_question question)
        : core_{core},
          here_{here},
          host_{host},
          member_{member},
          link_{link},
          timeout_{timeout},
          question_{std::move(question)}
    {
    }

    [[nodiscard]] const identity& who() const noexcept override { return member_.who(); }
    [[nodiscard]] std::uint64_t session_number() const noexcept override { return member_.id().number(); }
    [[nodiscard]] const std::string& realm() const noexcept override { return host_.name(); }
    [[nodiscard]] const transport_facts& transport() const noexcept override { return link_.facts(); }
    [[nodiscard]] const authorization_question& question() const noexcept override { return question_; }

    [[nodiscard]] awaitable<procedure_answer> call(std::string realm, std::string procedure, list args) override
    {
        return call_procedure(core_, here_, std::move(realm), std::move(procedure), std::move(args), timeout_);
    }

private:
    router_core& core_;
    shard_services& here_;
    const realm_host& host_;
    const session& member_;
    const channel& link_;
    std::chrono::milliseconds timeout_;
    authorization_question question_;
};

/// The decision of `decides` about `request`; both must outlive the coroutine.
[[nodiscard]] inline awaitable<std::unique_ptr<authorization_answer>> ask(authorizer& decides,
                                                                          authorization_request& request)
{
    auto answer = std::make_unique<authorization_answer>();
    auto given = co_await decides.decide(request);
    *answer = given;
    co_return answer;
}

} // namespace junctor
