// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <utility>

#include <junctor/client/authmethods.hpp>

namespace junctor::client {

namespace {

/// Answers no CHALLENGE.
class unchallenged_login final : public login {
public:
    unchallenged_login(const hello_claims& claimed, const char* challenged) : claims_{claimed}, challenged_{challenged}
    {
    }

    [[nodiscard]] hello_claims claims() const override { return claims_; }

    [[nodiscard]] awaitable<proof> answer(const received_challenge&) override
    {
        throw login_failed(challenged_);
        co_return proof(); // Makes it a coroutine.
    }

private:
    const hello_claims& claims_;
    const char* challenged_;
};

class anonymous_credentials final : public credentials {
public:
    explicit anonymous_credentials(std::string authid) : claims_{{"anonymous"}, std::move(authid), {}} {}

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts&) const override
    {
        return std::make_unique<unchallenged_login>(claims_, "the router challenged an anonymous client");
    }

private:
    hello_claims claims_;
};

class tls_credentials final : public credentials {
public:
    explicit tls_credentials(std::string authid) : claims_{{"tls"}, std::move(authid), {}} {}

    [[nodiscard]] std::unique_ptr<login> begin(const transport_facts& transport) const override
    {
        if (transport.tls == nullptr)
            throw login_failed("without TLS there is no certificate to log in by");
        return std::make_unique<unchallenged_login>(claims_, "the router challenged a client that has a certificate");
    }

private:
    hello_claims claims_;
};

} // namespace

shared_credentials anonymous(std::string authid)
{
    return std::make_shared<anonymous_credentials>(std::move(authid));
}

shared_credentials tls(std::string authid)
{
    return std::make_shared<tls_credentials>(std::move(authid));
}

} // namespace junctor::client
