// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The credentials of the authmethods that come with Junctor.

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <junctor/auth/awaitable.hpp>
#include <junctor/auth/ed25519.hpp>
#include <junctor/auth/scram_key.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/client/credentials.hpp>

namespace junctor::client {

/// Credentials as they are passed around: several clients may have the same.
using shared_credentials = std::shared_ptr<const credentials>;

/// What a client computes for a router that only says it is the right one: a hostile one would have it burn minutes or
/// gigabytes, or give the hash of its password in a form that is guessed soon.
struct derivation_limits {
    /// Iterations of PBKDF2 for all blocks of 32 octets of the key together: several seconds of a slow processor.
    std::int64_t pbkdf2_iterations_max{10'000'000};

    /// For SCRAM, the least that RFC 7677 recommends. Does not hold for wampcra, whose secrets may have no salt at all.
    std::int64_t pbkdf2_iterations_min{4'096};

    /// KiB that Argon2 may use: four times of what `junctor keygen` and RFC 9106 propose.
    std::int64_t argon2_memory_max{262'144};

    /// KiB that Argon2 fills in all its passes, which is iterations times memory. A processor fills about one GiB in a
    /// second; the least is well below what is recommended to anybody.
    std::int64_t argon2_filled_max{8'388'608};
    std::int64_t argon2_filled_min{8'192};
};

/// Whether a proof is tied to the TLS connection that it is sent through, so that nobody between client and router can
/// pass it on. The type is "tls-exporter" (RFC 9266) if the connection has it, and otherwise "tls-unique" (RFC 5929).
/// A router of another make may not know the type, and one behind a proxy that ends TLS cannot: these refuse.
enum class channel_binding : std::uint8_t {
    never,
    if_possible, ///< If the connection is one of TLS with such a type; the client then insists on it.
    required,    ///< Without it `credentials::begin` throws `login_failed`.
};

/// "anonymous": nobody is asked for proof. `authid` is a wish that most routers do not fulfil.
[[nodiscard]] shared_credentials anonymous(std::string authid = {});

/// "tls": the certificate that the client has presented in the TLS handshake is the proof. Fails without TLS. If
/// `authid` is empty, the router knows whose the certificate is.
[[nodiscard]] shared_credentials tls(std::string authid = {});

/// "ticket": the secret itself is the proof. The router, and whoever reads the connection, gets to know it.
[[nodiscard]] shared_credentials ticket(std::string authid, secret ticket);

/// The same with a ticket that is asked for at each CHALLENGE, such as of a human. What `fetch` throws becomes the
/// outcome of `login::answer`. It is called on the thread of the session, by several at the same time if they are on
/// several threads.
[[nodiscard]] shared_credentials ticket(std::string authid, std::function<awaitable<secret>()> fetch);

/// "wampcra": the challenge is signed with `password`, or with the key that is derived from it if the router names a
/// salt. The last key derived is kept. Spec: "Challenge Response Authentication".
[[nodiscard]] shared_credentials wampcra(std::string authid, secret password, const derivation_limits& limits = {});

/// What can be chosen about SCRAM.
struct scram_options {
    auth::scram_dialect dialect{auth::scram_dialect::spec}; ///< Crossbar.io's is the authmethod "scram".
    channel_binding binding{channel_binding::never};        ///< Crossbar.io's dialect has none.
    derivation_limits limits;
};

/// "wamp-scram": proves that the client knows `password` without telling it, and demands that the router proves to know
/// the client as well. The last key derived is kept. The octets of `password` and `authid` are taken as they are: what
/// is not ASCII has to be prepared by SASLprep (RFC 4013) before. Throws `std::invalid_argument` if `authid` or the
/// password is empty, or if a binding is required of a dialect that has none. Spec: "Salted Challenge Response
/// Authentication".
[[nodiscard]] shared_credentials scram(std::string authid, secret password, const scram_options& options = {});

/// What can be chosen about cryptosign.
struct cryptosign_options {
    channel_binding binding{channel_binding::never};

    /// The router must prove to have the private key of this public key before it gets any proof itself.
    std::optional<auth::ed25519_public_key> router_key;
};

/// "cryptosign": the challenge is signed with the private key of the seed `private_key`, as
/// `auth::read_private_key(path)` reads it from a file and `auth::private_key_from_hex(digits)` makes it. If `authid`
/// is empty, the router knows whose the key is. Throws `std::invalid_argument` if `private_key` does not have 32
/// octets. Spec: "Cryptosign-based Authentication", without its trustroots and certificates.
[[nodiscard]] shared_credentials cryptosign(std::string authid, const secret& private_key,
                                            const cryptosign_options& options = {});

/// All of `choices`, the preferred one first: the router picks one that it offers. Those that cannot be used on a
/// connection are left out there; `begin` throws `login_failed` if that leaves none.
///
/// HELLO has one authid and one authextra for all of them. Throws `std::invalid_argument` if `choices` is empty or has
/// null in it; `begin` does if two of them have the same authmethod, name different authids, or claim different things
/// under one key of authextra, such as channel bindings of which only one is `never`.
///
/// A hostile router picks the one that tells it most: next to a ticket, SCRAM protects nothing.
[[nodiscard]] shared_credentials any_of(std::vector<shared_credentials> choices);

} // namespace junctor::client
