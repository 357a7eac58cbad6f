// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/deflate_offer.hpp>

#include <algorithm>
#include <set>

namespace junctor {

namespace {

constexpr std::string_view extension_name = "permessage-deflate";

bool is_token_character(char letter) noexcept
{
    constexpr std::string_view separators = "()<>@,;:\\\"/[]?={}";
    return letter > ' ' && letter < '\x7F' && separators.find(letter) == std::string_view::npos;
}

/// Reads the value of a field from its front.
class field_reader {
public:
    explicit field_reader(std::string_view field) noexcept : rest_{field} {}

    [[nodiscard]] bool at_end() noexcept
    {
        skip_blanks();
        return rest_.empty();
    }

    /// Whether this stands next, which then is passed over.
    [[nodiscard]] bool take(char letter) noexcept
    {
        skip_blanks();
        const bool found = rest_.starts_with(letter);
        rest_.remove_prefix(found ? 1 : 0);
        return found;
    }

    /// Empty if there is none.
    [[nodiscard]] std::string token()
    {
        skip_blanks();
        const auto end = std::find_if_not(rest_.begin(), rest_.end(), is_token_character);
        std::string found(rest_.begin(), end);
        rest_.remove_prefix(found.size());
        return found;
    }

    /// A token, with or without quotes; empty if there is none.
    [[nodiscard]] std::string value()
    {
        if (!take('"'))
            return token();
        std::string found;
        while (!rest_.empty() && rest_.front() != '"') {
            if (rest_.front() == '\\')
                rest_.remove_prefix(1);
            found += rest_.substr(0, 1);
            rest_.remove_prefix(std::min<std::size_t>(1, rest_.size()));
        }
        const bool token = std::all_of(found.begin(), found.end(), is_token_character);
        return take('"') && token ? found : "";
    }

private:
    void skip_blanks() noexcept { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

    std::string_view rest_;
};

std::optional<websocket_extension> read_extension(field_reader& from)
{
    websocket_extension found;
    found.name = from.token();
    bool well_formed = !found.name.empty();
    while (well_formed && from.take(';')) {
        websocket_extension::parameter parameter(from.token(), std::nullopt);
        well_formed = !parameter.first.empty();
        if (from.take('=')) {
            parameter.second = from.value();
            well_formed = well_formed && !parameter.second->empty();
        }
        found.parameters.push_back(std::move(parameter));
    }
    return well_formed ? std::optional(std::move(found)) : std::nullopt;
}

/// The number that a parameter has, without leading zeros; 0 if it is none of those of the specification.
int window_bits_of(const std::optional<std::string>& value) noexcept
{
    if (!value)
        return 0;
    for (int bits = 8; bits <= deflate_window_bits_max; ++bits)
        if (*value == std::to_string(bits))
            return bits;
    return 0;
}

/// What a client offers about compression.
struct deflate_offer {
    bool router_no_takeover{false};
    bool client_no_takeover{false};
    int router_window_bits{deflate_window_bits_max};
    bool client_window_offered{false};
    int client_window_bits{deflate_window_bits_max};
};

/// Whether the parameter is one that there is, with a value that it may have.
bool read_parameter(const websocket_extension::parameter& parameter, deflate_offer& offer) noexcept
{
    const auto& [name, value] = parameter;
    if (name == "server_no_context_takeover")
        return offer.router_no_takeover = !value;
    if (name == "client_no_context_takeover")
        return offer.client_no_takeover = !value;
    if (name == "server_max_window_bits")
        return (offer.router_window_bits = window_bits_of(value)) != 0;
    if (name != "client_max_window_bits")
        return false;
    offer.client_window_offered = true;
    return !value || (offer.client_window_bits = window_bits_of(value)) != 0;
}

std::optional<deflate_offer> read_offer(const websocket_extension& offered)
{
    if (offered.name != extension_name)
        return std::nullopt;
    deflate_offer offer;
    std::set<std::string_view> seen;
    const auto acceptable = [&](const auto& parameter) {
        return seen.insert(parameter.first).second && read_parameter(parameter, offer);
    };
    if (!std::all_of(offered.parameters.begin(), offered.parameters.end(), acceptable))
        return std::nullopt;
    return offer;
}

/// Names all that is not the default, asked for or not, so that both ends know the same.
std::string answer_of(const deflate_agreement& agreed, const deflate_offer& offer)
{
    std::string answer(extension_name);
    if (!agreed.router.context_takeover)
        answer += "; server_no_context_takeover";
    if (!agreed.client.context_takeover)
        answer += "; client_no_context_takeover";
    if (agreed.router.window_bits != deflate_window_bits_max)
        answer += "; server_max_window_bits=" + std::to_string(agreed.router.window_bits);
    if (offer.client_window_offered && agreed.client.window_bits != deflate_window_bits_max)
        answer += "; client_max_window_bits=" + std::to_string(agreed.client.window_bits);
    return answer;
}

} // namespace

std::optional<std::vector<websocket_extension>> parse_extensions(std::string_view field)
{
    std::vector<websocket_extension> found;
    field_reader reader(field);
    while (!reader.at_end()) {
        if (reader.take(','))
            continue; // A list may have empty elements.
        auto extension = read_extension(reader);
        if (!extension || (!reader.at_end() && !reader.take(',')))
            return std::nullopt;
        found.push_back(std::move(*extension));
    }
    return found;
}

std::optional<deflate_agreement> agree_on_deflate(const websocket_extension& offered, const deflate_settings& settings)
{
    const auto offer = read_offer(offered);
    if (!offer || offer->router_window_bits < deflate_window_bits_min)
        return std::nullopt;
    const auto asked = settings.request_max_window_bits;
    if (asked != 0 && !offer->client_window_offered)
        return std::nullopt;
    deflate_agreement agreed;
    agreed.memory_level = settings.memory_level;
    agreed.router.window_bits = std::min(offer->router_window_bits, settings.max_window_bits);
    agreed.router.context_takeover = !offer->router_no_takeover && !settings.no_context_takeover;
    agreed.client.window_bits = std::min(offer->client_window_bits, asked != 0 ? asked : deflate_window_bits_max);
    agreed.client.context_takeover = !offer->client_no_takeover && !settings.request_no_context_takeover;
    agreed.answer = answer_of(agreed, *offer);
    // Whoever is asked for 8 may use 9, as zlib does.
    agreed.client.window_bits = std::max(agreed.client.window_bits, deflate_window_bits_min);
    return agreed;
}

} // namespace junctor
