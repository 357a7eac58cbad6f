// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "wampcra_decoy.hpp"

#include <array>
#include <optional>
#include <utility>

#include <junctor/auth/digest.hpp>

namespace junctor::auth {

namespace {

/// From narrow to wide, so that the first which fits is the likeliest.
constexpr std::array<std::string_view, 5> alphabets{"0123456789", "0123456789abcdef", "0123456789ABCDEF",
                                                    "0123456789abcdefghijklmnopqrstuvwxyz",
                                                    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"};

constexpr std::string_view base64_alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

std::string_view alphabet_of(std::string_view text)
{
    for (const auto alphabet : alphabets) {
        if (text.find_first_not_of(alphabet) == std::string_view::npos)
            return alphabet;
    }
    return base64_alphabet;
}

secret drawn_at_random()
{
    std::array<std::byte, 32> octets{};
    fill_random(octets);
    return secret(byte_view(octets));
}

} // namespace

salt_form salt_form::of(std::string_view salt)
{
    const auto end = salt.find_last_not_of('=') + 1; // 0 if there is nothing else.
    const auto padding = salt.size() - end;
    if ((padding == 1 || padding == 2) && salt.size() % 4 == 0)
        return {salt.size(), padding, base64_alphabet};
    return {salt.size(), 0, alphabet_of(salt)};
}

wampcra_decoy::wampcra_decoy(secret salt_secret)
    : salt_secret_{salt_secret.empty() ? drawn_at_random() : std::move(salt_secret)}, key_{drawn_at_random()}
{
}

void wampcra_decoy::resemble(const entry& one)
{
    const std::scoped_lock lock(mutex_);
    count(one);
}

void wampcra_decoy::resemble_first(const entry& one)
{
    const std::scoped_lock lock(mutex_);
    if (authroles_.total() == 0)
        count(one);
}

void wampcra_decoy::count(const entry& one)
{
    authroles_.count(one.authrole);
    if (const auto& how = one.credentials.derivation)
        derivations_.count({how->iterations, how->keylen, salt_form::of(how->salt)});
}

wampcra_decoy::entry wampcra_decoy::of(std::string_view authid) const
{
    entry made;
    made.authid = authid;
    made.credentials.key = key_;
    std::optional<derivation_form> form;
    {
        const std::scoped_lock lock(mutex_);
        made.authrole = authroles_.total() != 0 ? authroles_.winner() : "anonymous";
        if (derivations_.total() * 2 > authroles_.total())
            form = derivations_.winner();
    }
    if (form)
        made.credentials.derivation = {salt_for(authid, form->salt), form->iterations, form->keylen};
    return made;
}

std::string wampcra_decoy::salt_for(std::string_view authid, const salt_form& form) const
{
    if (form.padding != 0) // Not by letters: the last one before the padding cannot be just any.
        return base64_text(octets_for(authid, form.size / 4 * 3 - form.padding));
    std::string salt;
    for (const auto octet : octets_for(authid, form.size))
        salt += form.alphabet[std::to_integer<std::size_t>(octet) % form.alphabet.size()];
    return salt;
}

/// As many octets as are wanted, by HMAC in counter mode.
binary wampcra_decoy::octets_for(std::string_view authid, std::size_t count) const
{
    binary octets;
    for (std::size_t block = 0; octets.size() < count; ++block) {
        auto text = std::to_string(block) + ' ';
        text += authid;
        const auto code = hmac_sha256(salt_secret_.bytes(), text);
        octets.insert(octets.end(), code.bytes().begin(), code.bytes().end());
    }
    octets.resize(count);
    return octets;
}

} // namespace junctor::auth
