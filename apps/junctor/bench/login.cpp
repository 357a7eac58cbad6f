// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "login.hpp"

#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <fmt/format.h>

#include <junctor/auth/private_key_file.hpp>

#include "failure.hpp"

namespace junctor::bench {
namespace {

/// Without the end of its line. What cannot be read is empty.
std::string read_file(const std::string& name)
{
    std::ifstream file(name, std::ios::binary);
    std::string content{std::istreambuf_iterator<char>(file), {}};
    if (content.ends_with('\n'))
        content.pop_back();
    if (content.ends_with('\r'))
        content.pop_back();
    if (content.empty())
        throw bad_options(fmt::format("the file {} is empty or cannot be read", name));
    return content;
}

std::string read_secret(const options& what)
{
    if (!what.secret_file.empty())
        return read_file(what.secret_file);
    const auto* const content = std::getenv(secret_variable);
    if (content == nullptr || *content == '\0')
        throw bad_options(fmt::format("{} needs a secret: name a --secret-file, or set the environment variable {}",
                                      what.authmethod, secret_variable));
    return content;
}

secret read_seed(const options& what)
{
    auto seed = auth::private_key_from_hex(read_secret(what));
    if (seed.empty())
        throw bad_options("the secret of cryptosign must be 64 hexadecimal digits, the seed of a private key");
    return seed;
}

/// Whatever the router demands is measured, also what clients that have something to lose would refuse.
client::scram_options scram_options_of_benchmark()
{
    client::scram_options options;
    options.limits.pbkdf2_iterations_min = 1;
    options.limits.argon2_filled_min = 1;
    return options;
}

client::shared_credentials make_credentials(const options& what)
{
    if (what.authmethod.empty())
        return nullptr;
    if (what.authmethod == "anonymous")
        return client::anonymous(what.authid);
    if (what.authmethod == "ticket")
        return client::ticket(what.authid, secret(read_secret(what)));
    if (what.authmethod == "wampcra")
        return client::wampcra(what.authid, secret(read_secret(what)));
    if (what.authmethod == "wamp-scram")
        return client::scram(what.authid, secret(read_secret(what)), scram_options_of_benchmark());
    if (what.authmethod == "cryptosign")
        return client::cryptosign(what.authid, read_seed(what));
    throw bad_options(fmt::format("a benchmark does not know the authmethod {}", what.authmethod));
}

awaitable<void> keep_answer(login& asked, const client::received_challenge& challenge, std::optional<proof>& into)
{
    auto given = co_await asked.answer(challenge);
    into = std::move(given);
}

} // namespace

logins::logins(const options& what) : credentials_{make_credentials(what)}, io_{1} {}

std::unique_ptr<login> logins::begin() const
{
    return credentials_ ? credentials_->begin({}) : nullptr;
}

proof logins::answer(login& asked, const client::received_challenge& challenge)
{
    std::optional<proof> given;
    std::exception_ptr thrown;
    boost::asio::co_spawn(io_.get_executor(), keep_answer(asked, challenge, given),
                          [&](const std::exception_ptr& outcome) { thrown = outcome; });
    io_.restart();
    io_.run();
    try {
        if (thrown)
            std::rethrow_exception(thrown);
        return std::move(given).value();
    } catch (const client::login_failed& refused) {
        throw failure(refused.what());
    }
}

dict hello_details(const login* asked)
{
    if (asked == nullptr)
        return {};
    auto claims = asked->claims();
    dict details{{"authmethods", list(claims.authmethods.begin(), claims.authmethods.end())}};
    if (!claims.authid.empty())
        details.set("authid", std::move(claims.authid));
    if (!claims.authextra.empty())
        details.set("authextra", std::move(claims.authextra));
    return details;
}

} // namespace junctor::bench
