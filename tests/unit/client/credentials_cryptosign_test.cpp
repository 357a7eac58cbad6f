// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <stdexcept>

#include <junctor/auth/cryptosign.hpp>
#include <junctor/auth/private_key_file.hpp>
#include <junctor/base/hex.hpp>

#include "login_script.hpp"
#include "support/catch.hpp"

using namespace junctor;
using namespace junctor::test;
using Catch::Matchers::ContainsSubstring;
using client::channel_binding;

namespace {

constexpr auto ann_digits = "4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510";
constexpr auto challenge_digits = "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d";

secret seed_of(std::string_view digits)
{
    return auth::private_key_from_hex(digits);
}

client::cryptosign_options bound(channel_binding binding)
{
    client::cryptosign_options options;
    options.binding = binding;
    return options;
}

client::shared_credentials ann(const client::cryptosign_options& options = bound(channel_binding::if_possible))
{
    return client::cryptosign("ann", seed_of(ann_digits), options);
}

client::cryptosign_options trusting(const auth::ed25519_public_key& router)
{
    client::cryptosign_options options;
    options.router_key = router;
    return options;
}

auth::cryptosign router_that_knows_ann()
{
    auth::cryptosign router;
    router.add({"ann", "device", "", {}, {{auth::public_key_of(seed_of(ann_digits))}}});
    return router;
}

/// What is said about `extra` when it comes through a connection with the facts `transport`.
std::string refusal(dict extra, const transport_facts& transport = {})
{
    const auto who = ann();
    const auto login = who->begin(transport);
    return refusal_of(*login, "cryptosign", std::move(extra));
}

struct vector {
    std::string private_key;
    std::string challenge;
    std::string signature;
};

/// Those of the specification without a channel id; those with one have it as it is, where the Finished message of
/// "tls-unique" is hashed, so that "tls-exporter" stands for it.
const vector unbound_vectors[] = {
    {"4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "b32675b221f08593213737bef8240e7c15228b07028e19595294678c90d11c0cae80a357331bfc5cc9fb71081464e6e7"
     "5013517c2cf067ad566a6b7b728e5d03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"},
    {"d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
     "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
     "d4209ad10d5aff6bfbc009d7e924795de138a63515efc7afc6b01b7fe5201372190374886a70207b042294af5bd64ce7"
     "25cd8dceb344e6d11c09d1aaaf4d660fb26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d"},
    {"6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
     "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
     "7beb282184baadd08f166f16dd683b39cab53816ed81e6955def951cb2ddad1ec184e206746fd82bda075af03711d3d5"
     "658fc84a76196b0fa8d1ebc92ef9f30bb05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2"},
};
const vector bound_vectors[] = {
    {"4d57d97a68f555696620a6d849c0ce582568518d729eb753dc7c732de2804510",
     "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "9b6f41540c9b95b4b7b281c3042fa9c54cef43c842d62ea3fd6030fcb66e70b3e80d49d44c29d1635da9348d02ec93f3"
     "ed1ef227dfb59a07b580095c2b82f80f9d16ca518aa0c2b707f2b2a609edeca73bca8dd59817a633f35574ac6fd80d00"},
    {"d511fe78e23934b3dadb52fcd022974b80bd92bccc7c5cf404e46cc0a8a2f5cd",
     "b26c1f87c13fc1da14997f1b5a71995dff8fbe0a62fae8473c7bdbd05bfb607d",
     "305aaa3ac25e98f651427688b3fc43fe7d8a68a7ec1d7d61c61517c519bd4a427c3015599d83ca28b4c6523339202238"
     "44ef0725eb5dc2febfd6af7677b73f01d0852a29b460fc92ec943242ac638a053bbacc200512b18b30d15083cbdc9282"},
    {"6e1fde9cf9e2359a87420b65a87dc0c66136e66945196ba2475990d8a0c3a25b",
     "b05e6b8ad4d69abf74aa3be3c0ee40ae07d66e1895b9ab09285a2f1192d562d2",
     "ee3c7644fd8070532bc1fde3d70d742267da545d8c8f03e63bda63f1ad4214f4d2c4bfdb4eb9526def42deeb7e31602a"
     "6ff99eba893e0a4ad4d45892ca75e608d2b75e24a189a7f78ca776ba36fc53f6c3e31c32f251f2c524f0a44202f2902d"},
};

transport_facts with_channel_id(std::string_view digits)
{
    tls_facts tls;
    tls.channel_id_tls_exporter = from_hex(digits).value();
    transport_facts facts;
    facts.tls = std::make_shared<const tls_facts>(std::move(tls));
    return facts;
}

} // namespace

TEST_CASE("cryptosign: the test vectors of the specification", "[client]")
{
    for (const auto& one : unbound_vectors) {
        const auto who = client::cryptosign("", seed_of(one.private_key), bound(channel_binding::if_possible));
        const auto login = who->begin({});
        CHECK(answer_of(*login, "cryptosign", {{"challenge", one.challenge}}).signature == one.signature);
    }
    const auto facts = with_channel_id("62e935ae755f3d48f80d4d59f6121358c435722a67e859cc0caa8b539027f2ff");
    for (const auto& one : bound_vectors) {
        const auto who = client::cryptosign("", seed_of(one.private_key), bound(channel_binding::if_possible));
        const auto login = who->begin(facts);
        const dict extra{{"challenge", one.challenge}, {"channel_binding", "tls-exporter"}};
        CHECK(answer_of(*login, "cryptosign", extra).signature == one.signature);
    }
}

TEST_CASE("cryptosign: HELLO has the public key", "[client]")
{
    const auto who = ann();
    const auto claims = who->begin({})->claims();
    CHECK(claims.authmethods == std::vector<std::string>{"cryptosign"});
    CHECK(claims.authid == "ann");
    CHECK(claims.authextra ==
          dict{{"pubkey", to_hex(auth::public_key_of(seed_of(ann_digits)))}, {"channel_binding", nullptr}});
}

TEST_CASE("cryptosign: clients log in at the router's module, with an authid and without", "[client]")
{
    auto router = router_that_knows_ann();
    CHECK(log_in(ann(), router).granted());
    CHECK(log_in(client::cryptosign("", seed_of(ann_digits)), router).who().authid == "ann");
    CHECK_FALSE(log_in(client::cryptosign("ann", auth::make_ed25519_key_pair().seed), router).granted());
    CHECK_FALSE(log_in(client::cryptosign("bob", seed_of(ann_digits)), router).granted());
}

TEST_CASE("cryptosign: the login is bound to TLS where that is possible, and not elsewhere", "[client]")
{
    auto router = router_that_knows_ann();
    for (const auto binding : {channel_binding::if_possible, channel_binding::required}) {
        const auto who = ann(bound(binding));
        CHECK(log_in(who, router, over_tls_1_3()).granted());
        CHECK(log_in(who, router, over_tls_1_2()).granted());
        CHECK(text_in(who->begin(over_tls_1_3())->claims().authextra, "channel_binding") == "tls-exporter");
        CHECK(text_in(who->begin(over_tls_1_2())->claims().authextra, "channel_binding") == "tls-unique");
    }
    const auto unbound = ann(bound(channel_binding::never));
    CHECK(unbound->begin(over_tls_1_3())->claims().authextra.find("channel_binding")->is_null());
    CHECK(log_in(unbound, router, over_tls_1_3()).granted());
    CHECK_THROWS_AS(ann(bound(channel_binding::required))->begin({}), client::login_failed);
    CHECK_THROWS_AS(ann()->begin(with_channel_id("62e9")), client::login_failed);
}

TEST_CASE("cryptosign: a proof that somebody passes on through another connection is refused", "[client]")
{
    auto router = router_that_knows_ann();
    CHECK_FALSE(log_in(ann(), router, over_tls_1_3(std::byte{1}), over_tls_1_3(std::byte{2})).granted());
}

TEST_CASE("cryptosign: the router must bind the login as it was asked to", "[client]")
{
    const std::string refused = "the router does not bind the login to the connection as it was asked to";
    CHECK(refusal({{"challenge", challenge_digits}}, over_tls_1_3()) == refused);
    CHECK(refusal({{"challenge", challenge_digits}, {"channel_binding", nullptr}}, over_tls_1_3()) == refused);
    CHECK(refusal({{"challenge", challenge_digits}, {"channel_binding", "tls-unique"}}, over_tls_1_3()) == refused);
    CHECK(refusal({{"challenge", challenge_digits}, {"channel_binding", "tls-exporter"}}) == refused);
}

TEST_CASE("cryptosign: a malformed challenge is refused", "[client]")
{
    CHECK(refusal({}) == "the CHALLENGE of the router has no challenge");
    CHECK(refusal({{"challenge", 7}}) == "in the CHALLENGE of the router, challenge is of a wrong type");
    const std::string refused = "the challenge of the router is not 64 hexadecimal digits";
    CHECK(refusal({{"challenge", ""}}) == refused);
    CHECK(refusal({{"challenge", std::string(62, '0')}}) == refused);
    CHECK(refusal({{"challenge", std::string(66, '0')}}) == refused);
    CHECK(refusal({{"challenge", std::string(64, 'x')}}) == refused);

    const auto who = ann();
    const auto login = who->begin({});
    CHECK_THAT(refusal_of(*login, "ticket", {{"challenge", challenge_digits}}), ContainsSubstring("was not claimed"));
}

TEST_CASE("cryptosign: a router that proves who it is gets its proof", "[client]")
{
    auto router = router_that_knows_ann();
    const auto own = auth::make_ed25519_key_pair();
    router.sign_as_router(own.seed);
    const auto who = ann(trusting(own.public_key));
    CHECK(log_in(who, router).granted());
    CHECK(log_in(who, router, over_tls_1_3()).granted());
    CHECK(log_in(who, router, over_tls_1_2()).granted());
    CHECK(text_in(who->begin({})->claims().authextra, "challenge") !=
          text_in(who->begin({})->claims().authextra, "challenge"));
}

TEST_CASE("cryptosign: a router that does not prove who it is gets no proof", "[client]")
{
    const auto own = auth::make_ed25519_key_pair();
    const auto who = ann(trusting(own.public_key));
    auto silent = router_that_knows_ann();
    CHECK(failure_of([&] { static_cast<void>(log_in(who, silent)); }) ==
          "the CHALLENGE of the router has no signature");
    auto other = router_that_knows_ann();
    other.sign_as_router(auth::make_ed25519_key_pair().seed);
    const std::string refused = "the router did not prove that it has the private key of its own";
    CHECK(failure_of([&] { static_cast<void>(log_in(who, other)); }) == refused);

    // A signature of something else than the challenge of this session.
    const auto login = who->begin({});
    const auto message = from_hex(challenge_digits).value();
    const auto old = to_hex(auth::sign_ed25519(own.seed, message)) + challenge_digits;
    for (const auto& signature : {old, std::string(), old.substr(2)})
        CHECK(refusal_of(*login, "cryptosign", {{"challenge", challenge_digits}, {"signature", signature}}) == refused);
}

TEST_CASE("cryptosign: a router that must prove who it is cannot let in without a challenge", "[client]")
{
    const auto who = ann(trusting(auth::make_ed25519_key_pair().public_key));
    CHECK(failure_of([&] { who->begin({})->check({}); }) ==
          "the router did not prove who it is: there was no CHALLENGE");
    CHECK_NOTHROW(ann()->begin({})->check({}));
}

TEST_CASE("cryptosign: what is no private key is refused at once", "[client]")
{
    CHECK_THROWS_AS(client::cryptosign("ann", secret("short")), std::invalid_argument);
    CHECK_THROWS_AS(client::cryptosign("ann", secret()), std::invalid_argument);
}
