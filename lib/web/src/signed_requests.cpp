// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/signed_requests.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include <fmt/format.h>

#include <junctor/auth/digest.hpp>
#include <junctor/web/query_parameter.hpp>

namespace junctor {

namespace {

using clock = signed_requests::clock;

/// All of `digits`, of which there must be nothing but digits, as a number.
std::optional<int> number_of(std::string_view digits)
{
    int number = 0;
    const auto* const end = digits.data() + digits.size();
    const auto [at, error] = std::from_chars(digits.data(), end, number);
    const bool is_number = error == std::errc() && at == end && !digits.starts_with('-');
    return is_number ? std::optional(number) : std::nullopt;
}

/// What "YYYY-MM-DDTHH:MM:SS" stands for.
std::optional<clock::time_point> read_seconds(std::string_view text)
{
    constexpr std::string_view form = "0000-00-00T00:00:00";
    if (text.size() != form.size())
        return std::nullopt;
    for (std::size_t at = 0; at != form.size(); ++at) {
        if (form[at] != '0' && text[at] != form[at])
            return std::nullopt;
    }
    const auto part = [&](std::size_t at, std::size_t size) { return number_of(text.substr(at, size)).value_or(-1); };
    const std::chrono::year_month_day day(std::chrono::year(part(0, 4)),
                                          std::chrono::month(static_cast<unsigned>(part(5, 2))),
                                          std::chrono::day(static_cast<unsigned>(part(8, 2))));
    const int hour = part(11, 2);
    const int minute = part(14, 2);
    const int second = part(17, 2);
    const bool is_time = hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
    if (!day.ok() || part(0, 4) < 0 || !is_time)
        return std::nullopt;
    return std::chrono::sys_days(day) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
           std::chrono::seconds(second);
}

/// What a signed request says about itself.
struct signing_parameters {
    std::string key;
    std::string timestamp;
    std::string seq;
    std::string nonce;
    std::string signature;
};

constexpr std::array<std::pair<std::string_view, std::string signing_parameters::*>, 5> parameter_names{
    {{"key", &signing_parameters::key},
     {"timestamp", &signing_parameters::timestamp},
     {"seq", &signing_parameters::seq},
     {"nonce", &signing_parameters::nonce},
     {"signature", &signing_parameters::signature}}};

/// Fills `parameters` from `query`. The name of one that is missing; empty if none is.
std::string_view read_parameters(std::string_view query, signing_parameters& parameters)
{
    for (const auto& [name, member] : parameter_names) {
        auto found = query_parameter(query, name);
        if (!found)
            return name;
        parameters.*member = std::move(*found);
    }
    return {};
}

bool is_integer(std::string_view text)
{
    if (text.starts_with('-'))
        text.remove_prefix(1);
    return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

/// A signature in the standard alphabet without padding, whichever it came in.
std::string normalised(std::string text)
{
    std::replace(text.begin(), text.end(), '-', '+');
    std::replace(text.begin(), text.end(), '_', '/');
    text.erase(std::min(text.find('='), text.size()));
    return text;
}

bridge_refusal bad(std::string text)
{
    return {400, std::move(text)};
}

} // namespace

std::optional<clock::time_point> read_timestamp(std::string_view text)
{
    const auto end = std::min(text.find('.'), text.size() - std::min<std::size_t>(text.size(), 1));
    auto rest = text.substr(end);
    if (!rest.ends_with('Z'))
        return std::nullopt;
    rest.remove_suffix(1);
    const bool is_fraction = rest.size() > 1 && is_integer(rest.substr(1)) && rest[1] != '-';
    if (!rest.empty() && !is_fraction)
        return std::nullopt;
    return read_seconds(text.substr(0, end)); // A second more or less does not matter.
}

std::optional<bridge_refusal> signed_requests::check(const http_request& request, clock::time_point now)
{
    signing_parameters given;
    if (const auto missing = read_parameters(request.query, given); !missing.empty())
        return bad(fmt::format("the request must be signed: the parameter '{}' is missing", missing));
    const auto when = read_timestamp(given.timestamp);
    if (!when)
        return bad("the timestamp must be UTC in the form of ISO 8601, such as 2011-10-14T16:59:51.123Z");
    if (!is_integer(given.seq) || !is_integer(given.nonce))
        return bad("seq and nonce must be integers");
    if (!equal_constant_time(given.key, key_))
        return bridge_refusal{401, "the key is not known"};
    const auto expected =
        auth::hmac_sha256(secret_.bytes(), given.key + given.timestamp + given.seq + given.nonce + request.body);
    if (!equal_constant_time(normalised(auth::base64_text(expected.bytes())), normalised(given.signature)))
        return bridge_refusal{401, "the signature is wrong"};
    if (delta_max_.count() != 0 && (*when < now - delta_max_ || *when > now + delta_max_))
        return bad("the timestamp is too far from now");
    signature seen{};
    std::copy(expected.bytes().begin(), expected.bytes().end(), seen.begin());
    if (!is_new(seen, now))
        return bridge_refusal{401, "the request has come before"};
    return std::nullopt;
}

bool signed_requests::is_new(const signature& seen, clock::time_point now)
{
    const std::lock_guard lock(mutex_);
    const auto is_over = [&](const auto& oldest) { return delta_max_.count() != 0 && oldest.first < now; };
    while (!forgotten_at_.empty() && (is_over(forgotten_at_.front()) || forgotten_at_.size() >= remembered_max)) {
        seen_.erase(forgotten_at_.front().second);
        forgotten_at_.pop_front();
    }
    if (!seen_.insert(seen).second)
        return false;
    forgotten_at_.emplace_back(now + 2 * delta_max_, seen); // Also what is stamped late is too old by then.
    return true;
}

} // namespace junctor
