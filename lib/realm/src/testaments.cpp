// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/testaments.hpp>

#include <utility>

namespace junctor {

std::optional<testament_scope> parse_testament_scope(std::string_view name) noexcept
{
    if (name == "detached")
        return testament_scope::detached;
    if (name == "destroyed")
        return testament_scope::destroyed;
    return std::nullopt;
}

bool testaments::add(testament_scope scope, testament added, const membership_limits& limits)
{
    const auto bytes = added.publication.size();
    if (count_ >= limits.testaments_max || bytes > limits.testament_bytes_max ||
        bytes_ > limits.testament_bytes_max - bytes)
        return false;
    scopes_[static_cast<std::size_t>(scope)].push_back(std::move(added));
    ++count_;
    bytes_ += bytes;
    return true;
}

void testaments::flush(testament_scope scope) noexcept
{
    auto& flushed = scopes_[static_cast<std::size_t>(scope)];
    for (const auto& each : flushed)
        bytes_ -= each.publication.size();
    count_ -= flushed.size();
    flushed.clear();
}

} // namespace junctor
