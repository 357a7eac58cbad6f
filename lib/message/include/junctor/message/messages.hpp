// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// One struct for each WAMP message, with the one description that both decoding and encoding follow.
///
/// A message is a view: its texts and slices point into the bytes it was decoded from, or into what the sender holds.
/// `elements` names the elements of a message in their order, `fields` the keys of a dict of options or details; a new
/// option is a member and a line there. An empty text, an absent slice and a default stand for a key that is not given.
/// Options that are rare and take much room stand together in a struct of their own, which is there if one of them is.

#include <variant>

#include <junctor/message/message_type.hpp>
#include <junctor/message/payload.hpp>
#include <junctor/message/pubsub_messages.hpp>
#include <junctor/message/rpc_messages.hpp>
#include <junctor/message/session_messages.hpp>

namespace junctor {

/// Any message.
using message = std::variant<hello, welcome, abort, challenge, authenticate, goodbye, error, publish, published,
                             subscribe, subscribed, unsubscribe, unsubscribed, event, call, cancel, result, register_,
                             registered, unregister, unregistered, invocation, interrupt, yield>;

/// A message of which nothing is given. To copy it takes less time than to make it: for that, compilers clear all of
/// its memory first, by an instruction that takes long to begin.
template <class Message>
inline constexpr Message blank_message{};

/// The type of the message that `m` holds.
[[nodiscard]] inline message_type type_of(const message& m) noexcept
{
    return std::visit([](const auto& alternative) { return alternative.type; }, m);
}

} // namespace junctor
