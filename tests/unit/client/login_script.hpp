// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Clients that log in at an authenticator, without a connection between them.

#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>

#include <junctor/client/authmethods.hpp>

#include "support/scripted_exchange.hpp"

namespace junctor::test {

/// What `login` answers to a CHALLENGE. Throws what it throws.
[[nodiscard]] proof answer_of(client::login& login, std::string method, dict extra);

/// The peer that `login` makes, on a connection with the facts `at_router`: it says HELLO and answers to challenges.
[[nodiscard]] scripted_exchange peer_of(client::login& login, transport_facts at_router = {});

/// WELCOME.Details that the router sends after `given`.
[[nodiscard]] dict welcome_of(const verdict& given, const std::string& authmethod);

/// The verdict of `router` on who logs in by `who`, on a connection that has the same facts at both ends unless
/// `at_router` is given. If it is granted, the client has looked at WELCOME.
[[nodiscard]] verdict log_in(const client::shared_credentials& who, authenticator& router,
                             const transport_facts& at_client = {}, std::optional<transport_facts> at_router = {});

/// The text of the `client::login_failed` that `step` throws. Throws `std::logic_error` if it throws none.
[[nodiscard]] std::string failure_of(const std::function<void()>& step);

/// What `login` says about a CHALLENGE that it does not answer.
[[nodiscard]] std::string refusal_of(client::login& login, std::string method, dict extra);

/// Facts of connections over TLS, with the octets of their channel bindings.
[[nodiscard]] transport_facts over_tls_1_3(std::byte octet = std::byte{7});
[[nodiscard]] transport_facts over_tls_1_2(std::byte octet = std::byte{7});

/// The text under `key`. Fails the test if there is none.
[[nodiscard]] std::string text_in(const dict& content, std::string_view key);

} // namespace junctor::test
