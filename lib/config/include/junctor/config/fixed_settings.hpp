// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What of a node configuration takes effect at the start of the node only, and where two configurations differ in it.

#include <cstddef>
#include <string>
#include <vector>

#include <junctor/base/value.hpp>

namespace junctor {

struct json_node;

/// The settings of a node that are fixed while it runs: all but its modules, which realms a worker has, their roles,
/// and the `auth` and the details of `tls` of transports that listen where they did. A plain value. It has nothing
/// secret in it: whether `auth`, what shares a port, a guest or a component is the same can be told from a digest.
class fixed_settings {
public:
    /// Those of a node without any.
    fixed_settings() = default;

    /// Those of the configuration `document`, whatever it holds. For `load_node_config`.
    explicit fixed_settings(const json_node& document);

    /// Where `later` differs: paths such as "workers[0].options.shards", as they are in `later`, or as they are here
    /// for what `later` lacks. A worker is the same if its id is, a realm if its name is, a transport if its endpoint
    /// is. Realms that only one of the two has make no difference.
    [[nodiscard]] std::vector<std::string> differences(const fixed_settings& later) const;

    /// Takes note that the realms of `later` that are not here have been opened, and that others have been closed.
    void adopt_realms(const fixed_settings& later);

private:
    /// One element of a list whose elements may change their places.
    struct section {
        std::string name; ///< By which it is found again.
        std::string path;
        value content;         ///< Without what is not fixed.
        std::size_t digest{0}; ///< Of its `auth`; of a guest or a container as a whole.
    };

    struct worker {
        section own;
        std::vector<section> realms;
        std::vector<section> transports;
        section components; ///< Of a router, which may be given secrets: their digest.
    };

    [[nodiscard]] static section read_realm(const json_node& node, std::string path);
    [[nodiscard]] static section read_transport(const json_node& node, std::string path);
    [[nodiscard]] static worker read_opaque(const json_node& node, std::string id, std::string path);
    [[nodiscard]] static worker read_worker(const json_node& node, std::size_t index);
    static void compare_transports(const worker& before, const worker& after, std::vector<std::string>& found);

    value node_{dict()};
    std::vector<worker> workers_;
};

} // namespace junctor
