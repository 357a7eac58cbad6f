// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cryptosign.hpp>

#include <algorithm>
#include <stdexcept>

#include <junctor/base/hex.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;
using auth::ed25519_key_pair;
using auth::ed25519_public_key;

namespace {

using problems = std::vector<std::string>;

secret seed_of(std::string_view digits)
{
    return secret(byte_view(from_hex(digits).value()));
}

ed25519_key_pair pair_of(std::string_view digits)
{
    return {seed_of(digits), auth::public_key_of(seed_of(digits))};
}

template <std::size_t Size>
std::array<std::byte, Size> octets_of(std::string_view digits)
{
    const auto octets = from_hex(digits).value();
    REQUIRE(octets.size() == Size);
    std::array<std::byte, Size> all{};
    std::copy(octets.begin(), octets.end(), all.begin());
    return all;
}

std::string text_in(const dict& extra, std::string_view key)
{
    const auto* const found = extra.find(key);
    REQUIRE(found != nullptr);
    const auto* const text = found->get_if<std::string>();
    REQUIRE(text != nullptr);
    return *text;
}

std::string signed_by(const ed25519_key_pair& keys, byte_view message)
{
    return to_hex(auth::sign_ed25519(keys.seed, message)) + to_hex(message);
}

binary xor_of(binary a, byte_view b)
{
    std::transform(a.begin(), a.end(), b.begin(), a.begin(), [](std::byte x, std::byte y) { return x ^ y; });
    return a;
}

/// Answers as an honest client does that binds nothing.
std::function<proof(const dict&)> signer(ed25519_key_pair keys)
{
    return [keys = std::move(keys)](const dict& extra) {
        return proof{signed_by(keys, from_hex(text_in(extra, "challenge")).value()), {}};
    };
}

/// The same for a client that binds the challenge to a channel with that id.
std::function<proof(const dict&)> binder(ed25519_key_pair keys, binary id)
{
    return [keys = std::move(keys), id = std::move(id)](const dict& extra) {
        return proof{signed_by(keys, xor_of(from_hex(text_in(extra, "challenge")).value(), id)), {}};
    };
}

scripted_exchange key_holder(const ed25519_key_pair& keys, std::string authid = {}, std::string realm = "realm1")
{
    scripted_exchange peer(std::move(realm), std::move(authid));
    peer.said.authextra.set("pubkey", to_hex(keys.public_key));
    peer.answer = signer(keys);
    return peer;
}

scripted_exchange tls_client(const ed25519_key_pair& keys, std::string_view binding, tls_facts facts)
{
    auto peer = key_holder(keys);
    peer.said.authextra.set("channel_binding", binding);
    peer.facts.tls = std::make_shared<const tls_facts>(std::move(facts));
    return peer;
}

tls_facts tls_12()
{
    tls_facts facts;
    facts.channel_id_tls_unique = from_hex("000102030405060708090a0b").value();
    return facts;
}

tls_facts tls_13(std::string_view id = "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff")
{
    tls_facts facts;
    facts.channel_id_tls_exporter = from_hex(id).value();
    return facts;
}

/// SHA-256 of the Finished message of `tls_12`.
constexpr std::string_view tls_12_id = "fff3a9bcdd37363d703c1c4f9512533686157868f0d4f16a0f02d0f1da24f9a2";

struct sensors {
    sensors()
    {
        devices.add({"ann", "device", "", {}, {{ann.public_key, ann_spare.public_key}}});
        devices.add({"bob", "device", "realm2", {}, {{bob.public_key}}});
    }

    ed25519_key_pair ann = auth::make_ed25519_key_pair();
    ed25519_key_pair ann_spare = auth::make_ed25519_key_pair();
    ed25519_key_pair bob = auth::make_ed25519_key_pair();
    ed25519_key_pair stranger = auth::make_ed25519_key_pair();
    auth::cryptosign devices;
};

/// What a peer can see of its refusal.
std::vector<std::string> visible(auth::cryptosign& devices, scripted_exchange peer)
{
    const auto refused = decide(devices, peer);
    REQUIRE_FALSE(refused.granted());
    std::vector<std::string> all{refused.reason(), refused.message()};
    for (const auto& challenge : peer.challenges) {
        for (const auto& [key, content] : challenge) {
            const auto* const text = content.get_if<std::string>();
            all.push_back(key + ":" + std::to_string(text != nullptr ? text->size() : 0));
        }
    }
    return all;
}

} // namespace

TEST_CASE("cryptosign: a client joins with any key of its principal", "[auth-cryptosign]")
{
    sensors with;
    const auto joined = decide(with.devices, key_holder(with.ann, "ann"));
    REQUIRE(joined.granted());
    CHECK(joined.who().authid == "ann");
    CHECK(joined.who().authrole == "device");
    CHECK(joined.who().authprovider == "static");
    CHECK(decide(with.devices, key_holder(with.ann_spare, "ann")).granted());
    CHECK(decide(with.devices, key_holder(with.bob, "bob", "realm2")).granted());
}

TEST_CASE("cryptosign: a client that names no authid is known by its key", "[auth-cryptosign]")
{
    sensors with;
    CHECK(decide(with.devices, key_holder(with.ann_spare)).who().authid == "ann");
    CHECK(decide(with.devices, key_holder(with.bob, "", "realm2")).who().authid == "bob");
    CHECK_FALSE(decide(with.devices, key_holder(with.bob, "", "realm1")).granted());
}

TEST_CASE("cryptosign: each challenge has 32 octets of its own", "[auth-cryptosign]")
{
    sensors with;
    auto peer = key_holder(with.ann);
    CHECK(decide(with.devices, peer).granted());
    CHECK(decide(with.devices, peer).granted());
    REQUIRE(peer.challenges.size() == 2);
    CHECK(text_in(peer.challenges[0], "challenge").size() == 64);
    CHECK(text_in(peer.challenges[0], "challenge") != text_in(peer.challenges[1], "challenge"));
    CHECK(peer.challenges[0].find("channel_binding")->is_null());
    CHECK(peer.challenges[0].size() == 2);
}

TEST_CASE("cryptosign: what clients send as null, they do not ask for", "[auth-cryptosign]")
{
    sensors with;
    auto peer = key_holder(with.ann);
    for (const auto* const key : {"trustroot", "challenge", "channel_binding", "activation_code"})
        peer.said.authextra.set(key, nullptr);
    CHECK(decide(with.devices, peer).granted());
    CHECK(peer.challenges.at(0).size() == 2);
}

TEST_CASE("cryptosign: strangers are refused as a wrong signature is", "[auth-cryptosign]")
{
    sensors with;
    auto wrong_signature = key_holder(with.ann, "ann");
    wrong_signature.answer = signer(with.stranger);
    const auto expected = visible(with.devices, wrong_signature);
    CHECK(expected.at(0) == uri_of(errc::authentication_denied));
    CHECK(expected.size() == 4);

    CHECK(visible(with.devices, key_holder(with.stranger)) == expected);
    CHECK(visible(with.devices, key_holder(with.stranger, "ann")) == expected);
    CHECK(visible(with.devices, key_holder(with.stranger, "carol")) == expected);
    CHECK(visible(with.devices, key_holder(with.ann, "carol")) == expected);
    CHECK(visible(with.devices, key_holder(with.ann, "bob", "realm2")) == expected);
    CHECK(visible(with.devices, key_holder(with.bob, "bob", "realm1")) == expected);
}

TEST_CASE("cryptosign: the log can tell refusals apart", "[auth-cryptosign]")
{
    sensors with;
    auto wrong_signature = key_holder(with.ann);
    wrong_signature.answer = signer(with.stranger);
    CHECK(decide(with.devices, wrong_signature).detail() == "wrong signature");
    CHECK(decide(with.devices, key_holder(with.stranger, "ann")).detail() == "not a key of the principal");
    CHECK(decide(with.devices, key_holder(with.stranger)).detail() == "no such principal");
}

TEST_CASE("cryptosign: a signature of another challenge is refused", "[auth-cryptosign]")
{
    sensors with;
    auto first = key_holder(with.ann);
    std::string old;
    first.answer = [&](const dict& extra) {
        auto given = signer(with.ann)(extra);
        old = given.signature;
        return given;
    };
    REQUIRE(decide(with.devices, first).granted());

    auto replay = key_holder(with.ann);
    replay.answer = [&](const dict&) { return proof{old, {}}; };
    CHECK(decide(with.devices, replay).detail() == "a signature of something else than the challenge");

    auto relabelled = key_holder(with.ann);
    relabelled.answer = [&](const dict& extra) { return proof{old.substr(0, 128) + text_in(extra, "challenge"), {}}; };
    CHECK(decide(with.devices, relabelled).detail() == "wrong signature");
}

TEST_CASE("cryptosign: answers of any other form are refused", "[auth-cryptosign]")
{
    sensors with;
    using forge = std::function<std::string(std::string honest)>;
    const std::pair<const char*, forge> forgeries[] = {
        {"empty", [](std::string) { return std::string(); }},
        {"the signature alone", [](std::string honest) { return honest.substr(0, 128); }},
        {"the message alone", [](std::string honest) { return honest.substr(128); }},
        {"halves swapped", [](std::string honest) { return honest.substr(128) + honest.substr(0, 128); }},
        {"an octet too short", [](std::string honest) { return honest.substr(0, 190); }},
        {"a digit too short", [](std::string honest) { return honest.substr(0, 191); }},
        {"an octet too long", [](std::string honest) { return honest + "00"; }},
        {"twice", [](std::string honest) { return honest + honest; }},
        {"no digits", [](std::string honest) { return "zz" + honest.substr(2); }},
        {"an octet 0 among the digits", [](std::string honest) { return honest.replace(5, 1, 1, '\0'); }},
        {"with spaces around", [](std::string honest) { return " " + honest.substr(0, 190) + " "; }},
        {"all zeros", [](std::string) { return std::string(192, '0'); }},
        {"a signature of zeros", [](std::string honest) { return std::string(128, '0') + honest.substr(128); }},
        {"a signature of ones", [](std::string honest) { return std::string(128, 'f') + honest.substr(128); }},
        {"another message", [](std::string honest) { return honest.substr(0, 128) + std::string(64, '0'); }},
        {"a changed signature",
         [](std::string honest) {
             honest[100] = honest[100] == '0' ? '1' : '0';
             return honest;
         }},
    };
    for (const auto& [name, forged] : forgeries) {
        INFO(name);
        auto peer = key_holder(with.ann);
        const auto honest = signer(with.ann);
        peer.answer = [&, forged = forged](const dict& extra) { return proof{forged(honest(extra).signature), {}}; };
        const auto refused = decide(with.devices, peer);
        REQUIRE_FALSE(refused.granted());
        CHECK(refused.reason() == uri_of(errc::authentication_denied));
        CHECK(refused.message() == text_of(errc::authentication_denied));
    }
}

TEST_CASE("cryptosign: digits may be of either case", "[auth-cryptosign]")
{
    sensors with;
    auto peer = key_holder(with.ann);
    const auto upper = [](std::string digits) {
        std::transform(digits.begin(), digits.end(), digits.begin(),
                       [](char digit) { return digit >= 'a' ? static_cast<char>(digit - 'a' + 'A') : digit; });
        return digits;
    };
    peer.said.authextra.set("pubkey", upper(to_hex(with.ann.public_key)));
    peer.answer = [&](const dict& extra) { return proof{upper(signer(with.ann)(extra).signature), {}}; };
    CHECK(decide(with.devices, peer).granted());
}

TEST_CASE("cryptosign: a valid signature of a message of the client's choice is refused", "[auth-cryptosign]")
{
    sensors with;
    auto peer = key_holder(with.ann);
    peer.answer = [&](const dict&) { return proof{signed_by(with.ann, binary(32, std::byte{7})), {}}; };
    CHECK_FALSE(decide(with.devices, peer).granted());
    peer.answer = [&](const dict& extra) {
        return proof{signed_by(with.ann, as_bytes(text_in(extra, "challenge"))), {}};
    };
    CHECK_FALSE(decide(with.devices, peer).granted());
}

TEST_CASE("cryptosign: public keys for which anybody can forge signatures let nobody in", "[auth-cryptosign]")
{
    // The neutral element, also with a sign, and points of order 2, 4 and 8.
    const std::string key = GENERATE("0100000000000000000000000000000000000000000000000000000000000000",
                                     "0100000000000000000000000000000000000000000000000000000000000080",
                                     "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                                     "0000000000000000000000000000000000000000000000000000000000000000",
                                     "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");
    const auto weak = octets_of<32>(key);
    CHECK(auth::is_weak(weak));
    sensors with;
    auto peer = scripted_exchange("realm1");
    peer.said.authextra.set("pubkey", key);
    // OpenSSL takes this for a signature by the neutral element: R is the neutral element, too, and S is 0.
    peer.answer = [](const dict& extra) {
        return proof{"01" + std::string(126, '0') + text_in(extra, "challenge"), {}};
    };
    const auto expected = visible(with.devices, key_holder(with.stranger));
    CHECK(visible(with.devices, peer) == expected);
    peer.said.authid = "ann";
    CHECK(visible(with.devices, peer) == expected);

    with.devices.add({"placeholder", "device", "", {}, {{weak}}});
    peer.said.authid = "placeholder";
    CHECK(visible(with.devices, peer) == expected);
    CHECK(problems_of(auth::register_cryptosign, "cryptosign",
                      {{"principals", dict{{"ann", dict{{"authorized_keys", list{key}}}}}}}) ==
          problems{"principals.ann.authorized_keys: '" + key + "' is nobody's key: anybody can sign for it"});
}

TEST_CASE("cryptosign: what is malformed in HELLO is refused without a challenge", "[auth-cryptosign]")
{
    sensors with;
    const auto refusal = [&](std::string_view key, value content) {
        auto peer = key_holder(with.ann, "ann");
        peer.said.authextra.set(key, std::move(content));
        const auto refused = decide(with.devices, peer);
        REQUIRE_FALSE(refused.granted());
        CHECK(refused.reason() == uri_of(errc::authentication_denied));
        CHECK(peer.challenges.empty());
        return refused.message();
    };
    const std::string digits(64, 'a');
    for (const auto& wrong : {value(), value(5), value(""), value(digits.substr(1)), value(digits + "a"),
                              value(std::string(64, 'g')), value(binary(32)), value(dict())})
        CHECK(refusal("pubkey", wrong) == "authextra.pubkey must be 64 hexadecimal digits");
    for (const auto& wrong : {value(5), value(""), value(digits.substr(2)), value(std::string(64, ' '))})
        CHECK(refusal("challenge", wrong) == "authextra.challenge must be 64 hexadecimal digits");
    for (const auto& wrong : {value(true), value(""), value("tls-server-end-point"), value(list{"tls-unique"})})
        CHECK(refusal("channel_binding", wrong) == "authextra.channel_binding must be tls-unique or tls-exporter");

    auto silent = scripted_exchange("realm1", "ann");
    CHECK(decide(with.devices, silent).message() == "authextra.pubkey must be 64 hexadecimal digits");
}

TEST_CASE("cryptosign: a challenge bound to its channel", "[auth-cryptosign]")
{
    sensors with;
    const auto exporter_id = tls_13().channel_id_tls_exporter;

    auto with_13 = tls_client(with.ann, "tls-exporter", tls_13());
    with_13.answer = binder(with.ann, exporter_id);
    CHECK(decide(with.devices, with_13).granted());
    CHECK(text_in(with_13.challenges.at(0), "channel_binding") == "tls-exporter");

    auto with_12 = tls_client(with.ann, "tls-unique", tls_12());
    with_12.answer = binder(with.ann, from_hex(tls_12_id).value());
    CHECK(decide(with.devices, with_12).granted());
    CHECK(text_in(with_12.challenges.at(0), "channel_binding") == "tls-unique");
}

TEST_CASE("cryptosign: who asks for a binding and does not use it is refused", "[auth-cryptosign]")
{
    sensors with;
    const auto unbound = decide(with.devices, tls_client(with.ann, "tls-exporter", tls_13()));
    REQUIRE_FALSE(unbound.granted());
    CHECK(unbound.detail() == "a signature of something else than the challenge");

    // What somebody in the middle would pass on: the challenge is ours, the channel is not.
    auto elsewhere = tls_client(with.ann, "tls-exporter", tls_13());
    elsewhere.answer = binder(with.ann, binary(32, std::byte{1}));
    CHECK_FALSE(decide(with.devices, elsewhere).granted());

    // The other way round: bound, but not asked for.
    auto unasked = key_holder(with.ann);
    unasked.facts.tls = std::make_shared<const tls_facts>(tls_13());
    unasked.answer = binder(with.ann, tls_13().channel_id_tls_exporter);
    CHECK_FALSE(decide(with.devices, unasked).granted());
}

TEST_CASE("cryptosign: a binding that the connection does not have", "[auth-cryptosign]")
{
    sensors with;
    const auto message = [&](scripted_exchange peer) {
        const auto refused = decide(with.devices, peer);
        REQUIRE_FALSE(refused.granted());
        CHECK(refused.reason() == uri_of(errc::authentication_denied));
        CHECK(peer.challenges.empty());
        return refused.message();
    };
    CHECK(message(tls_client(with.ann, "tls-unique", tls_13())) ==
          "this connection has no channel binding of the type tls-unique");
    CHECK(message(tls_client(with.ann, "tls-exporter", tls_12())) ==
          "this connection has no channel binding of the type tls-exporter");
    auto plain = key_holder(with.ann);
    plain.said.authextra.set("channel_binding", "tls-exporter");
    CHECK(message(plain) == "this connection has no channel binding of the type tls-exporter");
}

TEST_CASE("cryptosign: the router proves who it is, as the test vectors of the specification say", "[auth-cryptosign]")
{
    constexpr std::string_view id = "62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff";
    struct vector {
        std::string_view channel_id;
        std::string_view private_key;
        std::string_view challenge;
        std::string_view signature;
    };
    const vector vectors[] = {
        {"", "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e7"
         "5013517c2cf067ad566a6b7b728e5d03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
        {"", "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
         "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
         "d4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce7"
         "25cd8dceb344e6d11c09d1aaaf4d660fb26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d"},
        {"", "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
         "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
         "7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5"
         "658fc84a76196b0fa8d1ebc92ef9f30bb05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2"},
        {id, "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
         "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
         "9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3"
         "ed1ef227dfb59a07b580095c2b82f80f9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00"},
        {id, "d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
         "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
         "305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c6523339202238"
         "44ef0725eb5dc2febfd6af7677b73f01d0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282"},
        {id, "6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
         "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
         "ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a"
         "6ff99eba893e0a4ad4d45892ca75e608d2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d"},
    };
    for (const auto& expected : vectors) {
        sensors with;
        with.devices.sign_as_router(seed_of(expected.private_key));
        auto peer = key_holder(with.ann);
        if (!expected.channel_id.empty()) {
            peer = tls_client(with.ann, "tls-exporter", tls_13(expected.channel_id));
            peer.answer = binder(with.ann, from_hex(expected.channel_id).value());
        }
        peer.said.authextra.set("challenge", expected.challenge);
        CHECK(decide(with.devices, peer).granted());
        const auto& extra = peer.challenges.at(0);
        CHECK(text_in(extra, "signature") == expected.signature);
        CHECK(text_in(extra, "pubkey") == to_hex(pair_of(expected.private_key).public_key));
    }
}

TEST_CASE("cryptosign: the router proves nothing unless both ends want it", "[auth-cryptosign]")
{
    sensors with;
    auto asking = key_holder(with.ann);
    asking.said.authextra.set("challenge", std::string(64, 'a'));
    CHECK(decide(with.devices, asking).granted());
    CHECK(asking.challenges.at(0).size() == 2);

    with.devices.sign_as_router(with.stranger.seed);
    auto silent = key_holder(with.ann);
    CHECK(decide(with.devices, silent).granted());
    CHECK(silent.challenges.at(0).size() == 2);
    CHECK_THROWS_AS(with.devices.sign_as_router(secret("short")), std::invalid_argument);
}

TEST_CASE("cryptosign: strangers get the router's proof as everybody does", "[auth-cryptosign]")
{
    sensors with;
    with.devices.sign_as_router(auth::make_ed25519_key_pair().seed);
    const auto asking = [](scripted_exchange peer) {
        peer.said.authextra.set("challenge", std::string(64, 'a'));
        return peer;
    };
    auto wrong_signature = asking(key_holder(with.ann));
    wrong_signature.answer = signer(with.stranger);
    const auto expected = visible(with.devices, wrong_signature);
    CHECK(expected.size() == 6);
    CHECK(visible(with.devices, asking(key_holder(with.stranger))) == expected);
}

TEST_CASE("cryptosign: nobody joins by having the router sign its own challenge", "[auth-cryptosign]")
{
    const auto router = auth::make_ed25519_key_pair();
    auth::cryptosign devices;
    devices.add({"router", "trusted", "", {}, {{router.public_key}}});
    devices.sign_as_router(router.seed);

    auto peer = key_holder(router, "router");
    peer.answer = [&](const dict& extra) {
        auto second = key_holder(router);
        second.said.authextra.set("challenge", text_in(extra, "challenge"));
        second.answer = [](const dict&) { return proof{}; };
        static_cast<void>(decide(devices, second));
        return proof{text_in(second.challenges.at(0), "signature"), {}};
    };
    CHECK_FALSE(decide(devices, peer).granted());
}

TEST_CASE("cryptosign: a key of several principals needs an authid", "[auth-cryptosign]")
{
    sensors with;
    with.devices.add({"carol", "guest", "", {}, {{with.ann.public_key}}});
    CHECK(decide(with.devices, key_holder(with.ann, "ann")).who().authrole == "device");
    CHECK(decide(with.devices, key_holder(with.ann, "carol")).who().authrole == "guest");
    CHECK(visible(with.devices, key_holder(with.ann)) == visible(with.devices, key_holder(with.stranger)));
    CHECK(decide(with.devices, key_holder(with.ann_spare)).who().authid == "ann");
}

TEST_CASE("cryptosign: principals that a program adds have one authid and a key each", "[auth-cryptosign]")
{
    sensors with;
    CHECK_THROWS_AS(with.devices.add({"ann", "guest", "", {}, {{with.stranger.public_key}}}), std::invalid_argument);
    CHECK_THROWS_AS(with.devices.add({"carol", "guest", "", {}, {}}), std::invalid_argument);
    CHECK_FALSE(decide(with.devices, key_holder(with.stranger)).granted());
}

TEST_CASE("cryptosign: recognises those that it has names or keys of", "[auth-cryptosign]")
{
    sensors with;
    CHECK(with.devices.recognises(key_holder(with.stranger, "ann")));
    CHECK(with.devices.recognises(key_holder(with.ann)));
    CHECK_FALSE(with.devices.recognises(key_holder(with.ann, "carol")));
    CHECK_FALSE(with.devices.recognises(key_holder(with.stranger)));
    CHECK_FALSE(with.devices.recognises(scripted_exchange("realm1")));
}

namespace {

/// Knows one record, whoever asks.
class single_record final : public principal_source {
public:
    explicit single_record(dict credentials) : credentials_{std::move(credentials)} {}

    awaitable<std::optional<principal_record>> find(auth_exchange&, dict) override
    {
        principal_record record;
        record.authid = "ann";
        record.authrole = "staff";
        record.credentials = credentials_;
        co_return record;
    }

private:
    dict credentials_;
};

std::unique_ptr<authenticator> from_source(const dict& credentials, dict options = {})
{
    options.set("type", "directory");
    options_fixture fixture(std::move(options));
    auth::register_cryptosign(fixture.modules);
    fixture.modules.add_principal_source("directory",
                                         [&](module_options&) { return std::make_unique<single_record>(credentials); });
    auto made = fixture.make(*fixture.modules.find_authenticator("cryptosign"));
    REQUIRE(fixture.problems.empty());
    return made;
}

} // namespace

TEST_CASE("cryptosign: principals of a source", "[auth-cryptosign]")
{
    const auto ann = auth::make_ed25519_key_pair();
    const auto stranger = auth::make_ed25519_key_pair();
    const auto key = to_hex(ann.public_key);
    for (const auto& credentials : {dict{{"pubkey", key}}, dict{{"authorized_keys", list{key}}}}) {
        const auto made = from_source(credentials);
        const auto joined = decide(*made, key_holder(ann));
        REQUIRE(joined.granted());
        CHECK(joined.who().authid == "ann");
        CHECK(joined.who().authprovider == "directory");
        CHECK_FALSE(decide(*made, key_holder(stranger, "ann")).granted());
        CHECK(made->recognises(key_holder(stranger)));
    }
    CHECK_THROWS_WITH(decide(*from_source({}), key_holder(ann)),
                      "unusable credentials of ann: needs the key 'authorized_keys'");
    CHECK_THROWS_WITH(decide(*from_source({{"pubkey", "12"}}), key_holder(ann)),
                      "unusable credentials of ann: pubkey: '12' must be 64 hexadecimal digits");

    const auto as_router = from_source({{"pubkey", key}}, {{"private-key", to_hex(ann.seed.bytes())}});
    CHECK_FALSE(decide(*as_router, key_holder(ann)).granted());
}

TEST_CASE("cryptosign: from configuration", "[auth-cryptosign]")
{
    const auto ann = auth::make_ed25519_key_pair();
    const auto router = auth::make_ed25519_key_pair();
    const dict principals{{"ann", dict{{"authorized_keys", list{to_hex(ann.public_key)}}, {"role", "device"}}}};
    const auto made =
        configured(auth::register_cryptosign, "cryptosign",
                   {{"type", "static"}, {"principals", principals}, {"private-key", to_hex(router.seed.bytes())}});
    auto peer = key_holder(ann);
    peer.said.authextra.set("challenge", std::string(64, '0'));
    CHECK(decide(*made, peer).who().authrole == "device");
    CHECK(text_in(peer.challenges.at(0), "pubkey") == to_hex(router.public_key));
}

TEST_CASE("cryptosign: the router's private key may stand in the environment", "[auth-cryptosign]")
{
    const auto ann = auth::make_ed25519_key_pair();
    options_fixture fixture(
        {{"principals", dict{{"ann", dict{{"pubkey", to_hex(ann.public_key)}}}}}, {"private-key", "${ROUTER_KEY}"}});
    fixture.environment["ROUTER_KEY"] = std::string(64, '1');
    auth::register_cryptosign(fixture.modules);
    const auto made = fixture.make(*fixture.modules.find_authenticator("cryptosign"));
    REQUIRE(fixture.problems.empty());
    auto peer = key_holder(ann);
    peer.said.authextra.set("challenge", std::string(64, '0'));
    CHECK(decide(*made, peer).granted());
    CHECK(text_in(peer.challenges.at(0), "pubkey") == to_hex(pair_of(std::string(64, '1')).public_key));
}

TEST_CASE("cryptosign: options that make no sense are named", "[auth-cryptosign]")
{
    const auto problem = [](const dict& options) {
        return problems_of(auth::register_cryptosign, "cryptosign", options);
    };
    const std::string key(64, 'a');
    const auto principal_with = [&](const dict& content) { return problem({{"principals", dict{{"ann", content}}}}); };
    const dict fine{{"ann", dict{{"authorized_keys", list{key}}}}};
    CHECK(problem({{"principals", fine}}).empty());
    CHECK(problem({}) == problems{"needs the key 'principals'"});
    CHECK(principal_with({}) == problems{"principals.ann: needs the key 'authorized_keys'"});
    CHECK(principal_with({{"authorized_keys", list{}}}) ==
          problems{"principals.ann.authorized_keys: must not be empty"});
    CHECK(principal_with({{"authorized_keys", list{key, "xyz"}}}) ==
          problems{"principals.ann.authorized_keys: 'xyz' must be 64 hexadecimal digits"});
    CHECK(principal_with({{"authorized_keys", list{7}}}) ==
          problems{"principals.ann.authorized_keys: must be a string, not an integer"});
    CHECK(principal_with({{"authorized_keys", list{key}}, {"secret", "x"}}) ==
          problems{"principals.ann.secret: unknown key"});
    CHECK(problem({{"principals", fine}, {"trustroots", dict{}}}) == problems{"trustroots: is not supported"});
    CHECK(problem({{"principals", fine}, {"private-key", "12"}}) ==
          problems{"private-key: must be 64 hexadecimal digits"});
    CHECK(problem({{"principals", fine}, {"private-key", std::string(64, 'g')}}) ==
          problems{"private-key: must be 64 hexadecimal digits"});
}

TEST_CASE("cryptosign: keys that serve two ends are named", "[auth-cryptosign]")
{
    const auto keys = auth::make_ed25519_key_pair();
    const auto key = to_hex(keys.public_key);
    const dict ann{{"authorized_keys", list{key}}};
    CHECK(problems_of(auth::register_cryptosign, "cryptosign", {{"principals", dict{{"ann", ann}, {"bob", ann}}}}) ==
          problems{"principals: warning: the key " + key + " is one of several principals"});
    CHECK(problems_of(auth::register_cryptosign, "cryptosign",
                      {{"principals", dict{{"ann", ann}}}, {"private-key", to_hex(keys.seed.bytes())}}) ==
          problems{"private-key: is that of the key " + key + " of a principal"});
}
