// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What kinds of content files have, by their names.

#include <map>
#include <string>
#include <string_view>

namespace junctor {

/// Kinds of content by the ends of names. A plain value.
class content_types {
public:
    /// Files whose names end with `extension`, such as ".svg", are of `type`. In place of what was known about it.
    content_types& add(std::string extension, std::string type);

    /// The value of `Content-Type` for the file `name`: "application/octet-stream" if its extension is not known.
    [[nodiscard]] std::string of(std::string_view name) const;

private:
    std::map<std::string, std::string, std::less<>> added_;
};

} // namespace junctor
