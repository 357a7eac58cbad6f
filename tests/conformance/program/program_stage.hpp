// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Conversations with the program, through sockets.

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "running_program.hpp"
#include "support/stage.hpp"

namespace junctor::test {

class program_line;

/// A realm of its own in a program that other conversations were with before. Time passes as it does.
class program_stage final : public stage {
public:
    /// `program` must outlive the stage.
    program_stage(running_program& program, realm_options options);

    [[nodiscard]] std::unique_ptr<line> join(const std::string& name, const guest& who, serializer format) override;
    void set_role(const std::string& name, const std::vector<permission_rule>& rules) override;
    void wait(std::chrono::milliseconds time) override;
    [[nodiscard]] time_point now() const override { return std::chrono::steady_clock::now(); }
    void close(close_reason reason) override;
    [[nodiscard]] std::size_t registration_count() override;
    [[nodiscard]] std::size_t subscription_count() override;
    [[nodiscard]] std::size_t retaining_topic_count() override;
    [[nodiscard]] std::string realm_name() const override { return realm_.name; }

    // For lines

    [[nodiscard]] running_program& program() noexcept { return program_; }

    /// Lets what was sent on other lines than `one` take effect; on all lines, if it is null.
    void settle_all_but(const program_line* one);

    /// Something was sent on `one` that may not have taken effect yet; or all has.
    void has_sent(program_line& one);
    void has_settled(program_line& one);

private:
    void serve();
    [[nodiscard]] value ask(const std::string& procedure, list args);
    [[nodiscard]] std::size_t count_patterns(const std::string& procedure);

    running_program& program_;
    realm_config realm_;
    std::vector<program_line*> unsettled_;
    bool joined_{false}; ///< Somebody has.
    int observers_{0};
};

} // namespace junctor::test
