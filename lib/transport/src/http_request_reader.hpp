// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Reads one request of HTTP, whose head has come.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/base/bytes.hpp>
#include <junctor/transport/http_message.hpp>

namespace junctor {

/// A request from its head to the end of its body. Spec: RFC 9112.
class http_request_reader {
public:
    /// `head` ends with its empty line, unless it is longer than `limits::http_head_bytes_max`.
    explicit http_request_reader(std::string_view head);
    http_request_reader(const http_request_reader&) = delete;
    http_request_reader& operator=(const http_request_reader&) = delete;
    ~http_request_reader();

    /// The status that must be answered since the request is bad, too long, or of another version; 0 if it is not.
    [[nodiscard]] unsigned fault() const noexcept { return fault_; }

    /// What has been read of it. Without fault, all but the body is there from the beginning.
    [[nodiscard]] http_request& request() noexcept { return request_; }

    /// Whether the client sends the body only when it has been told to.
    [[nodiscard]] bool awaits_continue() const;

    /// Whether another request may follow on the connection: not if something of this one has not been read.
    [[nodiscard]] bool keeps_alive() const;

    /// Bounds the body, before it is read.
    void limit_body(std::size_t bytes_max);

    /// Takes what belongs to the body from the front of `input`. Returns whether all of it has come.
    [[nodiscard]] bool read_body(byte_buffer& input);

private:
    struct parser;

    void take_head();

    std::unique_ptr<parser> parser_;
    http_request request_;
    unsigned fault_{0};
};

/// The path of `target` without percent-encoding; nothing if it is none that is safe to look up: see `http_request`.
[[nodiscard]] std::optional<std::string> decode_path(std::string_view target);

} // namespace junctor
