// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// The module as the router uses it: loaded from its file, made from options, and asked about a peer.

#if __has_include(<catch2/catch_test_macros.hpp>)
#include <catch2/catch_test_macros.hpp>
#else
#include <catch2/catch.hpp>
#endif

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include <junctor/auth/load_module.hpp>

namespace {

/// A peer that has said HELLO and answers every challenge with `signature`.
class peer final : public junctor::auth_exchange {
public:
    peer(std::string authid, std::string signature) : signature_{std::move(signature)}
    {
        hello_.realm = "realm1";
        hello_.authid = std::move(authid);
    }

    const junctor::auth_hello& hello() const noexcept override { return hello_; }
    const std::string& authmethod() const noexcept override { return authmethod_; }
    const junctor::transport_facts& transport() const noexcept override { return transport_; }
    std::uint64_t session_number() const noexcept override { return 4711; }

    junctor::awaitable<junctor::proof> challenge(junctor::dict) override
    {
        ++challenges;
        junctor::proof answer{signature_, {}};
        co_return answer;
    }

    junctor::awaitable<junctor::procedure_answer> call(std::string, std::string, junctor::list) override
    {
        throw std::logic_error("there is no procedure");
    }

    int challenges{0};

private:
    junctor::auth_hello hello_;
    std::string authmethod_{"pin"};
    junctor::transport_facts transport_;
    std::string signature_;
};

/// Takes nothing but options that are right.
class strict final : public junctor::option_problems {
public:
    void error(const junctor::option_path&, std::string text, std::string) override { throw std::logic_error(text); }
    void warning(const junctor::option_path&, std::string text, std::string) override { throw std::logic_error(text); }
    void unknown_key(const junctor::option_path& where, std::span<const std::string>) override
    {
        throw std::logic_error("unknown key: " + where.back());
    }
};

/// An authenticator of the module, made from the value of `auth.pin`.
std::unique_ptr<junctor::authenticator> make(const junctor::dict& content)
{
    static const auto registry = [] {
        junctor::module_registry modules;
        junctor::load_module(JUNCTOR_MODULE_FILE, modules);
        return modules;
    }();
    strict problems;
    const junctor::option_context context{".", {}, problems, registry};
    junctor::module_options options(content, context);
    auto made = (*registry.find_authenticator("pin"))(options);
    options.finish();
    return made;
}

junctor::awaitable<void> keep_verdict(junctor::authenticator& decides, peer& one,
                                      std::optional<junctor::verdict>& outcome)
{
    auto given = co_await decides.authenticate(one);
    outcome = std::move(given);
}

junctor::verdict decide(junctor::authenticator& decides, peer& one)
{
    boost::asio::io_context io;
    std::optional<junctor::verdict> outcome;
    boost::asio::co_spawn(io.get_executor(), keep_verdict(decides, one, outcome), [](const std::exception_ptr&) {});
    io.run();
    return outcome.value(); // Throws if there is none.
}

const junctor::dict staff{{"principals", junctor::dict{{"ann", junctor::dict{{"pin", "1234"}, {"role", "staff"}}}}}};

} // namespace

TEST_CASE("pin: who knows the PIN joins with the role of the authid")
{
    peer ann("ann", "1234");
    const auto granted = decide(*make(staff), ann);
    REQUIRE(granted.granted());
    CHECK(granted.who().authid == "ann");
    CHECK(granted.who().authrole == "staff");
}

TEST_CASE("pin: a wrong PIN and an unknown authid are refused alike")
{
    const auto made = make(staff);
    peer ann("ann", "4321");
    peer stranger("joe", "1234");
    const auto wrong = decide(*made, ann);
    const auto unknown = decide(*made, stranger);
    REQUIRE_FALSE(wrong.granted());
    REQUIRE_FALSE(unknown.granted());
    CHECK(wrong.reason() == "wamp.error.authentication_denied");
    CHECK(unknown.reason() == wrong.reason());
    CHECK(unknown.message() == wrong.message());
    CHECK(stranger.challenges == ann.challenges);
}

TEST_CASE("pin: every principal needs a PIN")
{
    CHECK_THROWS_AS(make({{"principals", junctor::dict{{"ann", junctor::dict{{"role", "staff"}}}}}}), std::logic_error);
}
