// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Calls and events of WAMP for those who speak HTTP only.

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include <boost/system/result.hpp>

#include <junctor/auth/session_sources.hpp>
#include <junctor/transport/web_service.hpp>
#include <junctor/web/bridge_session.hpp>
#include <junctor/web/signed_requests.hpp>

namespace junctor {

/// Where requests act, and who may make them.
struct bridge_options {
    std::string realm;
    std::string authrole;

    /// Null: requests need not be signed.
    std::shared_ptr<signed_requests> signing;

    /// Where they must come from; nothing: anywhere.
    std::optional<session_sources> sources;

    bool tls_required{false};
    std::size_t body_bytes_max{std::size_t{1} << 20};
    std::chrono::milliseconds call_timeout{std::chrono::seconds{30}};
};

/// What all services have in common that act in a realm: they take POST and PUT, from those who may, let pages of any
/// origin ask, and answer what is wrong as an error of WAMP in JSON. Spec: none; Crossbar.io's "HTTP Bridge".
class http_bridge : public web_service {
public:
    explicit http_bridge(bridge_options options);

    void start(web_host& host) override;
    void stop() noexcept override;
    awaitable<http_response> answer(const http_request& request, shard_services& here) final;
    [[nodiscard]] std::size_t body_bytes_max() const noexcept override { return options_.body_bytes_max; }

protected:
    /// Answers `request`, whose sender may make it.
    [[nodiscard]] virtual awaitable<http_response> act(const http_request& request, shard_services& here) = 0;

    /// What is wrong with a request that nobody may make; nothing if it may be made.
    [[nodiscard]] virtual std::optional<bridge_refusal> refusal_of(const http_request& request);

    /// Answers `request`, which is refused for `why`, and says so in the log.
    [[nodiscard]] http_response refuse(const http_request& request, const bridge_refusal& why);

    [[nodiscard]] const bridge_options& options() const noexcept { return options_; }
    [[nodiscard]] bridge_session& session() noexcept { return session_; }
    [[nodiscard]] log_sink& log() noexcept { return host_->log(); }

private:
    [[nodiscard]] std::optional<http_response> early_answer(const http_request& request);

    bridge_options options_;
    bridge_session session_;
    web_host* host_{nullptr};
};

/// Publishes the event that the body of a request describes, and answers with its publication: {"id": 1234}.
class publisher final : public http_bridge {
public:
    using http_bridge::http_bridge;

private:
    awaitable<http_response> act(const http_request& request, shard_services& here) override;
};

/// Calls the procedure that the body of a request names, and answers with its result: {"args": [5]}.
class caller final : public http_bridge {
public:
    using http_bridge::http_bridge;

private:
    awaitable<http_response> act(const http_request& request, shard_services& here) override;
};

/// An answer with `status` that is an error of WAMP.
[[nodiscard]] http_response bridge_error(unsigned status, std::string uri, const arguments& content);

/// The event or the call that `request` describes, or what is wrong with it: a dict in JSON with the URI under
/// "topic" or "procedure", and "args", "kwargs" and "options", all of which may be left out.
[[nodiscard]] boost::system::result<bridge_request, bridge_refusal>
read_bridge_request(const http_request& request, bridge_request::kind what, const bridge_options& options);

} // namespace junctor
