// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "channel_binding.hpp"

#include <algorithm>

#include <openssl/sha.h>

namespace junctor::auth {

namespace {

/// The Finished message of TLS 1.2 has 12 octets only. The specification wants 32 and does not say how to get them:
/// this is how Autobahn|Python does it.
message32 digest_of(byte_view finished)
{
    message32 digest{};
    SHA256(reinterpret_cast<const unsigned char*>(finished.data()), finished.size(),
           reinterpret_cast<unsigned char*>(digest.data()));
    return digest;
}

} // namespace

std::optional<message32> channel_id(const transport_facts& facts, std::string_view type)
{
    message32 id{};
    if (type.empty())
        return id;
    if (!facts.tls)
        return std::nullopt;
    const auto& exported = facts.tls->channel_id_tls_exporter;
    const auto& finished = facts.tls->channel_id_tls_unique;
    if (type == tls_unique && !finished.empty())
        return digest_of(finished);
    if (type != tls_exporter || exported.size() != id.size())
        return std::nullopt;
    std::copy(exported.begin(), exported.end(), id.begin());
    return id;
}

message32 combine(const message32& a, const message32& b) noexcept
{
    message32 result{};
    std::transform(a.begin(), a.end(), b.begin(), result.begin(), [](std::byte x, std::byte y) { return x ^ y; });
    return result;
}

} // namespace junctor::auth
