// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Which certificate is for which host name.

#include <map>
#include <string>
#include <string_view>
#include <vector>

struct ssl_ctx_st;
struct x509_st;

namespace junctor {

/// The contexts of OpenSSL that show certificates, by the names of the hosts that these are for.
class tls_server_names {
public:
    /// Adds `name`, or a pattern "*.example"; letters of ASCII mean the same in either case. False, and nothing
    /// changes, if it is there already. Throws `endpoint_error` if it can be none.
    bool add(std::string_view name, ssl_ctx_st* context);

    /// The context for `name`: that of the name itself before that of a pattern, whose asterisk stands for one label.
    /// Null if there is none.
    [[nodiscard]] ssl_ctx_st* find(std::string_view name) const noexcept;

private:
    std::map<std::string, ssl_ctx_st*, std::less<>> contexts_;
};

/// The DNS names that `certificate` is for: those among its alternative names (RFC 5280, section 4.2.1.6).
[[nodiscard]] std::vector<std::string> dns_names_of(x509_st* certificate);

} // namespace junctor
