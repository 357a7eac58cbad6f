// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Node configurations for what a conversation needs: a realm with its roles, and transports by which to join it.

#include <map>
#include <string>
#include <vector>

#include <junctor/base/value.hpp>
#include <junctor/realm/realm.hpp>

namespace junctor::test {

/// What clients show to join. Who has it is of no interest here.
inline constexpr auto ticket_of_all = "open sesame";

/// The realm of a conversation.
struct realm_config {
    std::string name;
    realm_options options;
    std::map<std::string, std::vector<permission_rule>> roles;

    /// As the configuration writes it. Throws `std::invalid_argument` for options that no configuration can have.
    [[nodiscard]] dict to_dict() const;
};

/// A transport of this type, `rawsocket` or `websocket`, at `endpoint`, for those who show the ticket: `principals`
/// says which role each authid has. With `bounds` as its limits, unless they are empty.
[[nodiscard]] dict transport_config(const std::string& type, const dict& endpoint,
                                    const std::map<std::string, std::string>& principals, const dict& bounds);

/// A node with one worker.
[[nodiscard]] dict node_config(list realms, list transports, int shards);

/// The keys of `limits` for `scant_limits()`.
[[nodiscard]] dict scant_limits_config();

} // namespace junctor::test
