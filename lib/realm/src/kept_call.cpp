// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/kept_call.hpp>

#include <initializer_list>
#include <string_view>

namespace junctor {

kept_call::kept_call(const call& m, arguments which) : message_{m}
{
    if (which == arguments::dropped)
        message_.body = {};
    bytes_.reserve(size_of(message_, arguments::kept)); // so that it stays where it is
    const auto copy = [this](std::string_view original) {
        const auto at = bytes_.size();
        bytes_ += original;
        return std::string_view(bytes_).substr(at);
    };
    message_.procedure = copy(message_.procedure);
    if (auto& routing = message_.options.routing; routing.present())
        (*routing).rkey = copy((*routing).rkey);
    for (auto* const slice : std::initializer_list<encoded*>{&message_.options.forwarded.source, &message_.body.args,
                                                             &message_.body.kwargs})
        slice->bytes = as_bytes(copy(as_text(slice->bytes)));
}

std::size_t kept_call::size_of(const call& m, arguments which) noexcept
{
    const auto body = which == arguments::kept ? m.body.args.bytes.size() + m.body.kwargs.bytes.size() : 0;
    const auto key = m.options.routing.present() ? (*m.options.routing).rkey.size() : 0;
    return m.procedure.size() + key + m.options.forwarded.source.bytes.size() + body;
}

} // namespace junctor
