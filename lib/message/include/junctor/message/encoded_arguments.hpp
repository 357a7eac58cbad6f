// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Arguments of messages as values, and values as arguments of messages.

#include <cstddef>

#include <junctor/base/arguments.hpp>
#include <junctor/base/bytes.hpp>
#include <junctor/codec/serializer.hpp>
#include <junctor/message/payload.hpp>

namespace junctor {

/// Arguments in encoded form, together with the memory they stand in.
class encoded_arguments {
public:
    encoded_arguments(const arguments& content, serializer format);

    /// Valid as long as this object stays where it is.
    [[nodiscard]] payload view() const noexcept { return {{{format_, args_.view()}}, {{format_, kwargs_.view()}}}; }

    /// How many octets it has.
    [[nodiscard]] std::size_t size() const noexcept { return args_.size() + kwargs_.size(); }

private:
    serializer format_;
    byte_buffer args_;
    byte_buffer kwargs_;
};

/// The arguments in `body`, which has been decoded from a message: those that are absent are empty.
[[nodiscard]] arguments decode_arguments(const payload& body);

} // namespace junctor
