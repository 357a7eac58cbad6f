// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/channel_binding.hpp>

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

binary channel_binding_data(const transport_facts& facts, std::string_view type)
{
    if (facts.tls != nullptr && type == tls_exporter)
        return facts.tls->channel_id_tls_exporter;
    if (facts.tls != nullptr && type == tls_unique)
        return facts.tls->channel_id_tls_unique;
    return {};
}

std::optional<message32> cryptosign_channel_id(const transport_facts& facts, std::string_view type)
{
    message32 id{};
    if (type.empty())
        return id;
    const auto data = channel_binding_data(facts, type);
    if (type == tls_unique && !data.empty())
        return digest_of(data);
    if (data.size() != id.size())
        return std::nullopt;
    std::copy(data.begin(), data.end(), id.begin());
    return id;
}

message32 combine(const message32& a, const message32& b) noexcept
{
    message32 result{};
    std::transform(a.begin(), a.end(), b.begin(), result.begin(), [](std::byte x, std::byte y) { return x ^ y; });
    return result;
}

} // namespace junctor::auth
