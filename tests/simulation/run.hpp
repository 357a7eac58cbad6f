// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One run of the simulation: sessions that do things at random to a realm and to its reference model.

#include <array>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <junctor/message/decode.hpp>
#include <junctor/realm/realm.hpp>

#include "ledger.hpp"
#include "reference_model.hpp"
#include "support/names.hpp"
#include "support/recorder.hpp"

namespace junctor::simulation {

/// Everything that a run does follows from its seed.
class run {
public:
    /// Histories are kept of some of them, match policy and URI.
    static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kept_patterns{
        {{"exact", "com.a"}, {"prefix", "com."}, {"wildcard", "net..c"}, {"exact", "com.b.c"}}};

    run(std::uint64_t seed, std::size_t steps);
    ~run();
    run(const run&) = delete;
    run& operator=(const run&) = delete;

    /// Does all steps, then lets everybody leave. What went wrong first, or nothing.
    [[nodiscard]] std::optional<std::string> go();

    /// The last things that were done, in their order.
    [[nodiscard]] const std::deque<std::string>& tail() const noexcept { return tail_; }

private:
    /// One client, as far as it knows itself.
    struct client {
        client(std::uint64_t seed_of_id, serializer format) : number{seed_of_id}, outlet(format), decode(format) {}

        session_number number;
        test::recorder outlet;
        decoder decode;
        std::unique_ptr<session> joined;
        simulation::ledger ledger;
        std::uint64_t requests{0};
        std::vector<std::uint64_t> calls;
        std::vector<std::uint64_t> invocations;
        std::vector<std::pair<std::uint64_t, std::string>> uploads; ///< Calls in parts that are to go on.
    };

    using client_ptr = std::unique_ptr<client>;

    // What may happen; each tells what it did.
    void join();
    void leave(std::size_t which);
    void wait();
    void revoke(client& who);
    void change_queue(client& who);
    void act(client& who);
    void publish_some(client& who);

    [[nodiscard]] list subscribe(client& who);
    [[nodiscard]] list publish(client& who);
    [[nodiscard]] list register_(client& who);
    [[nodiscard]] list call(client& who);
    [[nodiscard]] list meta_call(client& who);
    [[nodiscard]] list kill_call(client& who);
    [[nodiscard]] list history_call(client& who);
    [[nodiscard]] dict history_conditions();
    [[nodiscard]] milliseconds some_moment();
    [[nodiscard]] list further_part(client& who, dict options);
    [[nodiscard]] dict call_options();
    [[nodiscard]] list cancel(client& who);
    [[nodiscard]] list answer(client& who);
    [[nodiscard]] std::vector<std::string> recent_names(char kind) const;
    [[nodiscard]] list end_something(client& who, int type, char kind);
    [[nodiscard]] list misbehave(client& who);
    void add_lists(dict& options);
    void add_payload(list& message);

    void say(client& who, const list& message);
    [[nodiscard]] std::optional<std::size_t> find_closed() const;
    [[nodiscard]] model_options options_with_insight();
    [[nodiscard]] bool was_sent(session_number who, const list& message);

    // What is checked after each step.
    void collect();
    void compare();
    void compare(client& who, std::vector<value> expected, std::vector<value> actual);
    void check_order(const client& who, const std::vector<value>& actual);
    void compare_counts();
    void count_calls();
    void watch(client& who, const list& message);
    [[nodiscard]] bool is_session(std::int64_t number) const;
    [[nodiscard]] bool agree(const value& expected, const value& actual);
    [[nodiscard]] bool names_are_distinct(const value& message);

    void note(std::string text);
    void fail(std::string text);

    [[nodiscard]] std::uint64_t draw(std::uint64_t count) { return random_() % count; }
    [[nodiscard]] bool chance(unsigned percent) { return draw(100) < percent; }
    template <class Choices>
    [[nodiscard]] auto& pick(const Choices& choices)
    {
        return choices[draw(std::size(choices))];
    }
    [[nodiscard]] std::string uri();
    [[nodiscard]] std::pair<std::string, std::string> pattern(const client& who);
    [[nodiscard]] std::uint64_t next_request(client& who);

    std::mt19937_64 random_;
    std::size_t steps_;
    model_options options_;
    realm realm_;
    reference_model model_;
    realm::time_point now_{};
    std::vector<milliseconds> moments_; ///< At which something may have happened.
    std::vector<client_ptr> clients_;
    std::set<session_number> sessions_;                  ///< All that ever joined.
    std::map<session_number, std::vector<value>> heard_; ///< In the present step.
    test::names names_;
    std::map<std::pair<char, std::int64_t>, std::string> meanings_; ///< Names by what they stand for.
    std::deque<std::string> tail_;
    std::optional<std::string> failure_;
    std::uint64_t payloads_{0};
    std::uint64_t guests_{0};
    bool in_batch_{false}; ///< The realm may hold events back.
};

} // namespace junctor::simulation
