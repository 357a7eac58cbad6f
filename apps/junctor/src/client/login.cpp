// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "login.hpp"

#include <array>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <stdexcept>
#include <string_view>

#include <fmt/format.h>
#include <openssl/crypto.h>

#include <junctor/auth/private_key_file.hpp>

#include "outcome.hpp"

namespace junctor::cli {
namespace {

/// More than any secret that somebody types or copies.
constexpr std::size_t secret_bytes_max = 4096;

/// The first line of the file `path`, without its end.
secret read_secret_file(const std::string& path)
{
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> file(std::fopen(path.c_str(), "re"), std::fclose);
    if (file == nullptr)
        throw bad_usage(fmt::format("the secret file {} cannot be read", path));
    std::setvbuf(file.get(), nullptr, _IONBF, 0); // A buffer of the library would keep the secret.
    std::array<char, secret_bytes_max + 1> octets{};
    const auto size = std::fread(octets.data(), 1, octets.size(), file.get());
    const std::string_view all(octets.data(), size);
    const secret line(all.substr(0, all.find_first_of("\r\n")));
    OPENSSL_cleanse(octets.data(), octets.size());
    if (line.size() > secret_bytes_max)
        throw bad_usage(fmt::format("the secret in {} is longer than {} octets", path, secret_bytes_max));
    return line;
}

secret take_secret(const joining_options& what)
{
    const auto* const content = std::getenv(secret_variable); // NOLINT(concurrency-mt-unsafe): the only thread.
    auto found = content != nullptr ? secret(std::string_view(content)) : secret();
    unsetenv(secret_variable); // NOLINT(concurrency-mt-unsafe)
    return what.secret_file.empty() ? found : read_secret_file(what.secret_file);
}

const secret& need(const secret& found, std::string_view authmethod)
{
    if (found.empty())
        throw bad_usage(fmt::format("{} needs a secret: name a --secret-file, or set the environment variable {}",
                                    authmethod, secret_variable));
    return found;
}

client::shared_credentials make_cryptosign(const joining_options& what, const secret& found)
{
    if (!what.private_key.empty())
        return client::cryptosign(what.authid, auth::read_private_key(what.private_key));
    auto seed = auth::private_key_from_hex(need(found, "cryptosign").view());
    if (seed.empty())
        throw bad_usage("the secret of cryptosign must be 64 hexadecimal digits, the seed of a private key");
    return client::cryptosign(what.authid, std::move(seed));
}

client::shared_credentials make_scram(const joining_options& what, const secret& found, auth::scram_dialect dialect)
{
    client::scram_options how;
    how.dialect = dialect;
    return client::scram(what.authid, need(found, what.authmethod), how);
}

client::shared_credentials choose(const joining_options& what, const secret& found)
{
    if (!what.private_key.empty())
        return make_cryptosign(what, found);
    if (what.authid.empty() || found.empty())
        return client::anonymous(what.authid);
    return client::any_of({make_scram(what, found, auth::scram_dialect::spec), client::wampcra(what.authid, found)});
}

client::shared_credentials make(const joining_options& what, const secret& found)
{
    const auto& method = what.authmethod;
    if (method.empty())
        return choose(what, found);
    if (method == "ticket")
        return client::ticket(what.authid, need(found, method));
    if (method == "wampcra")
        return client::wampcra(what.authid, need(found, method));
    if (method == "wamp-scram")
        return make_scram(what, found, auth::scram_dialect::spec);
    if (method == "scram")
        return make_scram(what, found, auth::scram_dialect::crossbar);
    if (method == "cryptosign")
        return make_cryptosign(what, found);
    return method == "tls" ? client::tls(what.authid) : client::anonymous(what.authid);
}

} // namespace

client::shared_credentials make_credentials(const joining_options& what)
{
    const auto found = take_secret(what);
    try {
        return make(what, found);
    } catch (const std::invalid_argument& wrong) {
        throw bad_usage(wrong.what());
    }
}

} // namespace junctor::cli
