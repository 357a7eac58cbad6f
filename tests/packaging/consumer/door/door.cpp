// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <door/door.hpp>

#include <memory>

namespace door {

namespace {

class closed_door final : public junctor::authenticator {
public:
    junctor::awaitable<junctor::verdict> authenticate(junctor::auth_exchange&) override
    {
        co_return junctor::verdict::deny(junctor::errc::authentication_denied);
    }
};

} // namespace

void add_door(junctor::module_registry& registry)
{
    registry.add_authenticator("door", [](junctor::module_options&) { return std::make_unique<closed_door>(); });
}

} // namespace door
