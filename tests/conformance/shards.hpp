// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Who takes part in conversations about sharded registrations.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/realm/realm_member.hpp>

#include "support/catch.hpp"
#include "support/conversation.hpp"

namespace junctor::test {

inline constexpr auto busy = "crossbar.error.max_concurrency_reached";
inline constexpr auto interrupt_canceled = R"({"mode": "killnowait", "reason": "wamp.error.canceled"})";

/// What each step says, with the number in place of '#'.
inline std::string with(std::uint64_t number, std::string_view message)
{
    return std::string(message).replace(message.find('#'), 1, std::to_string(number));
}

inline guest without(feature missing)
{
    return {.features = features_without({missing})};
}

/// Callees of one registration, and a caller.
struct shards {
    static constexpr std::size_t nobody = 9;

    explicit shards(std::size_t count = 3, const std::string& options = "", const realm_options& realm = {},
                    const guest& caller_is = {})
        : talk(GENERATE(serializer::json, serializer::msgpack, serializer::cbor), realm),
          caller{talk.join("caller", caller_is)}
    {
        while (callees.size() != count)
            add({}, options);
    }

    peer& add(const guest& callee_is = {}, const std::string& options = "")
    {
        auto& added = talk.join("callee" + std::to_string(callees.size()), callee_is);
        added.says(R"([64, 1, {"invoke": "roundrobin")" + options + R"(}, "com.myapp.work"])");
        added.hears(R"([65, 1, "$work"])");
        callees.push_back(&added);
        invocations.push_back(0);
        return added;
    }

    std::uint64_t call(const std::string& options)
    {
        caller.says(with(++requests, "[48, #, " + options + R"(, "com.myapp.work", [1], {"k": "ü"}])"));
        return requests;
    }

    void is_refused(const std::string& options, std::string_view uri)
    {
        const auto request = call(options);
        caller.hears_error(message_type::call, request, uri);
        for (auto* const each : callees)
            each->hears_nothing();
    }

    /// Who has been invoked for the last call, and by nobody else.
    std::size_t reached()
    {
        for (std::size_t who = 0; who != callees.size(); ++who) {
            if (callees[who]->has_message()) {
                callees[who]->hears(with(++invocations[who], R"([68, #, "$work", {}, [1], {"k": "ü"}])"));
                return who;
            }
        }
        return nobody;
    }

    std::size_t partition_of(int resource)
    {
        call(partition(resource));
        const auto who = reached();
        REQUIRE(who != nobody);
        REQUIRE(reached() == nobody);
        answers(who, "[70, #, {}]");
        caller.hears(with(requests, "[50, #, {}]"));
        return who;
    }

    static std::string partition(int resource)
    {
        return R"({"runmode": "partition", "rkey": "sn)" + std::to_string(resource) + "\"}";
    }

    std::vector<std::size_t> partitions()
    {
        std::vector<std::size_t> owners;
        for (int resource = 0; resource != 24; ++resource)
            owners.push_back(partition_of(resource));
        return owners;
    }

    /// A call to all that reaches all.
    void call_all(const std::string& more = "")
    {
        call(R"({"runmode": "all", "receive_progress": true)" + more + "}");
        for (std::size_t who = 0; who != callees.size(); ++who)
            callees[who]->hears(
                with(++invocations[who], R"([68, #, "$work", {"receive_progress": true}, [1], {"k": "ü"}])"));
    }

    /// The callee sends this about its last invocation.
    void answers(std::size_t who, std::string_view message) { callees[who]->says(with(invocations[who], message)); }

    void is_interrupted(std::size_t who, const std::string& options = interrupt_canceled)
    {
        callees[who]->hears(with(invocations[who], "[69, #, " + options + "]"));
    }

    void has_ended()
    {
        for (std::size_t who = 0; who != callees.size(); ++who)
            answers(who, R"([70, #, {}, ["late"]])");
        caller.hears_nothing();
        for (auto* const each : callees)
            each->hears_nothing();
        talk.on_core([this](realm& core) {
            CHECK(core.pending_call_count() == 0);
            CHECK_FALSE(core.next_deadline().has_value());
            CHECK(caller.session().membership()->branches == 0);
        });
    }

    conversation talk;
    peer& caller;
    std::vector<peer*> callees;
    std::vector<std::uint64_t> invocations;
    std::uint64_t requests{0};
};

} // namespace junctor::test
