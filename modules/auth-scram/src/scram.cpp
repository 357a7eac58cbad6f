// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram.hpp>

#include <memory>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <junctor/base/errc.hpp>
#include <junctor/codec/base64.hpp>

#include "kdf_names.hpp"
#include "scram_messages.hpp"

namespace junctor::auth {

namespace {

using namespace scram_detail;

scram_channel_binding binding_option(module_options& options, scram_dialect dialect)
{
    static constexpr std::string_view words[] = {"allowed", "required"};
    if (options.choice("channel-binding", words, 0) == 0)
        return scram_channel_binding::allowed;
    if (dialect == scram_dialect::crossbar)
        options.error("channel-binding", std::string(no_binding_in_dialect));
    else if (const auto& transport = options.context().transport; transport && !transport->tls)
        options.warning("channel-binding", "lets nobody in here: only connections over TLS have such a binding",
                        "give the endpoint a 'tls', or leave the key out");
    return scram_channel_binding::required;
}

scram_dialect dialect_option(module_options& options, scram_dialect otherwise)
{
    static constexpr std::string_view words[] = {"spec", "crossbar"};
    const auto at = options.choice("dialect", words, otherwise == scram_dialect::spec ? 0 : 1);
    return at == 0 ? scram_dialect::spec : scram_dialect::crossbar;
}

} // namespace

scram::scram(scram_dialect dialect, scram_channel_binding binding) : dialect_{dialect}, binding_{binding}
{
    if (dialect == scram_dialect::crossbar && binding == scram_channel_binding::required)
        throw std::invalid_argument(std::string(no_binding_in_dialect));
}

scram::scram(module_options& options, scram_dialect otherwise)
    : dialect_{dialect_option(options, otherwise)},
      binding_{binding_option(options, dialect_)},
      principals_(options, "principals")
{
    for (const auto& [authid, one] : principals_.listed())
        mock_.learn(one.credentials);
    read_mock(options);
}

void scram::read_mock(module_options& options)
{
    if (options.has("mock-secret"))
        mock_.derive_salts_from(options.secret_text("mock-secret"));
    auto look = mock_.parameters();
    look.kdf = kdf_option(options, "mock-kdf", look.kdf);
    look.iterations = options.integer("mock-iterations", 1, scram_iterations_max, look.iterations);
    const bool by_argon2 = look.kdf == scram_kdf::argon2id13;
    if (by_argon2 && look.memory == 0)
        look.memory = scram_parameters().memory;
    look.memory = options.integer("mock-memory", by_argon2 ? scram_memory_min : 0, scram_memory_max, look.memory);
    if (!by_argon2)
        look.memory = 0;
    mock_.pretend(look);
}

scram& scram::add(std::string authid, std::string authrole, scram_credentials credentials, std::string realm)
{
    if (credentials.stored_key.size() != scram_key_bytes || credentials.server_key.size() != scram_key_bytes)
        throw std::invalid_argument("StoredKey and ServerKey must be of 32 octets");
    principals_.add({std::move(authid), std::move(authrole), std::move(realm), {}, credentials});
    mock_.learn(credentials);
    return *this;
}

scram& scram::mock_secret(secret key)
{
    mock_.derive_salts_from(std::move(key));
    return *this;
}

bool scram::recognises(const auth_exchange& exchange) const
{
    return principals_.may_know(exchange.hello().authid);
}

awaitable<verdict> scram::authenticate(auth_exchange& exchange)
{
    auto asked = read_request(exchange, dialect_, binding_);
    if (!asked.mistake.empty())
        co_return verdict::deny(errc::authentication_denied, std::move(asked.mistake));

    const auto& authid = exchange.hello().authid;
    const auto one = co_await principals_.find(exchange);
    const auto mock = mock_.credentials_of(authid); // For those who are known as well, so that they take as long.
    const auto& expected = one != nullptr ? one->credentials : mock;
    const auto said = begin(authid, std::move(asked), expected, dialect_);
    auto extra = challenge_extra(said, expected.parameters, dialect_);
    const auto answer = co_await exchange.challenge(std::move(extra));

    const auto message = scram_auth_message(said, dialect_);
    const auto proof = read_base64(answer.signature).value_or(binary());
    const bool proven = scram_proves(expected, message, proof);
    auto signature = scram_server_signature(expected, message);
    const auto fault = fault_in(answer.extra, said, dialect_);
    if (one == nullptr)
        co_return verdict::deny(errc::authentication_denied).because("no such principal");
    if (!fault.empty())
        co_return verdict::deny(errc::authentication_denied).because(std::string(fault));
    if (!proven)
        co_return verdict::deny(errc::authentication_denied).because("wrong password");

    auto granted = principals_.grant(*one, exchange);
    if (!granted.granted())
        co_return granted;
    const std::string_view key = dialect_ == scram_dialect::spec ? "verifier" : "scram_server_signature";
    granted.who().authextra.set(key, std::move(signature));
    co_return granted;
}

void register_scram(module_registry& registry)
{
    registry.add_authenticator(
        "wamp-scram", [](module_options& options) { return std::make_unique<scram>(options, scram_dialect::spec); });
    registry.add_authenticator(
        "scram", [](module_options& options) { return std::make_unique<scram>(options, scram_dialect::crossbar); });
}

} // namespace junctor::auth
