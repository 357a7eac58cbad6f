// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Conversations with a realm in the test itself: no sockets, and a clock that stands still until the test moves it.

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/stage.hpp"

namespace junctor::test {

class core_line;

/// A stage that is a `realm` and nothing else.
class core_stage final : public stage {
public:
    core_stage(realm_options options, std::uint64_t seed);

    [[nodiscard]] std::unique_ptr<line> join(const std::string& name, const guest& who, serializer format) override;
    void set_role(const std::string& name, const std::vector<permission_rule>& rules) override;
    void wait(std::chrono::milliseconds time) override;
    [[nodiscard]] time_point now() const override { return now_; }
    void close(close_reason reason) override { realm_.close(reason); }
    [[nodiscard]] std::size_t registration_count() override { return realm_.registration_count(); }
    [[nodiscard]] std::size_t subscription_count() override { return realm_.subscription_count(); }
    [[nodiscard]] std::size_t retaining_topic_count() override;
    [[nodiscard]] std::string realm_name() const override { return realm_.name(); }
    [[nodiscard]] junctor::realm* realm() noexcept override { return &realm_; }

private:
    junctor::realm realm_;
    time_point now_{};
};

} // namespace junctor::test
