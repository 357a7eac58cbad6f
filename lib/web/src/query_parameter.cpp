// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/query_parameter.hpp>

#include <algorithm>

#include <junctor/base/hex.hpp>

namespace junctor {

namespace {

/// `text` without its encoding. What is not encoded as it should be stays as it is.
std::string decoded(std::string_view text)
{
    std::string plain;
    for (std::size_t at = 0; at != text.size(); ++at) {
        const auto octet = text[at] == '%' && text.size() - at > 2 ? from_hex(text.substr(at + 1, 2)) : std::nullopt;
        if (octet) {
            plain += static_cast<char>(octet->front());
            at += 2;
        } else {
            plain += text[at] == '+' ? ' ' : text[at];
        }
    }
    return plain;
}

} // namespace

std::optional<std::string> query_parameter(std::string_view query, std::string_view name)
{
    while (!query.empty()) {
        const auto end = std::min(query.find('&'), query.size());
        const auto pair = query.substr(0, end);
        query.remove_prefix(std::min(end + 1, query.size()));
        const auto equals = std::min(pair.find('='), pair.size());
        if (decoded(pair.substr(0, equals)) == name)
            return decoded(pair.substr(std::min(equals + 1, pair.size())));
    }
    return std::nullopt;
}

} // namespace junctor
