// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The keys that protect the tickets by which TLS sessions are resumed.

#include <array>
#include <chrono>
#include <mutex>
#include <optional>

struct ssl_ctx_st;

namespace junctor {

/// A key with its name, which stands in the tickets that it protects: RFC 5077, section 4. Wiped when it goes.
struct tls_ticket_key {
    std::array<unsigned char, 16> name{};
    std::array<unsigned char, 32> cipher{}; ///< Of AES-256-CBC.
    std::array<unsigned char, 32> mac{};    ///< Of HMAC-SHA256.

    tls_ticket_key() = default;
    tls_ticket_key(const tls_ticket_key&) = default;
    tls_ticket_key& operator=(const tls_ticket_key&) = default;
    ~tls_ticket_key();
};

/// Makes keys from random bytes, and replaces them: one protects new tickets for one lifetime of a ticket, and is known
/// for another, as the last of these tickets are good for so long. Then it is gone, and with it all that could read
/// what it has protected. May be used by several threads.
class tls_ticket_keys {
public:
    using clock = std::chrono::steady_clock;

    explicit tls_ticket_keys(std::chrono::seconds ticket_lifetime) noexcept : lifetime_{ticket_lifetime} {}

    /// The key that protects tickets which are made at `now`; nothing if there are no random bytes to be had.
    [[nodiscard]] std::optional<tls_ticket_key> current(clock::time_point now) noexcept;

    /// The key called `name`, if it is still good at `now`. `name` has as many bytes as the name of a key.
    [[nodiscard]] std::optional<tls_ticket_key> find(const unsigned char* name, clock::time_point now) noexcept;

    /// Has these keys protect the tickets of `context`, which they must outlive.
    void protect(ssl_ctx_st* context);

private:
    struct entry {
        tls_ticket_key key;
        clock::time_point made{};
    };

    void retire(clock::time_point now) noexcept;

    const std::chrono::seconds lifetime_;
    std::mutex mutex_; ///< For what follows.
    std::optional<entry> current_;
    std::optional<entry> former_;
};

} // namespace junctor
