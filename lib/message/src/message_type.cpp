// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/message/message_type.hpp>

#include <array>

namespace junctor {

namespace {

template <class Enum, std::size_t Count>
bool find_by_name(std::string_view name, const std::array<Enum, Count>& all, Enum& found) noexcept
{
    for (const auto candidate : all) {
        if (to_string(candidate) == name) {
            found = candidate;
            return true;
        }
    }
    return false;
}

} // namespace

std::string_view to_string(message_type type) noexcept
{
    switch (type) {
    case message_type::hello: return "HELLO";
    case message_type::welcome: return "WELCOME";
    case message_type::abort: return "ABORT";
    case message_type::challenge: return "CHALLENGE";
    case message_type::authenticate: return "AUTHENTICATE";
    case message_type::goodbye: return "GOODBYE";
    case message_type::error: return "ERROR";
    case message_type::publish: return "PUBLISH";
    case message_type::published: return "PUBLISHED";
    case message_type::subscribe: return "SUBSCRIBE";
    case message_type::subscribed: return "SUBSCRIBED";
    case message_type::unsubscribe: return "UNSUBSCRIBE";
    case message_type::unsubscribed: return "UNSUBSCRIBED";
    case message_type::event: return "EVENT";
    case message_type::call: return "CALL";
    case message_type::cancel: return "CANCEL";
    case message_type::result: return "RESULT";
    case message_type::register_: return "REGISTER";
    case message_type::registered: return "REGISTERED";
    case message_type::unregister: return "UNREGISTER";
    case message_type::unregistered: return "UNREGISTERED";
    case message_type::invocation: return "INVOCATION";
    case message_type::interrupt: return "INTERRUPT";
    case message_type::yield: return "YIELD";
    }
    return "unknown";
}

std::string_view to_string(invocation_policy policy) noexcept
{
    switch (policy) {
    case invocation_policy::single: return "single";
    case invocation_policy::first: return "first";
    case invocation_policy::last: return "last";
    case invocation_policy::roundrobin: return "roundrobin";
    case invocation_policy::random: return "random";
    }
    return "single";
}

std::string_view to_string(cancel_mode mode) noexcept
{
    switch (mode) {
    case cancel_mode::killnowait: return "killnowait";
    case cancel_mode::kill: return "kill";
    case cancel_mode::skip: return "skip";
    }
    return "killnowait";
}

std::string_view to_string(run_mode mode) noexcept
{
    switch (mode) {
    case run_mode::by_policy: return "";
    case run_mode::partition: return "partition";
    case run_mode::all: return "all";
    }
    return "";
}

bool parse(std::string_view name, match_policy& policy) noexcept
{
    static constexpr std::array all{match_policy::exact, match_policy::prefix, match_policy::wildcard};
    return find_by_name(name, all, policy);
}

bool parse(std::string_view name, invocation_policy& policy) noexcept
{
    static constexpr std::array all{invocation_policy::single, invocation_policy::first, invocation_policy::last,
                                    invocation_policy::roundrobin, invocation_policy::random};
    return find_by_name(name, all, policy);
}

bool parse(std::string_view name, cancel_mode& mode) noexcept
{
    static constexpr std::array all{cancel_mode::killnowait, cancel_mode::kill, cancel_mode::skip};
    return find_by_name(name, all, mode);
}

bool parse(std::string_view name, run_mode& mode) noexcept
{
    static constexpr std::array all{run_mode::partition, run_mode::all};
    return find_by_name(name, all, mode);
}

} // namespace junctor
