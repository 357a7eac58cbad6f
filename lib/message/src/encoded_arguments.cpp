// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/encoded_arguments.hpp>

#include <utility>

#include <junctor/codec/codec.hpp>

namespace junctor {

namespace {

template <class T>
T decoded_or_empty(const encoded& slice)
{
    if (slice.present()) {
        auto tree = read_value(slice);
        if (auto* const content = tree ? tree->get_if<T>() : nullptr)
            return std::move(*content);
    }
    return T();
}

} // namespace

encoded_arguments::encoded_arguments(const arguments& content, serializer format) : format_{format}
{
    if (!content.args.empty() || !content.kwargs.empty())
        write_value(content.args, format, args_);
    if (!content.kwargs.empty())
        write_value(content.kwargs, format, kwargs_);
}

arguments decode_arguments(const payload& body)
{
    return {decoded_or_empty<list>(body.args), decoded_or_empty<dict>(body.kwargs)};
}

} // namespace junctor
