// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/scram_message.hpp>

#include <string_view>

namespace junctor::auth {

namespace {

/// `name` as RFC 5802 writes it between commas.
std::string escaped(std::string_view name)
{
    std::string text;
    for (const char character : name) {
        if (character == '=')
            text += "=3D";
        else if (character == ',')
            text += "=2C";
        else
            text += character;
    }
    return text;
}

/// The part of AuthMessage that binds the channel, or says that it is not bound: the "gs2-header" and the data.
std::string channel_part(const scram_conversation& said)
{
    std::string input = said.channel_binding.empty() ? "n" : "p=" + said.channel_binding;
    input += ",,";
    input += as_text(said.channel_id);
    return base64_text(as_bytes(input));
}

} // namespace

std::string scram_auth_message(const scram_conversation& said, scram_dialect dialect)
{
    const bool by_spec = dialect == scram_dialect::spec;
    std::string message = "n=" + (by_spec ? escaped(said.authid) : said.authid);
    message += ",r=" + said.client_nonce;
    message += ",r=" + said.nonce + ",s=" + said.salt + ",i=" + std::to_string(said.iterations);
    message += ",c=" + (by_spec ? channel_part(said) : std::string()) + ",r=" + said.nonce;
    return message;
}

} // namespace junctor::auth
