// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cryptosign.hpp>

#include <algorithm>
#include <optional>
#include <stdexcept>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <junctor/auth/channel_binding.hpp>
#include <junctor/auth/private_key_file.hpp>
#include <junctor/base/hex.hpp>

namespace junctor::auth {

namespace {

/// What a peer said in HELLO.authextra, as far as it has a form that can be used.
struct request {
    ed25519_public_key key{};
    std::string binding; ///< Empty for none.
    message32 channel{};
    std::optional<message32> challenge; ///< For the router to sign.
};

/// A signature and what it is one of, as AUTHENTICATE carries them.
struct signed_message {
    ed25519_signature signature{};
    message32 message{};
};

/// As many octets as there is room for, from hexadecimal digits.
template <std::size_t Size>
bool take(std::string_view digits, std::array<std::byte, Size>& octets)
{
    const auto taken = digits.size() == Size * 2 ? from_hex(digits) : std::nullopt;
    if (taken)
        std::copy(taken->begin(), taken->end(), octets.begin());
    return taken.has_value();
}

/// The value of `key` in `extra` unless that is null, which clients send for what they do not use.
const value* given(const dict& extra, std::string_view key)
{
    const auto* const found = extra.find(key);
    return found != nullptr && !found->is_null() ? found : nullptr;
}

template <std::size_t Size>
bool take(const value* digits, std::array<std::byte, Size>& octets)
{
    const auto* const text = digits != nullptr ? digits->get_if<std::string>() : nullptr;
    return text != nullptr && take(std::string_view(*text), octets);
}

verdict malformed(std::string message)
{
    return verdict::deny(errc::authentication_denied, std::move(message));
}

/// Reads into `asked` what the peer asks for; gives the verdict on what cannot be answered. That says nothing about
/// principals, so there may be a message that helps.
std::optional<verdict> read_request(const auth_exchange& exchange, request& asked)
{
    const auto& extra = exchange.hello().authextra;
    if (!take(given(extra, "pubkey"), asked.key))
        return malformed("authextra.pubkey must be 64 hexadecimal digits");
    if (const auto* const challenge = given(extra, "challenge");
        challenge != nullptr && !take(challenge, asked.challenge.emplace()))
        return malformed("authextra.challenge must be 64 hexadecimal digits");
    if (const auto* const binding = given(extra, "channel_binding")) {
        const auto* const type = binding->get_if<std::string>();
        if (type == nullptr || (*type != tls_unique && *type != tls_exporter))
            return malformed("authextra.channel_binding must be tls-unique or tls-exporter");
        asked.binding = *type;
    }
    const auto id = cryptosign_channel_id(exchange.transport(), asked.binding);
    if (!id)
        return malformed(fmt::format("this connection has no channel binding of the type {}", asked.binding));
    asked.channel = *id;
    return std::nullopt;
}

message32 random_challenge()
{
    message32 challenge{};
    fill_random(challenge);
    return challenge;
}

dict challenge_extra(const request& asked, const message32& challenge, const ed25519_key_pair& router)
{
    dict extra{{"challenge", to_hex(challenge)}};
    extra.set("channel_binding", asked.binding.empty() ? value() : value(asked.binding));
    if (asked.challenge && !router.seed.empty()) {
        const auto message = combine(*asked.challenge, asked.channel);
        extra.set("pubkey", to_hex(router.public_key));
        extra.set("signature", to_hex(sign_ed25519(router.seed, message)) + to_hex(message));
    }
    return extra;
}

std::optional<signed_message> read_signature(std::string_view digits)
{
    signed_message content;
    constexpr auto signature_digits = std::tuple_size_v<ed25519_signature> * 2;
    if (digits.size() < signature_digits || !take(digits.substr(0, signature_digits), content.signature) ||
        !take(digits.substr(signature_digits), content.message))
        return std::nullopt;
    return content;
}

/// Why `answer` does not prove that the peer holds the private key of `key`; empty if it does.
std::string_view flaw_in(std::string_view answer, const ed25519_public_key& key, const message32& expected)
{
    const auto content = read_signature(answer);
    if (!content)
        return "malformed signature";
    // Verified whether or not it is a signature of our challenge: a flaw is not to be told from another by its time.
    const bool verified = verify_ed25519(key, expected, content->signature);
    if (!equal_constant_time(byte_view(content->message), byte_view(expected)))
        return "a signature of something else than the challenge";
    return verified ? "" : "wrong signature";
}

bool contains(const cryptosign_keys& all, const ed25519_public_key& key)
{
    return std::find(all.keys.begin(), all.keys.end(), key) != all.keys.end();
}

/// Empty `digits` have been reported already.
void read_key(module_options& options, std::string_view name, std::string_view digits, ed25519_public_key& key)
{
    if (digits.empty())
        return;
    if (!take(digits, key))
        options.error(name, fmt::format("'{}' must be 64 hexadecimal digits", digits));
    else if (is_weak(key))
        options.error(name, fmt::format("'{}' is nobody's key: anybody can sign for it", digits));
}

secret private_key_option(module_options& options)
{
    const auto digits = options.secret_text("private-key");
    auto seed = private_key_from_hex(digits.view());
    if (!digits.empty() && seed.empty())
        options.error("private-key", "must be 64 hexadecimal digits");
    return seed;
}

std::unique_ptr<authenticator> make(module_options& options)
{
    return std::make_unique<cryptosign>(options);
}

} // namespace

cryptosign_keys cryptosign_keys::read(module_options& options)
{
    cryptosign_keys all;
    if (options.has("pubkey"))
        read_key(options, "pubkey", options.text("pubkey"), all.keys.emplace_back());
    if (options.has("pubkey") && !options.has("authorized_keys"))
        return all;
    for (const auto& digits : options.texts("authorized_keys"))
        read_key(options, "authorized_keys", digits, all.keys.emplace_back());
    return all;
}

cryptosign::cryptosign() : decoy_{make_ed25519_key_pair().public_key} {}

cryptosign::cryptosign(module_options& options)
    : principals_(options, "principals"), decoy_{make_ed25519_key_pair().public_key}
{
    if (options.has("trustroots"))
        options.error("trustroots", "is not supported", "name the keys of all clients under 'principals'");
    if (options.has("private-key")) {
        auto seed = private_key_option(options);
        if (!seed.empty())
            sign_as_router(std::move(seed));
    }
    for (const auto& [authid, one] : principals_.listed())
        index(one);
    for (const auto& [key, authid] : authids_) {
        if (authid.empty())
            options.warning("principals", fmt::format("the key {} is one of several principals", to_hex(key)),
                            "clients that have it must name an authid");
        if (is_router_key(key))
            options.error("private-key", fmt::format("is that of the key {} of a principal", to_hex(key)),
                          "make one that serves nothing else");
    }
}

void cryptosign::add(principal<cryptosign_keys> one)
{
    if (one.credentials.keys.empty())
        throw std::invalid_argument("principal without keys: " + one.authid);
    const auto authid = one.authid;
    principals_.add(std::move(one));
    index(principals_.listed().find(authid)->second);
}

void cryptosign::sign_as_router(secret seed)
{
    router_.public_key = public_key_of(seed);
    router_.seed = std::move(seed);
}

awaitable<verdict> cryptosign::authenticate(auth_exchange& exchange)
{
    request asked;
    if (auto refused = read_request(exchange, asked))
        co_return std::move(*refused);
    const auto one = co_await find(exchange, asked.key);
    const auto challenge = random_challenge();
    auto extra = challenge_extra(asked, challenge, router_);
    const auto answer = co_await exchange.challenge(std::move(extra));

    const bool authorized = one != nullptr && contains(one->credentials, asked.key) && !is_router_key(asked.key);
    const auto flaw = flaw_in(answer.signature, authorized ? asked.key : decoy_, combine(challenge, asked.channel));
    if (authorized && flaw.empty())
        co_return principals_.grant(*one, exchange);
    auto refused = verdict::deny(errc::authentication_denied);
    std::string why(authorized ? flaw : one != nullptr ? "not a key of the principal" : "no such principal");
    co_return std::move(refused).because(std::move(why));
}

bool cryptosign::recognises(const auth_exchange& exchange) const
{
    const auto& hello = exchange.hello();
    if (!hello.authid.empty() || principals_.has_source())
        return principals_.may_know(hello.authid);
    ed25519_public_key key{};
    return take(given(hello.authextra, "pubkey"), key) && authids_.contains(key);
}

void cryptosign::index(const principal<cryptosign_keys>& one)
{
    for (const auto& key : one.credentials.keys) {
        auto& authid = authids_.try_emplace(key, one.authid).first->second;
        if (authid != one.authid)
            authid.clear();
    }
}

/// The principal that the peer says it is. Whether it has that key as well is for the caller to see.
awaitable<cryptosign::found_principal> cryptosign::find(auth_exchange& exchange, ed25519_public_key key) const
{
    found_principal one;
    const auto& hello = exchange.hello();
    if (!hello.authid.empty() || principals_.has_source()) {
        auto found = co_await principals_.find(exchange);
        one = std::move(found);
    } else if (const auto at = authids_.find(key); at != authids_.end() && !at->second.empty()) {
        const auto& listed = principals_.listed().find(at->second)->second;
        if (listed.realm.empty() || listed.realm == hello.realm)
            one = found_principal(std::shared_ptr<void>(), &listed); // Owned by the table.
    }
    co_return one;
}

bool cryptosign::is_router_key(const ed25519_public_key& key) const noexcept
{
    return !router_.seed.empty() && router_.public_key == key;
}

void register_cryptosign(module_registry& registry)
{
    registry.add_authenticator("cryptosign", make);
}

} // namespace junctor::auth
