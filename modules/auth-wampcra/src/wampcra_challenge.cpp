// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "wampcra_challenge.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <utility>

#include <fmt/format.h>

#include <junctor/base/hex.hpp>
#include <junctor/codec/codec.hpp>

namespace junctor::auth {

namespace {

std::string new_nonce()
{
    std::array<std::byte, 16> octets{};
    fill_random(octets);
    return to_hex(octets);
}

/// The time in UTC, such as "2014-06-22T16:51:41.643Z".
std::string timestamp()
{
    namespace chrono = std::chrono;
    const auto now = chrono::floor<chrono::milliseconds>(chrono::system_clock::now());
    const auto midnight = chrono::floor<chrono::days>(now);
    const chrono::year_month_day date(midnight);
    const chrono::hh_mm_ss time(now - midnight);
    return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                       static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), time.hours().count(),
                       time.minutes().count(), time.seconds().count(), time.subseconds().count());
}

} // namespace

std::string new_challenge(const principal<wampcra_credentials>& one, std::string_view authprovider,
                          std::uint64_t session)
{
    const dict content{
        {"authid", one.authid}, {"authrole", one.authrole}, {"authmethod", "wampcra"}, {"authprovider", authprovider},
        {"nonce", new_nonce()}, {"timestamp", timestamp()}, {"session", session}};
    byte_buffer json;
    write_value(content, serializer::json, json);
    return std::string(as_text(json.view()));
}

dict challenge_extra(std::string challenge, const wampcra_credentials& credentials)
{
    dict extra{{"challenge", std::move(challenge)}};
    if (const auto& how = credentials.derivation) {
        // Always all three: there are clients that have no defaults.
        extra.set("salt", how->salt);
        extra.set("iterations", how->iterations);
        extra.set("keylen", how->keylen);
    }
    return extra;
}

} // namespace junctor::auth
