// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Requests and answers of HTTP, as services of a web transport see them.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/auth/transport_facts.hpp>
#include <junctor/transport/file_descriptor.hpp>

namespace junctor {

/// A field of the head of a request or an answer.
struct http_field {
    std::string name;
    std::string value;
};

/// The value of the first of `fields` with that name, whatever its case; nothing if there is none.
[[nodiscard]] std::optional<std::string_view> find_field(const std::vector<http_field>& fields, std::string_view name);

/// A request, whole and within all bounds.
struct http_request {
    std::string method; ///< Such as "GET".
    std::string target; ///< As it was asked for, with its query; begins with "/".
    std::string path;   ///< Of the target, percent-decoded; begins with "/", has no segment "." or "..", and no zero.
    std::string below;  ///< What of the path follows that of the service: empty, or begins with "/".
    std::string query;  ///< What follows "?" in the target, as it is.
    std::vector<http_field> fields; ///< In their order.
    std::string body;
    transport_facts facts; ///< Who asks. `peer` is the client, also where a trusted proxy stands between.

    /// The value of the first field with that name, whatever its case; empty if there is none.
    [[nodiscard]] std::string_view field(std::string_view name) const;

    /// The values of all fields with that name as one, with commas between them.
    [[nodiscard]] std::string list(std::string_view name) const;
};

/// A part of a file, to be sent as it is.
struct http_file {
    file_descriptor file;
    std::uint64_t offset{0};
    std::uint64_t size{0}; ///< In bytes, from `offset` on. The file has them.
};

/// What a service answers. What concerns the connection, and `Content-Length`, `Date` and `Server`, is added by whoever
/// sends it; to HEAD everything but the body is sent.
struct http_response {
    unsigned status{200};
    std::vector<http_field> fields;
    std::string body;
    std::optional<http_file> file; ///< In place of `body`.
};

/// An answer of `text`, followed by the end of the line, as text/plain in UTF-8.
[[nodiscard]] http_response text_response(unsigned status, std::string text);

/// The reason that HTTP gives with `status`, such as "Not Found".
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

} // namespace junctor
