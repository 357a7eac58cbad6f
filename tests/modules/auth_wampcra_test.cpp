// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/wampcra.hpp>

#include <algorithm>
#include <chrono>
#include <regex>
#include <stdexcept>
#include <thread>

#include <junctor/codec/codec.hpp>

#include "support/catch.hpp"
#include "support/scripted_exchange.hpp"

using namespace junctor;
using namespace junctor::test;
using auth::derive_wampcra_key;
using auth::wampcra_derivation;
using auth::wampcra_signature;

namespace {

using problems = std::vector<std::string>;

/// "secret123" as Autobahn derives it with the salt "salt123", 1000 iterations and 32 octets.
constexpr const char* derived_key = "Eu7CQLfR+/Ffb+275A4s9/6H/RGKYxM4s6IMrsNKzC8=";

const std::string& text_of_challenge(const dict& extra)
{
    const auto* const content = extra.find("challenge");
    REQUIRE(content != nullptr);
    const auto* const text = content->get_if<std::string>();
    REQUIRE(text != nullptr);
    return *text;
}

/// What the text that is to be signed says.
dict content_of_challenge(const dict& extra)
{
    const auto read = read_value({serializer::json, as_bytes(text_of_challenge(extra))});
    REQUIRE(read.has_value());
    const auto* const content = read->get_if<dict>();
    REQUIRE(content != nullptr);
    return *content;
}

std::vector<std::string> keys_of(const dict& content)
{
    std::vector<std::string> keys;
    for (const auto& [key, ignored] : content)
        keys.push_back(key);
    return keys;
}

/// What a client answers that has `password`, salted or not.
std::string signature_by(std::string_view password, const dict& extra)
{
    const auto& text = text_of_challenge(extra);
    if (!extra.contains("salt"))
        return wampcra_signature(password, text);
    const wampcra_derivation how{*extra.find("salt")->get_if<std::string>(),
                                 *extra.find("iterations")->get_if<std::int64_t>(),
                                 *extra.find("keylen")->get_if<std::int64_t>()};
    return wampcra_signature(derive_wampcra_key(password, how).view(), text);
}

/// A peer that says it is `authid` and has `password`.
scripted_exchange peer(std::string authid, std::string password, std::string realm = "realm1")
{
    scripted_exchange exchange(std::move(realm), std::move(authid));
    exchange.answer = [password = std::move(password)](const dict& extra) {
        return proof{signature_by(password, extra), {}};
    };
    return exchange;
}

/// A peer that answers with what `sign` makes of the right signature for `password`.
template <class Sign>
scripted_exchange forger(std::string authid, std::string password, Sign sign)
{
    scripted_exchange exchange("realm1", std::move(authid));
    exchange.answer = [=](const dict& extra) { return proof{sign(signature_by(password, extra)), {}}; };
    return exchange;
}

bool admits(authenticator& users, scripted_exchange exchange)
{
    return decide(users, exchange).granted();
}

/// The CHALLENGE that `authid` is sent.
dict challenge_for(authenticator& users, std::string authid)
{
    auto exchange = peer(std::move(authid), "guessed");
    static_cast<void>(decide(users, exchange));
    REQUIRE(exchange.challenges.size() == 1);
    return exchange.challenges.front();
}

std::string salt_for(authenticator& users, std::string authid)
{
    const auto extra = challenge_for(users, std::move(authid));
    REQUIRE(extra.contains("salt"));
    return *extra.find("salt")->get_if<std::string>();
}

dict salted(std::string salt = "salt123")
{
    return {{"secret", derived_key}, {"role", "user"}, {"salt", std::move(salt)}};
}

std::unique_ptr<authenticator> with_users(dict users)
{
    return configured(auth::register_wampcra, "wampcra", {{"users", std::move(users)}});
}

/// Knows everybody whose name begins with a capital, by the credentials that it was made with.
class directory final : public principal_source {
public:
    explicit directory(dict credentials) : credentials_{std::move(credentials)} {}

    awaitable<std::optional<principal_record>> find(auth_exchange& exchange, dict) override
    {
        std::optional<principal_record> one;
        const auto& authid = exchange.hello().authid;
        if (authid.empty() || authid.front() < 'A' || authid.front() > 'Z')
            co_return one;
        one.emplace();
        one->authid = authid;
        one->authrole = "staff";
        one->realm = authid == "Bob" ? "realm2" : "";
        one->credentials = credentials_;
        co_return one;
    }

private:
    dict credentials_;
};

std::unique_ptr<authenticator> with_directory(dict credentials)
{
    options_fixture fixture({{"type", "directory"}});
    fixture.modules.add_principal_source("directory",
                                         [&](module_options&) { return std::make_unique<directory>(credentials); });
    auth::register_wampcra(fixture.modules);
    auto made = fixture.make(*fixture.modules.find_authenticator("wampcra"));
    REQUIRE(fixture.problems == problems());
    return made;
}

} // namespace

TEST_CASE("wampcra: signatures and keys are those that clients compute", "[auth-wampcra]")
{
    // RFC 4231, test case 2, and RFC 7914, section 11.
    CHECK(wampcra_signature("Jefe", "what do ya want for nothing?") == "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
    CHECK(derive_wampcra_key("passwd", {"salt", 1, 64}).view() ==
          "VawEblbjCJ/sFpHCJUS2BflBhSFt3gRl5oudV8INrLxJypzM8Xm2RZkWZLOdd+8xfHG4RbHjC9UJESBB06GXgw==");

    // What Autobahn for Python gives.
    const std::string challenge =
        R"({"authid":"joe","authrole":"user","authmethod":"wampcra","authprovider":"static",)"
        R"("nonce":"00112233445566778899aabbccddeeff","timestamp":"2014-06-22T16:36:25.448Z",)"
        R"("session":3251278072152162})";
    CHECK(wampcra_signature("secret123", challenge) == "o2M15SJy+jSfkEojS25MZ6Z8kvZhQPVhMDn8C3WhwRQ=");
    const auto short_key = derive_wampcra_key("secret123", {"salt123", 100, 16});
    CHECK(short_key.view() == "DpHHRlQ6UNULJlP9J8WkPw==");
    CHECK(wampcra_signature(short_key.view(), challenge) == "Qn6Ou9fNI95VfAYnrdwizgT5rOLuk9q6hqzG4/EcOA8=");
    CHECK(derive_wampcra_key("secret123", {"salt123"}).view() == derived_key);
    CHECK(wampcra_signature(derived_key, challenge) == "OrGqdhkco04gf+0jP6oNPexpFWdz/IH33nOtQOS23fQ=");
    CHECK(derive_wampcra_key("pässword", {"sälz"}).view() == "FwzTU5WwAkVBOT0PanzPNrom6eLwdiFQv7qSOilpTfQ=");

    CHECK_THROWS_AS(derive_wampcra_key("secret123", {"", 1, 32}), std::invalid_argument);
    CHECK_THROWS_AS(derive_wampcra_key("secret123", {"salt", 0, 32}), std::invalid_argument);
    CHECK_THROWS_AS(derive_wampcra_key("secret123", {"salt", 10'000'001, 32}), std::invalid_argument);
    CHECK_THROWS_AS(derive_wampcra_key("secret123", {"salt", 1, 0}), std::invalid_argument);
    CHECK_THROWS_AS(derive_wampcra_key("secret123", {"salt", 1, 257}), std::invalid_argument);
}

TEST_CASE("wampcra: whoever signs with the secret of an authid joins as it", "[auth-wampcra]")
{
    auth::wampcra users;
    users.add("joe", {secret("secret123")}, "user");
    const wampcra_derivation how{"salt123", 100, 16};
    users.add("ann", {derive_wampcra_key("secret of ann", how), how}, "staff");
    const auto joe = decide(users, peer("joe", "secret123"));
    REQUIRE(joe.granted());
    CHECK(joe.who().authid == "joe");
    CHECK(joe.who().authrole == "user");
    CHECK(joe.who().authprovider == "static");
    const auto ann = decide(users, peer("ann", "secret of ann"));
    REQUIRE(ann.granted());
    CHECK(ann.who().authrole == "staff");
}

TEST_CASE("wampcra: what a challenge says", "[auth-wampcra]")
{
    const auto users = with_users(
        {{"joe", dict{{"secret", "secret123"}, {"role", "user"}}},
         {"ann",
          dict{{"secret", "DpHHRlQ6UNULJlP9J8WkPw=="}, {"salt", "salt123"}, {"iterations", 100}, {"keylen", 16}}},
         {"bob", salted()}});
    const auto plain = challenge_for(*users, "joe");
    CHECK(keys_of(plain) == std::vector<std::string>{"challenge"});
    auto content = content_of_challenge(plain);
    CHECK(std::regex_match(*content.find("nonce")->get_if<std::string>(), std::regex("[0-9a-f]{32}")));
    CHECK(std::regex_match(*content.find("timestamp")->get_if<std::string>(),
                           std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)")));
    content.set("nonce", nullptr).set("timestamp", nullptr);
    CHECK(content == dict{{"authid", "joe"},
                          {"authrole", "user"},
                          {"authmethod", "wampcra"},
                          {"authprovider", "static"},
                          {"session", 4711},
                          {"nonce", nullptr},
                          {"timestamp", nullptr}});

    auto ann = challenge_for(*users, "ann");
    ann.set("challenge", nullptr);
    CHECK(ann == dict{{"challenge", nullptr}, {"salt", "salt123"}, {"iterations", 100}, {"keylen", 16}});
    auto bob = challenge_for(*users, "bob");
    bob.set("challenge", nullptr);
    CHECK(bob == dict{{"challenge", nullptr}, {"salt", "salt123"}, {"iterations", 1000}, {"keylen", 32}});
}

TEST_CASE("wampcra: a challenge is valid JSON for every authid and every session", "[auth-wampcra]")
{
    auth::wampcra users;
    for (const auto& authid : {std::string(R"(","session":1,"x":")"), std::string("back\\slash\n\"quote\""),
                               std::string("nul\0within", 10), std::string("größe"), std::string()}) {
        auto exchange = peer(authid, "guessed");
        exchange.session = 9'007'199'254'740'992; // 2^53, the largest id.
        static_cast<void>(decide(users, exchange));
        const auto content = content_of_challenge(exchange.challenges.at(0));
        CHECK(content.size() == 7);
        CHECK(*content.find("authid") == value(authid));
        CHECK(*content.find("session") == value(9'007'199'254'740'992));
    }
    const std::string odd = "a\"b\\c\n";
    users.add(odd, {secret("secret123")}, "user");
    CHECK(admits(users, peer(odd, "secret123")));
}

TEST_CASE("wampcra: a signature is good for one exchange only", "[auth-wampcra]")
{
    auth::wampcra users;
    users.add("joe", {secret("secret123")}, "user");
    std::string seen;
    auto joe = peer("joe", "secret123");
    joe.answer = [&](const dict& extra) {
        seen = signature_by("secret123", extra);
        return proof{seen, {}};
    };
    REQUIRE(decide(users, joe).granted());
    const auto replayed = decide(users, forger("joe", "", [&](auto) { return seen; }));
    REQUIRE_FALSE(replayed.granted());
    CHECK(replayed.reason() == uri_of(errc::authentication_denied));
    CHECK(text_of_challenge(challenge_for(users, "joe")) != text_of_challenge(challenge_for(users, "joe")));
}

TEST_CASE("wampcra: only the whole signature by the right secret counts", "[auth-wampcra]")
{
    auth::wampcra users;
    users.add("joe", {secret("secret123")}, "user");
    users.add("ann", {secret("secret of ann")}, "user");
    using text = std::string;
    CHECK_FALSE(admits(users, forger("joe", "secret123", [](text) { return text(); })));
    CHECK_FALSE(admits(users, forger("joe", "secret123", [](text right) { return right.substr(0, 43); })));
    CHECK_FALSE(admits(users, forger("joe", "secret123", [](text right) { return right.substr(0, 1); })));
    CHECK_FALSE(admits(users, forger("joe", "secret123", [](text right) { return right + '\n'; })));
    CHECK_FALSE(admits(users, forger("joe", "secret123", [](text right) { return right + text(10'000, 'A'); })));
    CHECK_FALSE(admits(users, forger("joe", "secret123", [](text right) {
                           right[0] = right[0] == 'A' ? 'B' : 'A';
                           return right;
                       })));
    CHECK_FALSE(admits(users, peer("joe", "secret of ann")));
    CHECK_FALSE(admits(users, peer("joe", "")));
    CHECK_FALSE(admits(users, peer("ann", "secret123")));
    CHECK_FALSE(admits(users, peer("stranger", "secret123")));
    CHECK(admits(users, forger("joe", "secret123", [](text right) { return right; })));
}

TEST_CASE("wampcra: a wrong signature is refused as an unknown authid is", "[auth-wampcra]")
{
    const auto users = with_users({{"joe", salted("0123456789abcdef")}});
    auto joe = peer("joe", "guessed");
    const auto wrong = decide(*users, joe);
    REQUIRE_FALSE(wrong.granted());
    CHECK(wrong.reason() == uri_of(errc::authentication_denied));
    CHECK(wrong.detail() == "wrong signature");
    for (const auto* const authid : {"stranger", ""}) {
        auto stranger = peer(authid, "guessed");
        const auto unknown = decide(*users, stranger);
        REQUIRE_FALSE(unknown.granted());
        CHECK(unknown.reason() == wrong.reason());
        CHECK(unknown.message() == wrong.message());
        CHECK(unknown.detail() == "no such principal");
        REQUIRE(stranger.challenges.size() == joe.challenges.size());
        const auto& extra = stranger.challenges[0];
        CHECK(keys_of(extra) == keys_of(joe.challenges[0]));
        CHECK(*extra.find("iterations") == value(1000));
        CHECK(*extra.find("keylen") == value(32));
        const auto content = content_of_challenge(extra);
        CHECK(keys_of(content) == keys_of(content_of_challenge(joe.challenges[0])));
        CHECK(*content.find("authid") == value(authid));
        CHECK(*content.find("authrole") == value("user"));
        CHECK(*content.find("authprovider") == value("static"));
    }
}

TEST_CASE("wampcra: an unknown authid always has the same salt, written as those of others are", "[auth-wampcra]")
{
    const auto looks_like = [](std::string salt, const char* pattern) {
        const auto users = with_users({{"joe", salted(std::move(salt))}});
        const auto first = salt_for(*users, "stranger");
        CHECK(first == salt_for(*users, "stranger"));
        CHECK(first != salt_for(*users, "strange"));
        CHECK(first != salt_for(*users, "joe"));
        CAPTURE(first);
        CHECK(std::regex_match(first, std::regex(pattern)));
    };
    looks_like("31415926535897932384", "[0-9]{20}");
    looks_like("0123456789abcdef0123456789abcdef", "[0-9a-f]{32}");
    looks_like("0123456789ABCDEF", "[0-9A-F]{16}");
    looks_like("salt123salt123", "[0-9a-z]{14}");
    looks_like("Salt123Salt123", "[0-9A-Za-z]{14}");
    looks_like("a+b/a+b/a+b/", "[0-9A-Za-z+/]{12}");
    looks_like("q83vEjRWeJCrze8SNFZ4kA==", "[0-9A-Za-z+/]{21}[AQgw]==");
    looks_like("q83vEjRWeJCrze8SNFZ4kBI=", "[0-9A-Za-z+/]{22}[AEIMQUYcgkosw048]=");
    looks_like(std::string(100, 'f'), "[0-9a-f]{100}");
    looks_like("=========", "[0-9A-Za-z+/]{9}");
}

TEST_CASE("wampcra: with mock-secret, salts of unknown authids outlive the router", "[auth-wampcra]")
{
    const auto salt = [](const dict& more) {
        dict options{{"users", dict{{"joe", salted("0123456789abcdef")}}}};
        for (const auto& [key, content] : more)
            options.set(key, content);
        return salt_for(*configured(auth::register_wampcra, "wampcra", options), "stranger");
    };
    CHECK(salt({{"mock-secret", "one"}}) == salt({{"mock-secret", "one"}}));
    CHECK(salt({{"mock-secret", "one"}}) != salt({{"mock-secret", "two"}}));
    CHECK(salt({}) != salt({})); // Nothing that a password could be guessed by.
}

TEST_CASE("wampcra: unknown authids are like most of the users", "[auth-wampcra]")
{
    const auto role = [](authenticator& users) {
        return *content_of_challenge(challenge_for(users, "stranger")).find("authrole");
    };
    const dict guest{{"secret", "x"}, {"role", "guest"}};
    const auto plain = with_users({{"a", guest}, {"b", salted()}, {"c", guest}});
    CHECK_FALSE(challenge_for(*plain, "stranger").contains("salt"));
    CHECK(role(*plain) == value("guest"));

    // Salted are most, though no two of them alike.
    dict other = salted("0123456789abcdef");
    other.set("iterations", 5);
    const auto mixed = with_users({{"a", guest}, {"b", salted()}, {"c", guest}, {"d", other}, {"e", salted("x")}});
    CHECK(challenge_for(*mixed, "stranger").contains("salt"));
    CHECK(role(*mixed) == value("user"));

    auth::wampcra nobody;
    CHECK(keys_of(challenge_for(nobody, "stranger")) == std::vector<std::string>{"challenge"});
    CHECK(role(nobody) == value("anonymous"));
}

TEST_CASE("wampcra: a principal that is bound to a realm is unknown in others", "[auth-wampcra]")
{
    auth::wampcra users;
    users.add("joe", {secret("secret123")}, "user", "realm1");
    CHECK(admits(users, peer("joe", "secret123", "realm1")));
    auto elsewhere = peer("joe", "secret123", "realm2");
    const auto refused = decide(users, elsewhere);
    REQUIRE_FALSE(refused.granted());
    CHECK(refused.reason() == uri_of(errc::authentication_denied));
    CHECK(elsewhere.challenges.size() == 1);
}

TEST_CASE("wampcra: a program cannot add what would let everybody in, or nobody", "[auth-wampcra]")
{
    auth::wampcra users;
    users.add("joe", {secret("secret123")}, "user");
    CHECK_THROWS_AS(users.add("ann", {secret()}, "user"), std::invalid_argument);
    CHECK_THROWS_AS(users.add("ann", {secret("x"), wampcra_derivation{"", 1000, 32}}, "user"), std::invalid_argument);
    CHECK_THROWS_AS(users.add("joe", {secret("other")}, "admin"), std::invalid_argument);
    CHECK(decide(users, peer("joe", "secret123")).who().authrole == "user");
    CHECK_FALSE(admits(users, peer("ann", "")));
}

TEST_CASE("wampcra: recognises the authids that it has", "[auth-wampcra]")
{
    auth::wampcra users;
    users.add("joe", {secret("secret123")}, "user");
    CHECK(users.recognises(scripted_exchange("realm1", "joe")));
    CHECK_FALSE(users.recognises(scripted_exchange("realm1", "ann")));
    CHECK(with_directory({})->recognises(scripted_exchange("realm1", "whoever")));
}

TEST_CASE("wampcra: from configuration, with derived secrets and with passwords", "[auth-wampcra]")
{
    dict password = salted();
    password.set("secret", "secret123").set("secret_is_derived", false);
    dict derived = salted();
    derived.set("secret_is_derived", true);
    options_fixture fixture({{"users", dict{{"plain", dict{{"secret", "${SECRET}"}, {"realm", "realm1"}}},
                                            {"salted", salted()},
                                            {"derived", derived},
                                            {"password", password}}}});
    fixture.environment["SECRET"] = "secret123";
    auth::register_wampcra(fixture.modules);
    const auto users = fixture.make(*fixture.modules.find_authenticator("wampcra"));
    REQUIRE(fixture.problems == problems());
    for (const auto* const authid : {"plain", "salted", "derived", "password"}) {
        CAPTURE(authid);
        CHECK(admits(*users, peer(authid, "secret123")));
        CHECK_FALSE(admits(*users, peer(authid, "secret124")));
        CHECK_FALSE(admits(*users, peer(authid, derived_key)));
    }
    CHECK_FALSE(admits(*users, peer("plain", "secret123", "realm2")));
}

TEST_CASE("wampcra: principals of a source", "[auth-wampcra]")
{
    const auto users = with_directory({{"secret", "secret123"}, {"phone", 12345}});
    const auto granted = decide(*users, peer("Ann", "secret123"));
    REQUIRE(granted.granted());
    CHECK(granted.who().authid == "Ann");
    CHECK(granted.who().authrole == "staff");
    CHECK(granted.who().authprovider == "directory");
    CHECK(*content_of_challenge(challenge_for(*users, "Ann")).find("authprovider") == value("directory"));
    CHECK_FALSE(admits(*users, peer("Ann", "guessed")));
    CHECK(admits(*users, peer("Bob", "secret123", "realm2")));
    CHECK_FALSE(admits(*users, peer("Bob", "secret123", "realm1")));
}

TEST_CASE("wampcra: whom a source does not know is challenged as whom it does", "[auth-wampcra]")
{
    const auto users = with_directory({{"secret", derived_key}, {"salt", "salt123"}});
    auto known = peer("Ann", "secret123");
    REQUIRE(decide(*users, known).granted());
    auto stranger = peer("stranger", "secret123");
    const auto refused = decide(*users, stranger);
    REQUIRE_FALSE(refused.granted());
    CHECK(refused.reason() == uri_of(errc::authentication_denied));
    REQUIRE(stranger.challenges.size() == 1);
    const auto& extra = stranger.challenges[0];
    CHECK(keys_of(extra) == keys_of(known.challenges[0]));
    CHECK(std::regex_match(*extra.find("salt")->get_if<std::string>(), std::regex("[0-9a-z]{7}")));
    const auto content = content_of_challenge(extra);
    CHECK(*content.find("authrole") == value("staff"));
    CHECK(*content.find("authprovider") == value("directory"));
    CHECK(salt_for(*users, "stranger") == *extra.find("salt")->get_if<std::string>());

    // Before anybody was found, too.
    CHECK(keys_of(challenge_for(*with_directory({}), "stranger")) == std::vector<std::string>{"challenge"});
}

TEST_CASE("wampcra: credentials of a source that cannot be used", "[auth-wampcra]")
{
    const auto failure = [](dict credentials, const std::string& what) {
        const auto users = with_directory(std::move(credentials));
        CHECK_THROWS_WITH(decide(*users, peer("Ann", "secret123")), "unusable credentials of Ann: " + what);
    };
    failure({}, "needs the key 'secret'");
    failure({{"secret", ""}}, "secret: must not be empty");
    failure({{"secret", "secret123"}, {"salt", "salt123"}},
            "secret: must be the base64 of 32 octets, as derived with 'salt'");
    failure({{"secret", "secret123"}, {"salt", "salt123"}, {"secret_is_derived", false}},
            "secret_is_derived: must be true where principals come from a source");
}

TEST_CASE("wampcra: options that make no sense are named", "[auth-wampcra]")
{
    const auto problem = [](const dict& options) { return problems_of(auth::register_wampcra, "wampcra", options); };
    const auto with_joe = [&](dict joe) { return problem({{"users", dict{{"joe", std::move(joe)}}}}); };
    const auto with_salted = [&](std::string_view key, value content) {
        dict joe = salted();
        joe.set(key, std::move(content));
        return with_joe(std::move(joe));
    };
    CHECK(problem({}) == problems{"needs the key 'users'"});
    CHECK(problem({{"type", "ldap"}}) == problems{"type: unknown type 'ldap'"});
    CHECK(problem({{"users", dict{}}}) == problems{"users: must not be empty"});
    CHECK(problem({{"principals", dict{}}, {"users", dict{{"joe", salted()}}}}) == problems{"principals: unknown key"});
    CHECK(problem({{"mock-secret", ""}, {"users", dict{{"joe", salted()}}}}) ==
          problems{"mock-secret: must not be empty"});
    CHECK(with_joe({{"role", "user"}}) == problems{"users.joe: needs the key 'secret'"});
    CHECK(with_joe({{"secret", ""}}) == problems{"users.joe.secret: must not be empty"});
    CHECK(with_joe({{"secret", "x"}, {"ticket", "y"}}) == problems{"users.joe.ticket: unknown key"});
    CHECK(with_joe({{"secret", "x"}, {"iterations", 5}, {"keylen", 32}, {"secret_is_derived", true}}) ==
          problems{"users.joe.iterations: warning: has no effect without 'salt'",
                   "users.joe.keylen: warning: has no effect without 'salt'",
                   "users.joe.secret_is_derived: warning: has no effect without 'salt'"});
    CHECK(with_salted("salt", "") == problems{"users.joe.salt: must not be empty"});
    CHECK(with_salted("iterations", 0) == problems{"users.joe.iterations: must be from 1 to 10000000"});
    CHECK(with_salted("iterations", 10'000'001) == problems{"users.joe.iterations: must be from 1 to 10000000"});
    CHECK(with_salted("iterations", 2.5) == problems{"users.joe.iterations: must be an integer, not a real"});
    CHECK(with_salted("keylen", 0) == problems{"users.joe.keylen: must be from 1 to 256"});
    CHECK(with_salted("keylen", 257) == problems{"users.joe.keylen: must be from 1 to 256"});
    CHECK(with_salted("secret_is_derived", "no") ==
          problems{"users.joe.secret_is_derived: must be true or false, not a string"});
    CHECK(with_salted("keylen", 16) ==
          problems{"users.joe.secret: must be the base64 of 16 octets, as derived with 'salt'"});
    CHECK(with_salted("secret", "the password") ==
          problems{"users.joe.secret: must be the base64 of 32 octets, as derived with 'salt'"});
    CHECK(with_salted("realm", "realm1") == problems());
}

TEST_CASE("wampcra: a login costs the same for known and unknown authids, however long a key takes to derive",
          "[auth-wampcra]")
{
    const auto users = with_users({{"known", dict{{"secret", "secret123"},
                                                  {"salt", "0123456789abcdef"},
                                                  {"iterations", 100'000},
                                                  {"secret_is_derived", false}}}});
    using clock = std::chrono::steady_clock;
    const auto duration = [&](const char* authid) {
        auto exchange = forger(authid, "", [](auto) { return std::string(); });
        exchange.answer = [](const dict&) { return proof{"guessed", {}}; };
        const auto start = clock::now();
        REQUIRE_FALSE(decide(*users, exchange).granted());
        return clock::now() - start;
    };
    // The best of many, so that a busy machine does not count: it differs by much only if the work does.
    auto known = clock::duration::max();
    auto unknown = clock::duration::max();
    for (int round = 0; round < 200; ++round) {
        known = std::min(known, duration("known"));
        unknown = std::min(unknown, duration("nobody"));
    }
    CHECK(known < unknown * 3);
    CHECK(unknown < known * 3);
}

TEST_CASE("wampcra: serves peers on several threads", "[auth-wampcra]")
{
    const auto users = with_directory({{"secret", "secret123"}});
    std::vector<int> granted(4);
    {
        std::vector<std::jthread> threads;
        for (auto& count : granted) {
            threads.emplace_back([&] {
                for (int round = 0; round < 50; ++round) {
                    scripted_exchange joe("realm1", "Joe");
                    joe.answer = [](const dict& extra) {
                        const auto* const text = extra.find("challenge")->get_if<std::string>();
                        return proof{wampcra_signature("secret123", *text), {}};
                    };
                    count += decide(*users, joe).granted() ? 1 : 0;
                    joe.said.authid = "stranger";
                    count += decide(*users, joe).granted() ? 1000 : 0;
                }
            });
        }
    }
    CHECK(granted == std::vector<int>(4, 50));
}
