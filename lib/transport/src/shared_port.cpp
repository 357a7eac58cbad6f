// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/shared_port.hpp>

namespace junctor {

namespace {

bool serves_below(const web_path& path) noexcept
{
    return path.service != nullptr && path.service->serves_below();
}

bool leads_to(const web_path& path, std::string_view asked) noexcept
{
    if (asked == path.at)
        return true;
    if (!serves_below(path))
        return false;
    return path.at == "/" || (asked.starts_with(path.at) && asked[path.at.size()] == '/');
}

} // namespace

std::vector<std::shared_ptr<listening_transport>> parts_of(const shared_port& port)
{
    std::vector<std::shared_ptr<listening_transport>> parts;
    if (port.rawsocket != nullptr)
        parts.push_back(port.rawsocket);
    for (const auto& path : port.paths) {
        if (path.transport != nullptr)
            parts.push_back(path.transport);
    }
    return parts;
}

const web_path* find_path(const shared_port& port, std::string_view path) noexcept
{
    const web_path* longest = nullptr;
    for (const auto& candidate : port.paths) {
        if (leads_to(candidate, path) && (longest == nullptr || candidate.at.size() > longest->at.size()))
            longest = &candidate;
    }
    return longest;
}

} // namespace junctor
