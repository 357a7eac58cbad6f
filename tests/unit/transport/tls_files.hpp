// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Keys and certificates that are made when a test needs them.

#include <string>

#include <junctor/transport/endpoint.hpp>

#include "temporary_directory.hpp"

namespace junctor::test {

/// Paths of a key and of its certificate.
struct tls_identity {
    std::string key;
    std::string certificate;
};

/// A directory with a certificate authority, which signs what it is asked to.
class tls_files {
public:
    tls_files();

    /// A new key and a certificate for the common name `name`, signed by the authority.
    [[nodiscard]] tls_identity issue(const std::string& name) const;

    /// The same for a server: with names such as "DNS:router.example" or "IP:127.0.0.1" that it is for, and no longer
    /// valid if it is `expired`.
    [[nodiscard]] tls_identity issue_for(const std::string& name, const std::string& alternatives,
                                         bool expired = false) const;

    /// The path of the authority's certificate.
    [[nodiscard]] const std::string& authority() const noexcept { return authority_.certificate; }

    /// A file in the directory with this content.
    [[nodiscard]] std::string write(const std::string& name, const std::string& content) const;

    /// Options of a server with a certificate of the authority.
    [[nodiscard]] tls_server_options server_options() const;

    [[nodiscard]] const temporary_directory& directory() const noexcept { return directory_; }

private:
    temporary_directory directory_;
    tls_identity authority_;
};

/// The bytes of the certificate in a PEM file, as they go over the wire.
[[nodiscard]] std::string der_of(const std::string& certificate_path);

} // namespace junctor::test
