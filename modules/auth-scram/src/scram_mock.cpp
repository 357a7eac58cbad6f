// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram_mock.hpp>

#include <array>
#include <string>

#include <junctor/auth/digest.hpp>

namespace junctor::auth {

namespace {

secret random_secret()
{
    digest octets;
    fill_random(std::as_writable_bytes(std::span(octets.data(), scram_key_bytes)));
    return secret(octets.bytes());
}

} // namespace

scram_mock::scram_mock() : decoy_{random_secret()}, key_{random_secret()} {}

void scram_mock::learn(const scram_credentials& known)
{
    const look seen{known.parameters, known.salt.size()};
    const auto times = ++learnt_[seen];
    const auto usual = learnt_.find(usual_);
    if (!fixed_look_ && (usual == learnt_.end() || times > usual->second))
        usual_ = seen;
}

void scram_mock::derive_salts_from(secret key)
{
    key_ = std::move(key);
}

void scram_mock::pretend(const scram_parameters& parameters)
{
    usual_.first = parameters;
    fixed_look_ = true;
}

binary scram_mock::salt_of(std::string_view authid) const
{
    binary salt;
    for (char block = '1'; salt.size() < usual_.second; ++block) {
        const auto more = hmac_sha256(key_.bytes(), block + std::string(authid));
        salt.insert(salt.end(), more.bytes().begin(), more.bytes().end());
    }
    salt.resize(usual_.second);
    return salt;
}

scram_credentials scram_mock::credentials_of(std::string_view authid) const
{
    return {usual_.first, salt_of(authid), decoy_, decoy_};
}

} // namespace junctor::auth
