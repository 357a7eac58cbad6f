// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A path that always gives the same answer.

#include <string>
#include <utility>
#include <vector>

#include <junctor/transport/web_service.hpp>

namespace junctor {

/// Answers GET and HEAD with the same text, and other methods with 405.
class fixed_answer final : public web_service {
public:
    /// `fields` say what the text is: `Content-Type` at least.
    fixed_answer(unsigned status, std::vector<http_field> fields, std::string body)
        : status_{status}, fields_{std::move(fields)}, body_{std::move(body)}
    {
    }

    awaitable<http_response> answer(const http_request& request, shard_services& here) override;

private:
    unsigned status_;
    std::vector<http_field> fields_;
    std::string body_;
};

/// What is answered to a method other than `allowed`, such as "GET, HEAD": 405, with these.
[[nodiscard]] http_response method_refused(std::string allowed);

} // namespace junctor
