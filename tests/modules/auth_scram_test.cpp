// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram.hpp>

#include <set>
#include <stdexcept>

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <junctor/base/hex.hpp>
#include <junctor/codec/base64.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;
using auth::scram_dialect;
using auth::scram_kdf;

namespace {

using problems = std::vector<std::string>;

constexpr std::string_view client_nonce = "EBESExQVFhcYGRobHB0eHw==";

std::string base64(std::string_view octets)
{
    byte_buffer text;
    write_base64(as_bytes(octets), text);
    return std::string(as_text(text.view()));
}

std::string unbase64(std::string_view text)
{
    return std::string(as_text(read_base64(text).value()));
}

binary octets_of(std::string_view hex)
{
    return from_hex(hex).value();
}

std::string hex_of(const secret& octets)
{
    return to_hex(octets.bytes());
}

std::string hmac(std::string_view key, std::string_view text)
{
    std::string code(32, '\0');
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(text.data()),
         text.size(), reinterpret_cast<unsigned char*>(code.data()), nullptr);
    return code;
}

std::string sha256(std::string_view text)
{
    std::string code(32, '\0');
    SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(),
           reinterpret_cast<unsigned char*>(code.data()));
    return code;
}

std::string text_in(const dict& extra, std::string_view key)
{
    return extra.find(key)->get_if<std::string>() != nullptr ? *extra.find(key)->get_if<std::string>() : std::string();
}

/// A client that computes everything by itself, and remembers what the router has to answer.
struct scripted_client {
    std::string password{"pencil"};
    std::string authid_in_message{"joe"};
    std::string channel_binding;
    std::string channel_id;
    scram_dialect dialect{scram_dialect::spec};
    std::string expected_signature;

    std::string salted(const dict& extra) const
    {
        const auto salt = unbase64(text_in(extra, "salt"));
        std::string key(32, '\0');
        PKCS5_PBKDF2_HMAC(password.data(), static_cast<int>(password.size()),
                          reinterpret_cast<const unsigned char*>(salt.data()), static_cast<int>(salt.size()),
                          static_cast<int>(*extra.find("iterations")->get_if<std::int64_t>()), EVP_sha256(), 32,
                          reinterpret_cast<unsigned char*>(key.data()));
        return key;
    }

    std::string channel_part() const
    {
        if (dialect == scram_dialect::crossbar)
            return {};
        return base64((channel_binding.empty() ? "n" : "p=" + channel_binding) + ",," + channel_id);
    }

    std::string message(const dict& extra) const
    {
        const auto nonce = text_in(extra, "nonce");
        return "n=" + authid_in_message + ",r=" + std::string(client_nonce) + ",r=" + nonce +
               ",s=" + text_in(extra, "salt") +
               ",i=" + std::to_string(*extra.find("iterations")->get_if<std::int64_t>()) + ",c=" + channel_part() +
               ",r=" + nonce;
    }

    proof answer(const dict& extra)
    {
        const auto key = salted(extra);
        auto client_key = hmac(key, "Client Key");
        const auto signature = hmac(sha256(client_key), message(extra));
        expected_signature = base64(hmac(hmac(key, "Server Key"), message(extra)));
        for (std::size_t i = 0; i < client_key.size(); ++i)
            client_key[i] = static_cast<char>(client_key[i] ^ signature[i]);
        proof given{base64(client_key), {}};
        if (dialect == scram_dialect::crossbar)
            return given;
        given.extra = dict{{"nonce", text_in(extra, "nonce")}, {"channel_binding", nullptr}, {"cbind_data", nullptr}};
        if (!channel_binding.empty())
            given.extra.set("channel_binding", channel_binding).set("cbind_data", base64(channel_id));
        return given;
    }
};

auth::scram_credentials pencil(std::int64_t iterations = 4096)
{
    return auth::make_scram_credentials(secret("pencil"), {scram_kdf::pbkdf2, iterations, 0},
                                        octets_of("000102030405060708090a0b0c0d0e0f"));
}

auth::scram joe_only(scram_dialect dialect = scram_dialect::spec)
{
    auth::scram users(dialect);
    users.add("joe", "user", pencil());
    return users;
}

/// A peer that says HELLO as `who` would.
scripted_exchange peer_of(scripted_client& who, std::string authid = "joe", std::string realm = "realm1")
{
    scripted_exchange peer(std::move(realm), std::move(authid));
    peer.said.authextra = dict{{"nonce", client_nonce}, {"channel_binding", nullptr}};
    if (!who.channel_binding.empty())
        peer.said.authextra.set("channel_binding", who.channel_binding);
    peer.answer = [&who](const dict& extra) { return who.answer(extra); };
    return peer;
}

void refuses(const verdict& given, std::string_view detail)
{
    REQUIRE_FALSE(given.granted());
    CHECK(given.reason() == uri_of(errc::authentication_denied));
    CHECK(given.message() == text_of(errc::authentication_denied));
    CHECK(given.detail() == detail);
}

/// Refused before any challenge, with a message for the peer.
void refuses_hello(auth::scram& users, scripted_exchange peer, std::string_view message)
{
    const auto given = decide(users, peer);
    REQUIRE_FALSE(given.granted());
    CHECK(given.reason() == uri_of(errc::authentication_denied));
    CHECK(given.message() == message);
    CHECK(peer.challenges.empty());
}

/// The verdict when the right answer is changed by `change`.
template <class Change>
verdict with_changed_answer(Change change)
{
    auto users = joe_only();
    scripted_client joe;
    auto peer = peer_of(joe);
    peer.answer = [&](const dict& extra) {
        auto given = joe.answer(extra);
        change(given);
        return given;
    };
    return decide(users, peer);
}

dict principal_options()
{
    const auto one = pencil();
    return {{"kdf", "pbkdf2"},
            {"iterations", 4096},
            {"memory", 512},
            {"salt", to_hex(one.salt)},
            {"stored-key", hex_of(one.stored_key)},
            {"server-key", hex_of(one.server_key)},
            {"role", "user"}};
}

dict options_with(dict joe)
{
    return {{"type", "static"}, {"principals", dict{{"joe", std::move(joe)}}}};
}

/// The challenge that `authid` gets from `users`.
dict challenge_for(authenticator& users, std::string authid, std::string realm = "realm1")
{
    scripted_client who;
    auto peer = peer_of(who, std::move(authid), std::move(realm));
    static_cast<void>(decide(users, peer));
    return peer.challenges.at(0);
}

/// Knows joe, in whatever realm he wants.
class joe_source final : public principal_source {
public:
    awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict) override
    {
        std::optional<principal_record> one;
        if (exchange.hello().authid == "joe") {
            one.emplace();
            one->authid = "joe";
            one->authrole = "staff";
            one->authextra = dict{{"floor", 3}};
            one->credentials = principal_options();
        }
        co_return one;
    }
};

} // namespace

TEST_CASE("scram: the example of RFC 7677", "[auth-scram]")
{
    const auto user = auth::make_scram_credentials(secret("pencil"), {scram_kdf::pbkdf2, 4096, 0},
                                                   read_base64("W22ZaJ0SNY7soEsUEjb6gQ==").value());
    auth::scram_conversation said;
    said.authid = "user";
    said.client_nonce = "rOprNGfwEbeRWgbNEkqO";
    said.nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
    said.salt = "W22ZaJ0SNY7soEsUEjb6gQ==";
    said.iterations = 4096;
    const auto message = auth::scram_auth_message(said, scram_dialect::spec);
    CHECK(message == "n=user,r=rOprNGfwEbeRWgbNEkqO,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
                     "s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,"
                     "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0");
    CHECK(auth::scram_proves(user, message, read_base64("dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=").value()));
    CHECK(auth::scram_server_signature(user, message) == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=");
}

TEST_CASE("scram: a conversation of Autobahn|Python", "[auth-scram]")
{
    // Recorded with AuthScram and derive_scram_credential of Autobahn|Python 22.7.1 and argon2-cffi 21.1.
    const auto joe =
        auth::make_scram_credentials(secret("secret123"), {scram_kdf::argon2id13, 4096, 512},
                                     octets_of("000102030405060708090a0b0c0d0e0f"), scram_dialect::crossbar);
    CHECK(hex_of(joe.stored_key) == "492b4cab45b74fd90c33583434f92e7b0a16d450e750b599dd24524be3953f73");
    CHECK(hex_of(joe.server_key) == "245c72c8531b34f9bd3814eaf9cc3a5044d387799bb2d9b71330ab9ed4b78b4d");

    auth::scram_conversation said;
    said.authid = "joe";
    said.client_nonce = "EBESExQVFhcYGRobHB0eHw==";
    said.nonce = "EBESExQVFhcYGRobHB0eHyAhIiMkJSYnKCkqKywtLi8=";
    said.salt = "AAECAwQFBgcICQoLDA0ODw==";
    said.iterations = 4096;
    const auto message = auth::scram_auth_message(said, scram_dialect::crossbar);
    CHECK(auth::scram_proves(joe, message, read_base64("Bwgrywe73jPprXdIYqVxdxiw5QEwT0ew+yiGHb7qMOY=").value()));
    CHECK(auth::scram_server_signature(joe, message) == "SFNcZz/AkJt/paZiffPtOnPu9xy4jQhAKnrR9Jo6Hs4=");
}

TEST_CASE("scram: credentials by Argon2", "[auth-scram]")
{
    // Computed with hash_secret_raw of argon2-cffi 21.1 and Python's hashlib and hmac.
    const auto joe = auth::make_scram_credentials(secret("secret123"), {scram_kdf::argon2id13, 3, 64},
                                                  octets_of("000102030405060708090a0b0c0d0e0f"));
    CHECK(hex_of(joe.stored_key) == "0b5110d4fbd2dc621d1ef63df07d31176b0a37b33d981f6c36151124a08e9c5c");
    CHECK(hex_of(joe.server_key) == "6585dc67a550e0ae195681ca58110c261b3054ab6938e8e9e0b1ae11959fcfe2");
    CHECK(joe.parameters == auth::scram_parameters{scram_kdf::argon2id13, 3, 64});
    CHECK(joe.salt.size() == 16);
}

TEST_CASE("scram: credentials that cannot be made", "[auth-scram]")
{
    const auto make = [](std::string_view password, const auth::scram_parameters& parameters, std::size_t salt_bytes) {
        return auth::make_scram_credentials(secret(password), parameters, binary(salt_bytes));
    };
    CHECK_THROWS_AS(make("", {scram_kdf::pbkdf2, 1, 0}, 16), std::invalid_argument);
    CHECK_THROWS_AS(make("x", {scram_kdf::pbkdf2, 0, 0}, 16), std::invalid_argument);
    CHECK_THROWS_AS(make("x", {scram_kdf::pbkdf2, auth::scram_iterations_max + 1, 0}, 16), std::invalid_argument);
    CHECK_THROWS_AS(make("x", {scram_kdf::argon2id13, 1, 7}, 16), std::invalid_argument);
    CHECK_THROWS_AS(make("x", {scram_kdf::argon2id13, 1, auth::scram_memory_max + 1}, 16), std::invalid_argument);
    CHECK_THROWS_AS(make("x", {scram_kdf::pbkdf2, 1, 0}, 7), std::invalid_argument);
    CHECK_THROWS_AS(make("x", {scram_kdf::pbkdf2, 1, 0}, 65), std::invalid_argument);
    CHECK(make("x", {scram_kdf::pbkdf2, 1, 5}, 8).parameters.memory == 0);
}

TEST_CASE("scram: the password lets in, and the router proves that it knows the user", "[auth-scram]")
{
    auto users = joe_only();
    scripted_client joe;
    auto peer = peer_of(joe);
    const auto given = decide(users, peer);
    REQUIRE(given.granted());
    CHECK(given.who().authid == "joe");
    CHECK(given.who().authrole == "user");
    CHECK(given.who().authprovider == "static");
    CHECK(given.who().authextra == dict{{"verifier", joe.expected_signature}});

    REQUIRE(peer.challenges.size() == 1);
    const auto& extra = peer.challenges.front();
    const auto nonce = text_in(extra, "nonce");
    CHECK(nonce.starts_with(client_nonce));
    CHECK(nonce.size() == client_nonce.size() + 24);
    CHECK(extra == dict{{"nonce", nonce},
                        {"salt", "AAECAwQFBgcICQoLDA0ODw=="},
                        {"kdf", "pbkdf2"},
                        {"iterations", 4096},
                        {"memory", nullptr}});
}

TEST_CASE("scram: Crossbar.io's dialect", "[auth-scram]")
{
    auto users = joe_only(scram_dialect::crossbar);
    scripted_client joe;
    joe.dialect = scram_dialect::crossbar;
    auto peer = peer_of(joe);
    const auto given = decide(users, peer);
    REQUIRE(given.granted());
    CHECK(given.who().authextra == dict{{"scram_server_signature", joe.expected_signature}});

    const auto& extra = peer.challenges.at(0);
    CHECK(unbase64(text_in(extra, "nonce")).starts_with(unbase64(client_nonce)));
    CHECK_FALSE(extra.contains("memory"));

    joe.password = "pen";
    refuses(decide(users, peer_of(joe)), "wrong password");
}

TEST_CASE("scram: each dialect has a name of its own for Argon2", "[auth-scram]")
{
    for (const auto dialect : {scram_dialect::spec, scram_dialect::crossbar}) {
        auth::scram users(dialect);
        auto one = pencil();
        one.parameters = {scram_kdf::argon2id13, 3, 64};
        users.add("joe", "user", one);
        const auto extra = challenge_for(users, "joe");
        CHECK(text_in(extra, "kdf") == (dialect == scram_dialect::spec ? "argon2id13" : "argon2id-13"));
        CHECK(*extra.find("iterations") == value(3));
        CHECK(*extra.find("memory") == value(64));
    }
}

TEST_CASE("scram: commas and equals signs of an authid are escaped by the spec, and not in Crossbar.io's dialect",
          "[auth-scram]")
{
    for (const auto dialect : {scram_dialect::spec, scram_dialect::crossbar}) {
        auth::scram users(dialect);
        users.add("a=b,c", "user", pencil());
        scripted_client who;
        who.dialect = dialect;
        who.authid_in_message = dialect == scram_dialect::spec ? "a=3Db=2Cc" : "a=b,c";
        CHECK(decide(users, peer_of(who, "a=b,c")).granted());
    }
}

TEST_CASE("scram: a wrong password is refused as an unknown authid is", "[auth-scram]")
{
    auto users = joe_only();
    scripted_client wrong;
    wrong.password = "pen";
    auto known = peer_of(wrong);
    refuses(decide(users, known), "wrong password");

    scripted_client stranger;
    stranger.authid_in_message = "jim";
    auto unknown = peer_of(stranger, "jim");
    refuses(decide(users, unknown), "no such principal");

    REQUIRE(known.challenges.size() == 1);
    REQUIRE(unknown.challenges.size() == 1);
    const auto& a = known.challenges.front();
    const auto& b = unknown.challenges.front();
    CHECK(a.size() == b.size());
    for (const auto* const key : {"kdf", "iterations", "memory"})
        CHECK(*a.find(key) == *b.find(key));
    for (const auto* const key : {"nonce", "salt"})
        CHECK(text_in(a, key).size() == text_in(b, key).size());
}

TEST_CASE("scram: an answer to one challenge is refused at the next, also for the same client nonce", "[auth-scram]")
{
    auto users = joe_only();
    scripted_client joe;
    auto first = peer_of(joe);
    proof recorded;
    first.answer = [&](const dict& extra) { return recorded = joe.answer(extra); };
    REQUIRE(decide(users, first).granted());

    auto second = peer_of(joe);
    second.answer = [&](const dict&) { return recorded; };
    refuses(decide(users, second), "AUTHENTICATE has another nonce than CHALLENGE");
    CHECK(text_in(first.challenges.front(), "nonce") != text_in(second.challenges.front(), "nonce"));

    second.answer = [&](const dict& extra) {
        auto patched = recorded;
        patched.extra.set("nonce", text_in(extra, "nonce"));
        return patched;
    };
    refuses(decide(users, second), "wrong password");
}

TEST_CASE("scram: a replayed answer is refused in Crossbar.io's dialect", "[auth-scram]")
{
    auto users = joe_only(scram_dialect::crossbar);
    scripted_client joe;
    joe.dialect = scram_dialect::crossbar;
    auto peer = peer_of(joe);
    proof recorded;
    peer.answer = [&](const dict& extra) { return recorded = joe.answer(extra); };
    REQUIRE(decide(users, peer).granted());
    peer.answer = [&](const dict&) { return recorded; };
    refuses(decide(users, peer), "wrong password");
}

TEST_CASE("scram: a client nonce that cannot be used is named before any challenge", "[auth-scram]")
{
    for (const auto dialect : {scram_dialect::spec, scram_dialect::crossbar}) {
        auto users = joe_only(dialect);
        const auto refused = [&](const value& nonce, std::string_view message) {
            scripted_client joe;
            auto peer = peer_of(joe);
            peer.said.authextra = dict{{"nonce", nonce}};
            refuses_hello(users, std::move(peer), message);
        };
        scripted_client joe;
        auto without = peer_of(joe);
        without.said.authextra = dict{};
        refuses_hello(users, std::move(without), "authextra.nonce is missing");
        refused(nullptr, "authextra.nonce is missing");
        refused("", "authextra.nonce is missing");
        refused(5, "authextra.nonce and authextra.channel_binding must be strings");
        refused(std::string(260, 'A'), "authextra.nonce is longer than 256 characters");
        refused(std::string("AAA\0", 4), "authextra.nonce is not base64");
        refused("AAA,", "authextra.nonce is not base64");
        refused("AAAAA", "authextra.nonce is not base64");
        refuses_hello(users, peer_of(joe, ""), "HELLO names no authid");
    }
}

TEST_CASE("scram: a nonce that does not continue that of the router is refused", "[auth-scram]")
{
    constexpr std::string_view detail = "AUTHENTICATE has another nonce than CHALLENGE";
    refuses(with_changed_answer([](proof& given) { given.extra.set("nonce", client_nonce); }), detail);
    refuses(with_changed_answer([](proof& given) { given.extra.set("nonce", text_in(given.extra, "nonce") + "AAAA"); }),
            detail);
    refuses(with_changed_answer([](proof& given) { given.extra.set("nonce", 5); }), detail);
    refuses(with_changed_answer([](proof& given) { given.extra = dict{}; }), detail);
}

TEST_CASE("scram: a proof that is none is refused as a wrong one", "[auth-scram]")
{
    const auto refused = [](auto change) {
        refuses(with_changed_answer([&](proof& given) { given.signature = change(given.signature); }),
                "wrong password");
    };
    refused([](const std::string&) { return std::string(); });
    refused([](const std::string& right) { return base64(unbase64(right).substr(0, 31)); });
    refused([](const std::string& right) { return base64(unbase64(right) + '\0'); });
    refused([](const std::string& right) { return base64(unbase64(right) + unbase64(right)); });
    refused([](const std::string& right) { return right.substr(0, 43); });
    refused([](const std::string& right) { return right + '\n'; });
    refused([](const std::string& right) { return '%' + right.substr(1); });
    refused([](const std::string& right) { return (right[0] == 'A' ? 'B' : 'A') + right.substr(1); });
}

TEST_CASE("scram: a proof that is bound to the TLS connection", "[auth-scram]")
{
    auto tls = std::make_shared<tls_facts>();
    tls->channel_id_tls_exporter = octets_of("0102030405");
    tls->channel_id_tls_unique = octets_of("060708");
    auth::scram users(scram_dialect::spec, auth::scram_channel_binding::required);
    users.add("joe", "user", pencil());

    scripted_client joe;
    joe.channel_binding = "tls-exporter";
    joe.channel_id = "\x01\x02\x03\x04\x05";
    auto peer = peer_of(joe);
    peer.facts.tls = tls;
    CHECK(decide(users, peer).granted());

    SECTION("the other type")
    {
        joe.channel_binding = "tls-unique";
        joe.channel_id = "\x06\x07\x08";
        auto other = peer_of(joe);
        other.facts.tls = tls;
        CHECK(decide(users, other).granted());
    }
    SECTION("another channel")
    {
        joe.channel_id = "\x01\x02\x03\x04\x06";
        refuses(decide(users, peer), "the peer sees another channel than the router");
    }
    SECTION("another channel in the proof than in the extra")
    {
        peer.answer = [&](const dict& extra) {
            joe.channel_id = "\x01\x02\x03\x04\x06";
            auto given = joe.answer(extra);
            given.extra.set("cbind_data", base64("\x01\x02\x03\x04\x05"));
            return given;
        };
        refuses(decide(users, peer), "wrong password");
    }
    SECTION("AUTHENTICATE without the binding that HELLO asked for")
    {
        peer.answer = [&](const dict& extra) {
            joe.channel_binding = "";
            joe.channel_id = "";
            return joe.answer(extra);
        };
        refuses(decide(users, peer), "AUTHENTICATE has another type of channel binding than HELLO");
    }
    SECTION("data that are none")
    {
        for (const value& data : {value(nullptr), value(5), value("A"), value("")}) {
            peer.answer = [&](const dict& extra) {
                auto given = joe.answer(extra);
                given.extra.set("cbind_data", data);
                return given;
            };
            refuses(decide(users, peer), "the peer sees another channel than the router");
        }
    }
    SECTION("none although it is required")
    {
        scripted_client unbound;
        auto other = peer_of(unbound);
        other.facts.tls = tls;
        refuses_hello(users, std::move(other), "channel binding is required here");
    }
}

TEST_CASE("scram: a channel binding that the transport does not have is named", "[auth-scram]")
{
    constexpr std::string_view message = "the transport does not have the channel binding that was asked for";
    auto users = joe_only();
    scripted_client joe;
    joe.channel_binding = "tls-exporter";
    refuses_hello(users, peer_of(joe), message);

    auto without_id = peer_of(joe);
    without_id.facts.tls = std::make_shared<tls_facts>();
    refuses_hello(users, std::move(without_id), message);

    joe.channel_binding = "tls-server-end-point";
    refuses_hello(users, peer_of(joe), message);

    auto odd = peer_of(joe);
    odd.said.authextra.set("channel_binding", true);
    refuses_hello(users, std::move(odd), "authextra.nonce and authextra.channel_binding must be strings");

    auto crossbar = joe_only(scram_dialect::crossbar);
    refuses_hello(crossbar, peer_of(joe), "there is no channel binding in Crossbar.io's dialect of SCRAM");
    CHECK_THROWS_AS(auth::scram(scram_dialect::crossbar, auth::scram_channel_binding::required), std::invalid_argument);
}

TEST_CASE("scram: data of a channel binding that was not asked for are refused", "[auth-scram]")
{
    refuses(with_changed_answer([](proof& given) { given.extra.set("cbind_data", "AAAA"); }),
            "the peer sees another channel than the router");
    refuses(with_changed_answer([](proof& given) { given.extra.set("channel_binding", "tls-unique"); }),
            "AUTHENTICATE has another type of channel binding than HELLO");
}

TEST_CASE("scram: the challenge of an unknown authid is always the same, with a secret also after a restart",
          "[auth-scram]")
{
    auto users = joe_only();
    auto restarted = joe_only();
    users.mock_secret(secret("a secret of its own"));
    restarted.mock_secret(secret("a secret of its own"));
    const auto salt = text_in(challenge_for(users, "jim"), "salt");
    CHECK(text_in(challenge_for(users, "jim"), "salt") == salt);
    CHECK(text_in(challenge_for(restarted, "jim"), "salt") == salt);

    std::set<std::string> salts;
    for (const auto* const authid : {"jim", "jack", "jim1", "1jim", "joe"})
        salts.insert(text_in(challenge_for(users, authid), "salt"));
    CHECK(salts.size() == 5);

    // Without it, nothing that can be guessed goes into it: not even the keys of the users.
    auto first = joe_only();
    auto second = joe_only();
    CHECK(text_in(challenge_for(first, "jim"), "salt") != salt);
    CHECK(text_in(challenge_for(first, "jim"), "salt") != text_in(challenge_for(second, "jim"), "salt"));
}

TEST_CASE("scram: with a secret for them, mock challenges outlast a change of the users", "[auth-scram]")
{
    auto users = joe_only();
    users.mock_secret(secret("a secret of its own"));
    const auto before = challenge_for(users, "jim");
    users.add("ann", "user", pencil());
    CHECK(text_in(challenge_for(users, "jim"), "salt") == text_in(before, "salt"));
    CHECK(text_in(challenge_for(users, "jack"), "salt") != text_in(before, "salt"));
}

TEST_CASE("scram: mock challenges look like those of most users", "[auth-scram]")
{
    auth::scram users;
    users.add("a", "user", pencil(4096)).add("b", "user", pencil(8192)).add("c", "user", pencil(8192));
    auto rare = pencil();
    rare.parameters = {scram_kdf::argon2id13, 3, 64};
    rare.salt = binary(40);
    users.add("d", "user", rare);
    CHECK(*challenge_for(users, "jim").find("iterations") == value(8192));

    auto other = rare;
    users.add("e", "user", other).add("f", "user", other);
    const auto extra = challenge_for(users, "jim");
    CHECK(text_in(extra, "kdf") == "argon2id13");
    CHECK(*extra.find("memory") == value(64));
    CHECK(unbase64(text_in(extra, "salt")).size() == 40);
}

TEST_CASE("scram: one who may not join the realm is refused as an unknown authid is, with his own challenge",
          "[auth-scram]")
{
    auth::scram users;
    users.add("joe", "user", pencil(), "realm1");
    scripted_client joe;
    CHECK(decide(users, peer_of(joe, "joe", "realm1")).granted());
    refuses(decide(users, peer_of(joe, "joe", "realm2")), "the principal belongs to another realm");
    CHECK(text_in(challenge_for(users, "joe", "realm2"), "salt") ==
          text_in(challenge_for(users, "joe", "realm1"), "salt"));
}

TEST_CASE("scram: whom it recognises", "[auth-scram]")
{
    const auto users = joe_only();
    CHECK(users.recognises(scripted_exchange("realm1", "joe")));
    CHECK_FALSE(users.recognises(scripted_exchange("realm1", "jim")));
}

TEST_CASE("scram: from configuration, in the dialect of the name", "[auth-scram]")
{
    scripted_client by_spec;
    const auto spec = configured(auth::register_scram, "wamp-scram", options_with(principal_options()));
    CHECK(decide(*spec, peer_of(by_spec)).who().authrole == "user");

    scripted_client by_crossbar;
    by_crossbar.dialect = scram_dialect::crossbar;
    const auto crossbar = configured(auth::register_scram, "scram", options_with(principal_options()));
    CHECK(decide(*crossbar, peer_of(by_crossbar)).granted());
    CHECK_FALSE(decide(*crossbar, peer_of(by_spec)).granted());

    auto chosen = options_with(principal_options());
    chosen.set("dialect", "spec").set("channel-binding", "allowed");
    CHECK(decide(*configured(auth::register_scram, "scram", chosen), peer_of(by_spec)).granted());

    chosen.set("channel-binding", "required");
    CHECK_FALSE(decide(*configured(auth::register_scram, "scram", chosen), peer_of(by_spec)).granted());
}

TEST_CASE("scram: mock challenges from configuration", "[auth-scram]")
{
    auto options = options_with(principal_options());
    options.set("mock-secret", "a secret of its own").set("mock-kdf", "argon2id-13").set("mock-iterations", 5);
    const auto extra = challenge_for(*configured(auth::register_scram, "wamp-scram", options), "jim");
    CHECK(text_in(extra, "kdf") == "argon2id13");
    CHECK(*extra.find("iterations") == value(5));
    CHECK(*extra.find("memory") == value(65'536));
    CHECK(text_in(challenge_for(*configured(auth::register_scram, "wamp-scram", options), "jim"), "salt") ==
          text_in(extra, "salt"));

    options.set("mock-memory", 64).set("mock-secret", "another");
    const auto other = challenge_for(*configured(auth::register_scram, "wamp-scram", options), "jim");
    CHECK(*other.find("memory") == value(64));
    CHECK(text_in(other, "salt") != text_in(extra, "salt"));
}

TEST_CASE("scram: principals of a source", "[auth-scram]")
{
    options_fixture fixture({{"type", "joes"}, {"mock-kdf", "pbkdf2"}, {"mock-iterations", 4096}});
    fixture.modules.add_principal_source("joes", [](module_options&) { return std::make_unique<joe_source>(); });
    auth::register_scram(fixture.modules);
    const auto users = fixture.make(*fixture.modules.find_authenticator("wamp-scram"));
    REQUIRE(fixture.problems.empty());

    scripted_client joe;
    const auto given = decide(*users, peer_of(joe));
    REQUIRE(given.granted());
    CHECK(given.who().authrole == "staff");
    CHECK(given.who().authprovider == "joes");
    CHECK(given.who().authextra == dict{{"floor", 3}, {"verifier", joe.expected_signature}});

    refuses(decide(*users, peer_of(joe, "jim")), "no such principal");
    CHECK(*challenge_for(*users, "jim").find("iterations") == value(4096));
    CHECK(users->recognises(scripted_exchange("realm1", "jim")));
}

TEST_CASE("scram: options that make no sense are named", "[auth-scram]")
{
    const auto problem = [](const dict& options, std::string_view name = "wamp-scram") {
        return problems_of(auth::register_scram, name, options);
    };
    const auto problem_with = [&](std::string_view key, const value& content) {
        auto joe = principal_options();
        joe.set(key, content);
        return problem(options_with(joe));
    };
    CHECK(problem(options_with(principal_options())).empty());
    CHECK(problem({}) == problems{"needs the key 'principals'"});
    CHECK(problem_with("kdf", "scrypt") == problems{"principals.joe.kdf: unknown value 'scrypt'"});
    CHECK(problem_with("kdf", "argon2id13").empty());
    CHECK(problem_with("kdf", "argon2id-13").empty());
    CHECK(problem_with("iterations", 0).front() == "principals.joe.iterations: must be from 1 to 2147483647");
    CHECK(problem_with("iterations", 1000) ==
          problems{"principals.joe.iterations: warning: fewer than 4096 are too few for pbkdf2: clients may refuse "
                   "them"});
    CHECK(problem_with("memory", "much") == problems{"principals.joe.memory: must be an integer, not a string"});
    CHECK(problem_with("salt", "00") == problems{"principals.joe.salt: must be 16 to 128 hexadecimal digits"});
    CHECK(problem_with("salt", "0g") == problems{"principals.joe.salt: must be an even number of hexadecimal digits"});
    CHECK(problem_with("stored-key", "00") == problems{"principals.joe.stored-key: must be 64 hexadecimal digits"});
    CHECK(problem_with("server-key", "00") == problems{"principals.joe.server-key: must be 64 hexadecimal digits"});
    CHECK(problem_with("password", "pencil") == problems{"principals.joe.password: unknown key"});
    CHECK(problem(options_with(dict{{"role", "user"}})) ==
          problems{"principals.joe: needs the key 'kdf'", "principals.joe: needs the key 'iterations'",
                   "principals.joe: needs the key 'salt'", "principals.joe: needs the key 'stored-key'",
                   "principals.joe: needs the key 'server-key'"});
}

TEST_CASE("scram: options of the whole that make no sense are named", "[auth-scram]")
{
    const auto problem = [](std::string_view key, const value& content, std::string_view name = "wamp-scram") {
        auto options = options_with(principal_options());
        options.set(key, content);
        return problems_of(auth::register_scram, name, options);
    };
    CHECK(problem("dialect", "sasl") == problems{"dialect: unknown value 'sasl'"});
    CHECK(problem("channel-binding", "never") == problems{"channel-binding: unknown value 'never'"});
    CHECK(problem("channel-binding", "required", "scram") ==
          problems{"channel-binding: there is no channel binding in Crossbar.io's dialect of SCRAM"});
    auto bound = options_with(principal_options());
    bound.set("channel-binding", "required");
    CHECK(problems_of(auth::register_scram, "wamp-scram", bound, possible_facts{}) ==
          problems{"channel-binding: warning: lets nobody in here: only connections over TLS have such a binding"});
    CHECK(problems_of(auth::register_scram, "wamp-scram", bound, possible_facts{false, true, false}).empty());
    CHECK(problems_of(auth::register_scram, "wamp-scram", bound).empty());
    CHECK(problem("mock-kdf", "scrypt") == problems{"mock-kdf: unknown value 'scrypt'"});
    CHECK(problem("mock-iterations", 0) == problems{"mock-iterations: must be from 1 to 2147483647"});
    CHECK(problem("mock-memory", -1) == problems{"mock-memory: must be from 0 to 4194304"});
    CHECK(problem("mock-secret", 5).size() == 1);
    CHECK(problem("mock_secret", "x") == problems{"mock_secret: unknown key"});
}

TEST_CASE("scram: credentials and users that a program gets wrong", "[auth-scram]")
{
    auth::scram users;
    auto cut = pencil();
    cut.stored_key = secret("short");
    CHECK_THROWS_AS(users.add("joe", "user", cut), std::invalid_argument);
    users.add("joe", "user", pencil());
    CHECK_THROWS_AS(users.add("joe", "guest", pencil()), std::invalid_argument);
}
