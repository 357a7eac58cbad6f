// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Several authenticators for one authmethod.

#include <memory>
#include <vector>

#include <junctor/auth/authenticator.hpp>

namespace junctor {

/// Lets the first of several authenticators that recognises a peer decide, and the last one if none does: it refuses a
/// stranger as it refuses a wrong secret.
class first_match final : public authenticator {
public:
    /// Throws `std::invalid_argument` if `all` is empty.
    explicit first_match(std::vector<std::unique_ptr<authenticator>> all);

    [[nodiscard]] awaitable<verdict> authenticate(auth_exchange& exchange) override;
    [[nodiscard]] bool recognises(const auth_exchange& exchange) const override;
    [[nodiscard]] bool applies_to(const transport_facts& facts, std::string_view realm) const override;

private:
    std::vector<std::unique_ptr<authenticator>> all_;
};

} // namespace junctor
