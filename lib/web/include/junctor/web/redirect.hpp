// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A path that leads elsewhere.

#include <string>
#include <utility>

#include <junctor/transport/web_service.hpp>

namespace junctor {

/// Leads every request, also for what lies below its path, to one URL: GET and HEAD by 302, others by 307, which keeps
/// the method and the body.
class redirect final : public web_service {
public:
    /// `url` is as `Location` takes it, relative or not.
    explicit redirect(std::string url) : url_{std::move(url)} {}

    awaitable<http_response> answer(const http_request& request, shard_services& here) override;
    [[nodiscard]] bool serves_below() const noexcept override { return true; }

    /// The largest body that is waited for before the client is led away. Spec: none.
    [[nodiscard]] std::size_t body_bytes_max() const noexcept override;

private:
    std::string url_;
};

} // namespace junctor
