// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "scram_messages.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <utility>

#include <junctor/auth/channel_binding.hpp>
#include <junctor/auth/digest.hpp>
#include <junctor/auth/secret.hpp>
#include <junctor/codec/base64.hpp>

namespace junctor::auth::scram_detail {

namespace {

constexpr std::size_t client_nonce_chars_max = 256; // Ten times of what is recommended.
constexpr std::size_t server_nonce_bytes = 18;      // 16 are recommended; 18 need no padding.

/// The text under `key`, or an empty one if there is none or null; nothing if it is something else.
std::optional<std::string> text_or_null(const dict& extra, std::string_view key)
{
    const auto* const found = extra.find(key);
    if (found == nullptr || found->is_null())
        return std::string();
    const auto* const text = found->get_if<std::string>();
    return text != nullptr ? std::optional(*text) : std::nullopt;
}

std::string mistake_in_nonce(const std::string& nonce)
{
    if (nonce.empty())
        return "authextra.nonce is missing";
    if (nonce.size() > client_nonce_chars_max)
        return "authextra.nonce is longer than " + std::to_string(client_nonce_chars_max) + " characters";
    return read_base64(nonce) ? std::string() : "authextra.nonce is not base64";
}

std::string mistake_in_binding(const request& asked, scram_dialect dialect, scram_channel_binding binding)
{
    if (asked.channel_binding.empty())
        return binding == scram_channel_binding::required ? "channel binding is required here" : std::string();
    if (dialect == scram_dialect::crossbar)
        return std::string(no_binding_in_dialect);
    return asked.channel_id.empty() ? "the transport does not have the channel binding that was asked for"
                                    : std::string();
}

/// The client's nonce continued by one of ours: as texts by the spec, as octets in Crossbar.io's dialect.
std::string continued(const std::string& client_nonce, scram_dialect dialect)
{
    std::array<std::byte, server_nonce_bytes> random{};
    fill_random(random);
    if (dialect == scram_dialect::spec)
        return client_nonce + base64_text(random);
    auto octets = read_base64(client_nonce).value();
    octets.insert(octets.end(), random.begin(), random.end());
    return base64_text(octets);
}

} // namespace

request read_request(const auth_exchange& exchange, scram_dialect dialect, scram_channel_binding binding)
{
    const auto& hello = exchange.hello();
    request asked;
    auto nonce = text_or_null(hello.authextra, "nonce");
    auto type = text_or_null(hello.authextra, "channel_binding");
    if (hello.authid.empty())
        asked.mistake = "HELLO names no authid";
    else if (!nonce || !type)
        asked.mistake = "authextra.nonce and authextra.channel_binding must be strings";
    if (!asked.mistake.empty())
        return asked;
    asked.nonce = std::move(*nonce);
    asked.channel_binding = std::move(*type);
    asked.channel_id = channel_binding_data(exchange.transport(), asked.channel_binding);
    asked.mistake = mistake_in_nonce(asked.nonce);
    if (asked.mistake.empty())
        asked.mistake = mistake_in_binding(asked, dialect, binding);
    return asked;
}

scram_conversation begin(std::string authid, request asked, const scram_credentials& expected, scram_dialect dialect)
{
    scram_conversation said;
    said.authid = std::move(authid);
    said.nonce = continued(asked.nonce, dialect);
    said.client_nonce = std::move(asked.nonce);
    said.salt = base64_text(expected.salt);
    said.iterations = expected.parameters.iterations;
    said.channel_binding = std::move(asked.channel_binding);
    said.channel_id = std::move(asked.channel_id);
    return said;
}

dict challenge_extra(const scram_conversation& said, const scram_parameters& parameters, scram_dialect dialect)
{
    dict extra;
    extra.set("nonce", said.nonce);
    extra.set("salt", said.salt);
    extra.set("kdf", scram_kdf_name(parameters.kdf, dialect));
    extra.set("iterations", said.iterations);
    if (parameters.kdf == scram_kdf::argon2id13)
        extra.set("memory", parameters.memory);
    else if (dialect == scram_dialect::spec)
        extra.set("memory", nullptr); // Autobahn|Python takes no null.
    return extra;
}

std::string_view fault_in(const dict& extra, const scram_conversation& said, scram_dialect dialect)
{
    if (dialect == scram_dialect::crossbar)
        return {};
    if (text_or_null(extra, "nonce") != said.nonce)
        return "AUTHENTICATE has another nonce than CHALLENGE";
    if (text_or_null(extra, "channel_binding") != said.channel_binding)
        return "AUTHENTICATE has another type of channel binding than HELLO";
    const auto data = text_or_null(extra, "cbind_data");
    const auto octets = data ? read_base64(*data) : std::nullopt;
    if (!octets || !equal_constant_time(byte_view(*octets), byte_view(said.channel_id)))
        return "the peer sees another channel than the router";
    return {};
}

} // namespace junctor::auth::scram_detail
