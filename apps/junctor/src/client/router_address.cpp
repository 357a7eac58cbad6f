// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "router_address.hpp"

#include <cstdlib>
#include <stdexcept>
#include <variant>

#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include "outcome.hpp"

namespace junctor::cli {
namespace {

/// Everybody can make files in /tmp: a socket of somebody else would get to know what is sent.
bool is_socket_of_ours(const std::string& path)
{
    struct stat found {};
    return lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) &&
           (found.st_uid == geteuid() || found.st_uid == 0);
}

std::string variable(const char* name)
{
    const auto* const content = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets any.
    return content != nullptr ? content : "";
}

void set_tls(tls_client_options& tls, const joining_options& what)
{
    if (what.certificate.empty() != what.key.empty())
        throw bad_usage("--certificate and --key go together");
    tls.ca_certificates = what.ca_certificates;
    tls.certificate = what.certificate;
    tls.key = what.key;
    if (!what.tls_hostname.empty())
        tls.hostname = what.tls_hostname;
}

bool wants_tls(const joining_options& what)
{
    return !what.ca_certificates.empty() || !what.certificate.empty() || !what.key.empty() ||
           !what.tls_hostname.empty();
}

/// A connector to `url`, of either kind.
template <class Connector>
client::connector make(const std::string& url, const joining_options& what)
{
    auto made = Connector::from_url(url);
    if (!made)
        throw bad_usage(fmt::format("{}: {}", url, made.error().text));
    made->serializer(what.serializer);
    auto where = made->endpoint();
    auto* const tcp = std::get_if<remote_tcp>(&where);
    if (tcp != nullptr && tcp->tls)
        set_tls(*tcp->tls, what);
    else if (wants_tls(what))
        throw bad_usage(fmt::format("{}: options of TLS need a URL that begins with rss:// or wss://", url));
    made->endpoint(where);
    return std::move(*made);
}

} // namespace

std::string choose_url()
{
    if (auto url = variable("JUNCTOR_URL"); !url.empty())
        return url;
    const auto folder = variable("XDG_RUNTIME_DIR");
    const auto path = (folder.empty() ? "/tmp" : folder) + "/junctor.sock";
    return is_socket_of_ours(path) ? "rs://unix:" + path : "rs://127.0.0.1:8081";
}

std::string choose_realm()
{
    auto realm = variable("JUNCTOR_REALM");
    return realm.empty() ? "realm1" : realm;
}

client::connector make_connector(const joining_options& what)
{
    const auto url = what.url.empty() ? choose_url() : what.url;
    if (url.starts_with("ws"))
        return make<websocket_connector>(url, what);
    return make<rawsocket_connector>(url, what);
}

} // namespace junctor::cli
