// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "login_script.hpp"

#include "support/catch.hpp"

namespace junctor::test {

namespace {

awaitable<void> keep_answer(client::login& login, const client::received_challenge& challenge,
                            std::optional<proof>& outcome)
{
    auto given = co_await login.answer(challenge);
    outcome = std::move(given);
}

transport_facts over_tls(tls_facts tls)
{
    transport_facts facts;
    facts.tls = std::make_shared<const tls_facts>(std::move(tls));
    return facts;
}

} // namespace

proof answer_of(client::login& login, std::string method, dict extra)
{
    const client::received_challenge challenge{std::move(method), std::move(extra)};
    std::optional<proof> outcome;
    run(keep_answer(login, challenge, outcome));
    return outcome.value();
}

scripted_exchange peer_of(client::login& login, transport_facts at_router)
{
    const auto claims = login.claims();
    scripted_exchange peer("realm1", claims.authid);
    peer.said.authmethods = claims.authmethods;
    peer.said.authextra = claims.authextra;
    peer.method = claims.authmethods.at(0);
    peer.facts = std::move(at_router);
    peer.answer = [&login, method = peer.method](const dict& extra) { return answer_of(login, method, extra); };
    return peer;
}

dict welcome_of(const verdict& given, const std::string& authmethod)
{
    const auto& who = given.who();
    return {
        {"authid", who.authid}, {"authrole", who.authrole}, {"authmethod", authmethod}, {"authextra", who.authextra}};
}

verdict log_in(const client::shared_credentials& who, authenticator& router, const transport_facts& at_client,
               std::optional<transport_facts> at_router)
{
    const auto login = who->begin(at_client);
    auto peer = peer_of(*login, at_router.value_or(at_client));
    auto given = decide(router, peer);
    if (given.granted())
        login->check(welcome_of(given, peer.method));
    return given;
}

std::string failure_of(const std::function<void()>& step)
{
    try {
        step();
    } catch (const client::login_failed& failure) {
        return failure.what();
    }
    throw std::logic_error("it did not fail");
}

std::string refusal_of(client::login& login, std::string method, dict extra)
{
    return failure_of([&] { static_cast<void>(answer_of(login, std::move(method), std::move(extra))); });
}

transport_facts over_tls_1_3(std::byte octet)
{
    tls_facts tls;
    tls.protocol = "TLSv1.3";
    tls.channel_id_tls_exporter.assign(32, octet);
    return over_tls(std::move(tls));
}

transport_facts over_tls_1_2(std::byte octet)
{
    tls_facts tls;
    tls.protocol = "TLSv1.2";
    tls.channel_id_tls_unique.assign(12, octet);
    return over_tls(std::move(tls));
}

std::string text_in(const dict& content, std::string_view key)
{
    const auto* const found = content.find(key);
    REQUIRE(found != nullptr);
    const auto* const text = found->get_if<std::string>();
    REQUIRE(text != nullptr);
    return *text;
}

} // namespace junctor::test
