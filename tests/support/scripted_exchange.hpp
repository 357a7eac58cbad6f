// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A peer that talks to an authenticator as a test says, without a router between them.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <junctor/auth/authenticator.hpp>
#include <junctor/auth/module_options.hpp>
#include <junctor/auth/module_registry.hpp>

namespace junctor::test {

/// A peer that has said HELLO. What it answers to challenges and what procedures answer is given as functions; a
/// challenge, or a call, that the test has not foreseen fails it.
class scripted_exchange final : public auth_exchange {
public:
    explicit scripted_exchange(std::string realm = "realm1", std::string authid = {})
    {
        said.realm = std::move(realm);
        said.authid = std::move(authid);
        facts.peer = "tcp4:127.0.0.1:50000";
    }

    [[nodiscard]] const auth_hello& hello() const noexcept override { return said; }
    [[nodiscard]] const std::string& authmethod() const noexcept override { return method; }
    [[nodiscard]] const transport_facts& transport() const noexcept override { return facts; }
    [[nodiscard]] std::uint64_t session_number() const noexcept override { return session; }

    [[nodiscard]] awaitable<proof> challenge(dict extra) override
    {
        challenges.push_back(std::move(extra));
        if (!answer)
            throw std::logic_error("a challenge was sent");
        co_return answer(challenges.back());
    }

    [[nodiscard]] awaitable<procedure_answer> call(std::string realm, std::string procedure, list args) override
    {
        if (!procedures)
            throw std::logic_error("a procedure was called");
        co_return procedures(realm, procedure, args);
    }

    auth_hello said;
    std::string method{"test"};
    transport_facts facts;
    std::uint64_t session{4711};
    std::function<proof(const dict& extra)> answer;
    std::function<procedure_answer(const std::string& realm, const std::string& procedure, const list& args)>
        procedures;
    std::vector<dict> challenges; ///< Those that were sent, in their order.
};

/// The verdict of `decides` on `peer`. Throws what `authenticate` throws.
[[nodiscard]] verdict decide(authenticator& decides, auth_exchange& peer);
[[nodiscard]] inline verdict decide(authenticator& decides, scripted_exchange&& peer)
{
    return decide(decides, static_cast<auth_exchange&>(peer));
}

/// Runs `part` to its end. Throws what it throws, and `std::logic_error` if it waits for something that never comes.
void run(awaitable<void> part);

/// Options of a module as a configuration would give them, and everything that is said about them: one line each, such
/// as "principals.joe: needs the key 'ticket'".
class options_fixture final : public option_problems, public named_in_options {
public:
    explicit options_fixture(dict content) : content_{std::move(content)} {}

    void error(const option_path& where, std::string text, std::string hint) override;
    void warning(const option_path& where, std::string text, std::string hint) override;
    void unknown_key(const option_path& where, std::span<const std::string> known) override;
    void role(const option_path& where, std::string name, std::string realm) override;
    void realm(const option_path& where, std::string name) override;

    /// Makes the authenticator that `make` makes, and reports what is left of its options, as the configuration does.
    [[nodiscard]] std::unique_ptr<authenticator> make(const authenticator_factory& make);

    /// The options for whoever reads them without a factory.
    [[nodiscard]] module_options options() { return {content_, context_}; }

    std::map<std::string, std::string> environment;
    module_registry modules;
    std::vector<std::string> problems;
    std::vector<std::string> names; ///< What was named: "principals.joe.role: role user in realm1".
    option_context context_{".",
                            [this](const std::string& name) -> std::optional<std::string> {
                                const auto at = environment.find(name);
                                return at == environment.end() ? std::nullopt : std::optional(at->second);
                            },
                            *this, modules, this};

private:
    dict content_;
};

/// An authenticator made from `content` by the factory that `add` registers as `authmethod`. Throws `std::logic_error`
/// with all problems if there are any.
[[nodiscard]] std::unique_ptr<authenticator> configured(void (*add)(module_registry&), std::string_view authmethod,
                                                        const dict& content);

/// The problems that this factory has with `content`, for connections that can have what `transport` says.
[[nodiscard]] std::vector<std::string> problems_of(void (*add)(module_registry&), std::string_view authmethod,
                                                   const dict& content,
                                                   const std::optional<possible_facts>& transport = {});

/// What this factory finds named in `content`, which must have no problems: see `options_fixture::names`.
[[nodiscard]] std::vector<std::string> names_in(void (*add)(module_registry&), std::string_view authmethod,
                                                const dict& content);

} // namespace junctor::test
