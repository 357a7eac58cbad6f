// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "scripted_exchange.hpp"

#include <exception>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

namespace junctor::test {

namespace {

awaitable<void> keep_verdict(authenticator& decides, auth_exchange& peer, std::optional<verdict>& outcome)
{
    auto given = co_await decides.authenticate(peer);
    outcome = std::move(given);
}

} // namespace

void run(awaitable<void> part)
{
    boost::asio::io_context io;
    std::exception_ptr failure;
    bool done = false;
    boost::asio::co_spawn(io.get_executor(), std::move(part), [&](const std::exception_ptr& thrown) {
        failure = thrown;
        done = true;
    });
    io.run();
    if (failure)
        std::rethrow_exception(failure);
    if (!done)
        throw std::logic_error("it waits for something that never comes");
}

verdict decide(authenticator& decides, auth_exchange& peer)
{
    std::optional<verdict> outcome;
    run(keep_verdict(decides, peer, outcome));
    return outcome.value();
}

void options_fixture::error(const option_path& where, std::string text, std::string)
{
    problems.push_back(where.empty() ? std::move(text) : fmt::format("{}: {}", fmt::join(where, "."), text));
}

void options_fixture::warning(const option_path& where, std::string text, std::string)
{
    const auto said = "warning: " + text;
    problems.push_back(where.empty() ? said : fmt::format("{}: {}", fmt::join(where, "."), said));
}

void options_fixture::unknown_key(const option_path& where, std::span<const std::string>)
{
    problems.push_back(fmt::format("{}: unknown key", fmt::join(where, ".")));
}

void options_fixture::role(const option_path& where, std::string name, std::string realm)
{
    names.push_back(fmt::format("{}: role {}{}{}", fmt::join(where, "."), name, realm.empty() ? "" : " in ", realm));
}

void options_fixture::realm(const option_path& where, std::string name)
{
    names.push_back(fmt::format("{}: realm {}", fmt::join(where, "."), name));
}

std::unique_ptr<authenticator> options_fixture::make(const authenticator_factory& make)
{
    auto given = options();
    try {
        auto made = make(given);
        given.finish();
        return made;
    } catch (const config_error& failure) {
        given.error(failure.key(), failure.what());
        return nullptr;
    }
}

std::unique_ptr<authenticator> configured(void (*add)(module_registry&), std::string_view authmethod,
                                          const dict& content)
{
    options_fixture fixture(content);
    add(fixture.modules);
    auto made = fixture.make(*fixture.modules.find_authenticator(authmethod));
    if (!fixture.problems.empty())
        throw std::logic_error(fmt::format("{}", fmt::join(fixture.problems, "\n")));
    return made;
}

std::vector<std::string> problems_of(void (*add)(module_registry&), std::string_view authmethod, const dict& content,
                                     const std::optional<possible_facts>& transport)
{
    options_fixture fixture(content);
    fixture.context_.transport = transport;
    add(fixture.modules);
    const auto made = fixture.make(*fixture.modules.find_authenticator(authmethod));
    return fixture.problems;
}

std::vector<std::string> names_in(void (*add)(module_registry&), std::string_view authmethod, const dict& content)
{
    options_fixture fixture(content);
    add(fixture.modules);
    const auto made = fixture.make(*fixture.modules.find_authenticator(authmethod));
    if (!fixture.problems.empty())
        throw std::logic_error(fmt::format("{}", fmt::join(fixture.problems, "\n")));
    return fixture.names;
}

} // namespace junctor::test
