// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "pings.hpp"

#include <optional>
#include <utility>

#include <junctor/base/application_error.hpp>

namespace junctor::client {

namespace {

/// The number that is the payload of a PONG, if it has the form of those that are sent.
std::optional<std::uint64_t> number_in(byte_view payload)
{
    constexpr auto octet_bits = 8U;
    std::uint64_t number = 0;
    if (payload.size() != sizeof number)
        return std::nullopt;
    for (const auto octet : payload)
        number = (number << octet_bits) | static_cast<std::uint64_t>(octet);
    return number;
}

} // namespace

std::shared_ptr<pings::answer> pings::send(channel& link)
{
    std::erase_if(waiting_, [](const auto& each) { return each.second.expired(); });
    auto answered = std::make_shared<answer>(io_);
    const auto number = ++sent_;
    waiting_.emplace(number, answered);
    if (!link.ping(number, *this))
        throw application_error(errc::feature_not_supported, "the transport has no PING");
    return answered;
}

void pings::fail_all(const std::exception_ptr& why)
{
    for (const auto& [number, waiting] : std::exchange(waiting_, {})) {
        if (const auto answered = waiting.lock())
            answered->fail(why);
    }
}

void pings::abandon() noexcept
{
    for (const auto& [number, waiting] : waiting_) {
        if (const auto answered = waiting.lock())
            answered->abandon();
    }
}

void pings::on_pong(byte_view payload)
{
    const auto number = number_in(payload);
    const auto found = number ? waiting_.find(*number) : waiting_.end();
    const auto answered = found != waiting_.end() ? found->second.lock() : nullptr;
    if (found != waiting_.end())
        waiting_.erase(found);
    if (answered != nullptr)
        answered->set(true);
    else
        log_.write(log_level::debug, "PONG that answers no PING", {{"payload_bytes", payload.size()}});
}

} // namespace junctor::client
