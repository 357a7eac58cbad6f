// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Answers that depend on what of a file the client has already: conditions and ranges.

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include <junctor/transport/http_message.hpp>

namespace junctor {

/// What a client knows the state of a file by.
struct file_version {
    std::string tag; ///< The entity tag, in quotes.
    std::time_t modified{};
};

/// The status that the conditions of `request`, which is GET or HEAD, lead to: 412 if they do not hold, 304 if the
/// client has this version already, otherwise 200. A field that cannot be read is passed over. Spec: RFC 9110, section
/// 13.2.2.
[[nodiscard]] unsigned status_by_conditions(const http_request& request, const file_version& now);

/// A part of a file, in bytes.
struct byte_range {
    std::uint64_t offset{};
    std::uint64_t size{};
};

/// What of a file of `size` bytes is asked for.
struct asked_range {
    enum class kind : std::uint8_t { whole, part, none }; ///< None: the part lies beyond the end of the file.

    kind what{kind::whole};
    byte_range part{};
};

/// The range that `request` asks for. Only GET can ask for one; several ranges at once, units other than bytes and what
/// cannot be read stand for the whole, as they do if `If-Range` names another version. Spec: RFC 9110, sections 13.1.5
/// and 14.2.
[[nodiscard]] asked_range read_range(const http_request& request, const file_version& now, std::uint64_t size);

} // namespace junctor
