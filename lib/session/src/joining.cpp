// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/session/joining.hpp>

#include <algorithm>

#include <boost/throw_exception.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <junctor/base/excerpt.hpp>

namespace junctor {

void throw_exception_from_error(const join_refusal& refusal, const boost::source_location& where)
{
    boost::throw_exception(boost::system::system_error(make_error_code(refusal.code), refusal.text), where);
}

std::vector<std::string> wanted_authmethods(const hello_details& details)
{
    if (details.authmethods.empty())
        return {"anonymous"};
    return details.authmethods;
}

boost::system::result<std::string, join_refusal> pick_authmethod(const hello_details& details,
                                                                 std::span<const std::string> offered)
{
    auto wanted = wanted_authmethods(details);
    const auto at = std::find_first_of(wanted.begin(), wanted.end(), offered.begin(), offered.end());
    if (at != wanted.end())
        return std::move(*at);
    return join_refusal{errc::no_matching_auth_method,
                        fmt::format("the client offers [{}], this transport takes [{}]",
                                    excerpt(fmt::format("{}", fmt::join(wanted, ", "))), fmt::join(offered, ", "))};
}

boost::system::result<hello_details, join_refusal> check_hello(const hello& m)
{
    auto details = read_hello_details(m.details);
    if (!details)
        return join_refusal{errc::protocol_violation, details.error().text()};
    if (details->roles.empty())
        return join_refusal{errc::no_such_role,
                            "HELLO announces no role: one of publisher, subscriber, caller, callee"};
    return std::move(*details);
}

} // namespace junctor
