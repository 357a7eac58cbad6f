// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Pages for people, and texts within them.

#include <string>
#include <string_view>

#include <junctor/transport/http_message.hpp>

namespace junctor {

/// `text` as HTML shows it, also within an attribute.
[[nodiscard]] std::string html_escaped(std::string_view text);

/// `name` as one segment of a path in a URL. Spec: RFC 3986, section 2.1.
[[nodiscard]] std::string percent_encoded(std::string_view name);

/// A page with the title `title` and below it `content`, both HTML. It can load and run nothing.
[[nodiscard]] http_response html_page(std::string_view title, std::string_view content);

} // namespace junctor
