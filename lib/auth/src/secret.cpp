// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/secret.hpp>

#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <openssl/sha.h>

namespace junctor {

namespace {

/// Room for the secrets of tens of thousands of principals.
constexpr std::size_t protected_bytes = std::size_t{2} << 20;
constexpr std::size_t protected_bytes_min = 32;

char* allocate(std::size_t size)
{
    auto* octets = static_cast<char*>(OPENSSL_secure_malloc(size));
    if (octets == nullptr) // No room left there: better unprotected than not at all.
        octets = static_cast<char*>(OPENSSL_malloc(size));
    if (octets == nullptr)
        throw std::bad_alloc();
    return octets;
}

std::array<std::byte, 32> sha256(std::string_view octets)
{
    std::array<std::byte, 32> digest{};
    SHA256(reinterpret_cast<const unsigned char*>(octets.data()), octets.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

} // namespace

secret::secret(std::string_view octets) : size_{octets.size()}
{
    if (octets.empty())
        return;
    octets_ = allocate(octets.size());
    std::memcpy(octets_, octets.data(), octets.size());
}

secret::secret(secret&& other) noexcept
    : octets_{std::exchange(other.octets_, nullptr)}, size_{std::exchange(other.size_, 0)}
{
}

secret& secret::operator=(secret other) noexcept
{
    std::swap(octets_, other.octets_);
    std::swap(size_, other.size_);
    return *this;
}

secret::~secret()
{
    OPENSSL_secure_clear_free(octets_, size_);
}

void protect_secrets() noexcept
{
    CRYPTO_secure_malloc_init(protected_bytes, protected_bytes_min);
}

secret_digest::secret_digest(std::string_view octets) : digest_{sha256(octets)}, present_{true} {}

bool secret_digest::matches(std::string_view offered) const
{
    const auto digest = sha256(offered);
    const bool same = equal_constant_time(byte_view(digest), byte_view(digest_));
    return same && present_;
}

bool equal_constant_time(std::string_view a, std::string_view b) noexcept
{
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

bool equal_constant_time(byte_view a, byte_view b) noexcept
{
    return equal_constant_time(as_text(a), as_text(b));
}

void fill_random(std::span<std::byte> octets)
{
    if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(octets.size())) != 1)
        throw std::runtime_error("no random numbers are to be had");
}

} // namespace junctor
