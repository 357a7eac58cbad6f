// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// The shapes that g++ 12 miscompiles, each with the name under which coroutine-hazards must report its line, and
// their harmless neighbours, which it must not report. Never built, only read.

#include <boost/asio/awaitable.hpp>

#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace {

using boost::asio::awaitable;

struct options {
    std::string name;
};

struct row {
    std::string name;
    int count = 0;
};

awaitable<std::string> text();
awaitable<bool> yes();
awaitable<void> with_options(options chosen);
awaitable<void> with_function(std::function<void()> action);
awaitable<void> with_numbers(std::vector<int> numbers);
awaitable<void> with_text(std::string words);

awaitable<void> aggregate_temporaries()
{
    int step = 0;
    co_await with_options({.name = "x"}); // hazard: aggregate-or-lambda-temporary
    co_await with_options(options{"x"});  // hazard: aggregate-or-lambda-temporary
    options named{.name = "x"};
    co_await with_options(std::move(named));
    ++step;
}

awaitable<void> await_inside_braces()
{
    const row direct{.name = co_await text(), .count = 1}; // hazard: await-inside-braces
    auto name = co_await text();
    const row two_steps{.name = std::move(name), .count = 1};
    co_await with_text(direct.name + two_steps.name);
}

awaitable<void> lambda_temporaries()
{
    std::string capture = "x";
    co_await with_function([capture] {}); // hazard: aggregate-or-lambda-temporary
    const auto action = [capture] {};
    co_await with_function(action);
}

awaitable<void> initializer_lists()
{
    int step = 0;
    co_await with_numbers({1, 2, 3}); // hazard: init-list
    const std::vector<int> numbers{1, 2, 3};
    co_await with_numbers(numbers);
    ++step;
}

awaitable<void> conditionals()
{
    const bool flag = co_await yes();
    const std::string either = flag ? co_await text() : std::string("x"); // hazard: conditional
    const int number = flag ? 1 : 2;
    co_await with_text(either + std::to_string(number));
}

awaitable<void> condition_in_a_body_without_locals()
{
    for (;;) {
        if (co_await yes()) // hazard: await-in-condition
            break;
    }
}

awaitable<void> statement_before_the_condition()
{
    for (;;) {
        const bool done = co_await yes();
        if (done)
            break;
    }
}

awaitable<void> condition_in_a_body_with_a_local()
{
    int turns = 0;
    while (!co_await yes())
        ++turns;
}

} // namespace
