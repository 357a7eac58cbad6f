// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The program junctor_auth_cost: lets peers be refused, under callgrind, which counts what authenticators execute.

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <callgrind.h>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <junctor/auth/cryptosign.hpp>
#include <junctor/auth/scram.hpp>
#include <junctor/auth/ticket.hpp>
#include <junctor/auth/wampcra.hpp>
#include <junctor/base/hex.hpp>

#include "support/scripted_exchange.hpp"

namespace junctor {

namespace {

using test::scripted_exchange;

constexpr std::size_t principals_count = 24;
constexpr auto authrole = "user";

/// What the peers do wrong.
enum class attempt : std::uint8_t { wrong_secret, unknown_authid, other_realm };

/// An authenticator, and peers that it refuses.
struct subject {
    std::unique_ptr<authenticator> decides;

    /// What peer `number` adds to HELLO, besides realm and authid.
    std::function<void(scripted_exchange& peer, std::size_t number)> greet = [](auto&, auto) {};

    /// What all of them answer. It is counted as well, so it has to be cheap and must not depend on the attempt.
    std::function<proof(const dict& extra)> answer{};
};

/// The authids of the principals have even numbers, those of nobody the odd ones between them, so that a search takes
/// as many steps for these as for those.
std::string authid_of(std::size_t number)
{
    return fmt::format("principal-{:02}", number);
}

constexpr auto realm = "realm1";

/// Calls `add` with the authid of each principal, and the number of the peer that says it is that one.
template <class Add>
void each_principal(Add add)
{
    for (std::size_t i = 0; i < principals_count; ++i)
        add(authid_of(2 * i), i);
}

std::string text_of(const dict& extra, std::string_view key)
{
    const auto* const found = extra.find(key);
    const auto* const text = found != nullptr ? found->get_if<std::string>() : nullptr;
    if (text == nullptr)
        throw std::logic_error("a challenge lacks " + std::string(key));
    return *text;
}

/// 32 octets that are different for each pair of numbers.
secret octets_of(std::string_view purpose, std::size_t number)
{
    return secret(fmt::format("{:-<29}{:03}", purpose, number));
}

subject ticket()
{
    auto tickets = std::make_unique<auth::ticket>();
    each_principal([&](std::string authid, std::size_t i) {
        tickets->add(std::move(authid), octets_of("ticket", i).view(), authrole, realm);
    });
    subject made{std::move(tickets)};
    made.answer = [](const dict&) { return proof{std::string(32, 'x'), {}}; };
    return made;
}

subject wampcra(bool salted)
{
    auto users = std::make_unique<auth::wampcra>();
    each_principal([&](std::string authid, std::size_t i) {
        auth::wampcra_credentials one{octets_of("secret", i)};
        if (salted)
            one.derivation = auth::wampcra_derivation{fmt::format("salt-of-user-{:03}", i), 100'000, 32};
        users->add(std::move(authid), std::move(one), authrole, realm);
    });
    subject made{std::move(users)};
    made.answer = [](const dict&) { return proof{std::string(43, 'x') + '=', {}}; };
    return made;
}

subject scram(auth::scram_dialect dialect, const auth::scram_parameters& parameters)
{
    auto users = std::make_unique<auth::scram>(dialect);
    each_principal([&](std::string authid, std::size_t i) {
        const auto salt = octets_of("salt", i);
        const auto octets = salt.bytes().last(auth::scram_salt_bytes);
        users->add(std::move(authid), authrole,
                   {parameters, binary(octets.begin(), octets.end()), octets_of("stored", i), octets_of("server", i)},
                   realm);
    });
    subject made{std::move(users)};
    made.greet = [](scripted_exchange& peer, std::size_t) { peer.said.authextra.set("nonce", "egVDf3DMJh0="); };
    made.answer = [](const dict& extra) {
        proof answer{std::string(43, 'x') + '=', {}};
        answer.extra.set("nonce", text_of(extra, "nonce"));
        return answer;
    };
    return made;
}

std::string key_of(std::string_view whose, std::size_t number)
{
    return to_hex(auth::public_key_of(octets_of(whose, number)));
}

/// Peers that name no authid are known by their public keys.
enum class known_by : std::uint8_t { authid, key };

subject cryptosign(attempt what, known_by by)
{
    auto devices = std::make_unique<auth::cryptosign>();
    each_principal([&](std::string authid, std::size_t i) {
        devices->add({std::move(authid), authrole, realm, {}, {{auth::public_key_of(octets_of("principal", i))}}});
    });
    subject made{std::move(devices)};
    const bool stranger = by == known_by::key && what == attempt::unknown_authid;
    made.greet = [by, stranger](scripted_exchange& peer, std::size_t number) {
        if (by == known_by::key)
            peer.said.authid.clear();
        peer.said.authextra.set("pubkey", key_of(stranger ? "stranger" : "principal", number));
    };
    const auto signature = to_hex(auth::sign_ed25519(octets_of("nobody", 0), as_bytes("something else")));
    made.answer = [signature](const dict& extra) { return proof{signature + text_of(extra, "challenge"), {}}; };
    return made;
}

subject subject_of(std::string_view method, attempt what)
{
    const auth::scram_parameters by_pbkdf2{auth::scram_kdf::pbkdf2, 4'096, 0};
    if (method == "ticket")
        return ticket();
    if (method == "wampcra")
        return wampcra(false);
    if (method == "wampcra, salted")
        return wampcra(true);
    if (method == "wamp-scram, pbkdf2")
        return scram(auth::scram_dialect::spec, by_pbkdf2);
    if (method == "wamp-scram, argon2id13")
        return scram(auth::scram_dialect::spec, {});
    if (method == "scram, pbkdf2")
        return scram(auth::scram_dialect::crossbar, by_pbkdf2);
    if (method == "cryptosign")
        return cryptosign(what, known_by::authid);
    if (method == "cryptosign, by key")
        return cryptosign(what, known_by::key);
    throw std::invalid_argument("no such method: " + std::string(method));
}

attempt attempt_of(std::string_view name)
{
    if (name == "wrong secret")
        return attempt::wrong_secret;
    if (name == "unknown authid")
        return attempt::unknown_authid;
    if (name == "other realm")
        return attempt::other_realm;
    throw std::invalid_argument("no such attempt: " + std::string(name));
}

scripted_exchange new_peer(const subject& of, attempt what, std::size_t number)
{
    scripted_exchange peer(what == attempt::other_realm ? "realm2" : realm,
                           authid_of(2 * number + (what == attempt::unknown_authid ? 1 : 0)));
    peer.answer = of.answer;
    of.greet(peer, number);
    return peer;
}

/// What the peers have been told: all the same.
struct outcome {
    std::string reason;
    std::string message;
    std::vector<std::string> challenges; ///< The keys of each.
    std::string detail;                  ///< What only the log is told.

    bool operator==(const outcome&) const = default;
};

outcome outcome_of(const scripted_exchange& peer, const verdict& given)
{
    if (given.granted())
        throw std::logic_error("a peer was let in");
    outcome seen{given.reason(), given.message(), {}, given.detail()};
    for (const auto& extra : peer.challenges) {
        std::vector<std::string_view> keys;
        for (const auto& [key, content] : extra)
            keys.push_back(key);
        seen.challenges.push_back(fmt::format("{}", fmt::join(keys, " ")));
    }
    return seen;
}

/// Lets each of `peers` be refused. All that is counted is in here, between the two that toggle.
awaitable<void> refuse(authenticator& decides, std::vector<scripted_exchange>& peers, std::vector<outcome>& seen)
{
    for (auto& peer : peers) {
        CALLGRIND_TOGGLE_COLLECT;
        const auto given = co_await decides.authenticate(peer);
        CALLGRIND_TOGGLE_COLLECT;
        seen.push_back(outcome_of(peer, given));
    }
}

std::vector<outcome> refuse_once_each(const subject& of, attempt what)
{
    std::vector<scripted_exchange> peers;
    for (std::size_t number = 0; number < principals_count; ++number)
        peers.push_back(new_peer(of, what, number));
    std::vector<outcome> seen;
    test::run(refuse(*of.decides, peers, seen));
    return seen;
}

int run(std::string_view method, std::string_view attempt_name, std::size_t rounds)
{
    const auto what = attempt_of(attempt_name);
    const auto of = subject_of(method, what);
    // Libraries get what they need when it is asked for first.
    const auto first = refuse_once_each(of, what).front();
    CALLGRIND_START_INSTRUMENTATION;
    CALLGRIND_ZERO_STATS;
    for (std::size_t round = 0; round < rounds; ++round) {
        for (const auto& seen : refuse_once_each(of, what)) {
            if (seen != first)
                throw std::logic_error("peers were refused in different ways");
        }
    }
    CALLGRIND_STOP_INSTRUMENTATION;
    fmt::print("{{\"authentications\": {}, \"reason\": \"{}\", \"message\": \"{}\", \"challenges\": \"{}\", "
               "\"detail\": \"{}\"}}\n",
               rounds * principals_count, first.reason, first.message, fmt::join(first.challenges, ", "), first.detail);
    return 0;
}

} // namespace

} // namespace junctor

int main(int argc, char** argv)
{
    if (argc != 4) {
        fmt::print(stderr, "Usage: junctor_auth_cost METHOD ATTEMPT ROUNDS\n");
        return 2;
    }
    try {
        return junctor::run(argv[1], argv[2], std::strtoul(argv[3], nullptr, 10));
    } catch (const std::exception& failure) {
        fmt::print(stderr, "junctor_auth_cost: {}\n", failure.what());
        return 1;
    }
}
