// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What decides whether a HELLO is taken, and by which authmethod.

#include <span>
#include <string>
#include <string_view>

#include <boost/system/result.hpp>

#include <junctor/base/errc.hpp>
#include <junctor/message/details.hpp>
#include <junctor/message/messages.hpp>

namespace junctor {

/// Why a peer may not join, to be told in ABORT.
struct join_refusal {
    errc code{};
    std::string text;
};

/// Makes `boost::system::result<T, join_refusal>::value()` throw what it should.
[[noreturn]] void throw_exception_from_error(const join_refusal& refusal, const boost::source_location& where);

/// The authmethods that a HELLO wants, in the order of its preference: "anonymous" if it names none.
/// An empty list of methods means the same as no list: clients in use send it.
[[nodiscard]] std::vector<std::string> wanted_authmethods(const hello_details& details);

/// The first method wanted that is also offered, or `errc::no_matching_auth_method` with a text that names both lists.
[[nodiscard]] boost::system::result<std::string, join_refusal> pick_authmethod(const hello_details& details,
                                                                               std::span<const std::string> offered);

/// Checks the details of a HELLO: at least one role of a client must be announced (`errc::no_such_role`).
[[nodiscard]] boost::system::result<hello_details, join_refusal> check_hello(const hello& m);

} // namespace junctor
