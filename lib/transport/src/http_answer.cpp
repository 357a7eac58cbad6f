// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "http_answer.hpp"

#include <chrono>
#include <stdexcept>

#include <fmt/chrono.h>
#include <fmt/format.h>

namespace junctor {

namespace {

bool is_one_line(std::string_view text) noexcept
{
    return text.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos;
}

/// Whether an answer of that status says how long its body is. Spec: RFC 9110, section 8.6.
bool has_length(unsigned status) noexcept
{
    constexpr unsigned first_final_status = 200;
    return status >= first_final_status && status != 204 && status != 304;
}

} // namespace

std::uint64_t body_size(const http_response& response) noexcept
{
    return response.file ? response.file->size : response.body.size();
}

std::string head_of(const http_response& response, const http_answer_context& context)
{
    auto head = fmt::format("HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %T} GMT\r\n", response.status,
                            reason_phrase(response.status),
                            fmt::gmtime(std::chrono::system_clock::to_time_t(std::chrono::system_clock::now())));
    if (context.settings.server_shown)
        head += "Server: Junctor\r\n";
    for (const auto& field : response.fields) {
        if (field.name.empty() || !is_one_line(field.name) || !is_one_line(field.value))
            throw std::invalid_argument(fmt::format("field {} of an answer has more than one line", field.name));
        head += fmt::format("{}: {}\r\n", field.name, field.value);
    }
    if (has_length(response.status))
        head += fmt::format("Content-Length: {}\r\n", body_size(response));
    if (context.secure && context.settings.hsts)
        head += fmt::format("Strict-Transport-Security: max-age={}\r\n", context.settings.hsts_max_age.count());
    head += context.keeps_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
    return head;
}

} // namespace junctor
