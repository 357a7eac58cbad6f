// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What nobody but its owner may see: octets that leave no traces, and comparisons that take the same time for all.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include <junctor/base/bytes.hpp>

namespace junctor {

/// Octets such as a password or a private key. They are overwritten when they are no longer needed. In a process that
/// has called `protect_secrets`, they are in memory that is neither swapped out nor part of core dumps, as long as
/// there is room. An ordinary value type; what `view` and `bytes` return is valid until it changes.
class secret {
public:
    secret() noexcept = default;

    /// A copy of `octets`. Throws `std::bad_alloc`.
    explicit secret(std::string_view octets);
    explicit secret(byte_view octets) : secret(as_text(octets)) {}

    secret(const secret& other) : secret(other.view()) {}
    secret(secret&& other) noexcept;
    secret& operator=(secret other) noexcept;
    ~secret();

    [[nodiscard]] std::string_view view() const noexcept { return {octets_, size_}; }
    [[nodiscard]] byte_view bytes() const noexcept { return as_bytes(view()); }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }
    [[nodiscard]] bool empty() const noexcept { return size_ == 0; }

private:
    char* octets_{nullptr};
    std::size_t size_{0};
};

/// Lets every `secret` from now on be in memory that is kept out of core dumps and, as far as the system allows, out of
/// the swap space. To be called once, before there are other threads.
void protect_secrets() noexcept;

/// The fingerprint of a secret that is only ever compared, so that the secret itself need not be kept: its SHA-256. Not
/// for what people choose as passwords, if it is to be stored.
class secret_digest {
public:
    /// Of no secret at all: nothing matches it.
    secret_digest() noexcept = default;
    explicit secret_digest(std::string_view octets);

    /// Whether `offered` is the secret. Takes a time that depends on the length of `offered` only.
    [[nodiscard]] bool matches(std::string_view offered) const;

private:
    std::array<std::byte, 32> digest_{};
    bool present_{false};
};

/// Compares two secrets in a time that depends on their lengths only.
[[nodiscard]] bool equal_constant_time(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] bool equal_constant_time(byte_view a, byte_view b) noexcept;

/// Fills `octets` from the system's source of random numbers. Throws `std::runtime_error` if there are none to be had.
void fill_random(std::span<std::byte> octets);

} // namespace junctor
