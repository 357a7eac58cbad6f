// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/deflate_offer.hpp>

#include <algorithm>
#include <set>

namespace junctor {

namespace {

constexpr std::string_view extension_name = "permessage-deflate";
constexpr std::string_view no_takeover_of_router = "server_no_context_takeover";
constexpr std::string_view no_takeover_of_client = "client_no_context_takeover";
constexpr std::string_view window_of_router = "server_max_window_bits";
constexpr std::string_view window_of_client = "client_max_window_bits";

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

/// What either end says about compression.
struct deflate_parameters {
    bool router_no_takeover{false};
    bool client_no_takeover{false};
    int router_window_bits{deflate_window_bits_max};
    bool client_window_named{false};
    bool client_window_open{false}; ///< Named without a number, as only a client may.
    int client_window_bits{deflate_window_bits_max};
};

/// Whether the parameter is one that there is, with a value that it may have.
bool read_parameter(const websocket_extension::parameter& parameter, deflate_parameters& read) noexcept
{
    const auto& [name, value] = parameter;
    if (name == no_takeover_of_router)
        return read.router_no_takeover = !value;
    if (name == no_takeover_of_client)
        return read.client_no_takeover = !value;
    if (name == window_of_router)
        return (read.router_window_bits = window_bits_of(value)) != 0;
    if (name != window_of_client)
        return false;
    read.client_window_named = true;
    read.client_window_open = !value;
    return !value || (read.client_window_bits = window_bits_of(value)) != 0;
}

std::optional<deflate_parameters> read_parameters(const websocket_extension& extension)
{
    if (extension.name != extension_name)
        return std::nullopt;
    deflate_parameters read;
    std::set<std::string_view> seen;
    const auto acceptable = [&](const auto& parameter) {
        return seen.insert(parameter.first).second && read_parameter(parameter, read);
    };
    if (!std::all_of(extension.parameters.begin(), extension.parameters.end(), acceptable))
        return std::nullopt;
    return read;
}

/// What settings have about the window of a peer.
int window_or_any(int bits) noexcept
{
    return bits != 0 ? bits : deflate_window_bits_max;
}

/// The agreement with windows that zlib can have: none if this end is to compress with 8. Whoever inflates what was
/// made with 8 may have 9.
std::optional<deflate_agreement> check_windows(deflate_agreement agreed)
{
    if (agreed.own.window_bits < deflate_window_bits_min)
        return std::nullopt;
    agreed.peer.window_bits = std::max(agreed.peer.window_bits, deflate_window_bits_min);
    return agreed;
}

/// An extension of which all that is not the default is added one by one.
class extension_text {
public:
    void add(std::string_view flag, bool set)
    {
        if (set)
            text_.append("; ").append(flag);
    }

    void add_window(std::string_view name, int bits)
    {
        if (bits != deflate_window_bits_max)
            text_.append("; ").append(name).append("=").append(std::to_string(bits));
    }

    [[nodiscard]] std::string take() noexcept { return std::move(text_); }

private:
    std::string text_{extension_name};
};

/// Names all that is not the default, asked for or not, so that both ends know the same.
std::string answer_of(const deflate_agreement& agreed, const deflate_parameters& offer)
{
    extension_text text;
    text.add(no_takeover_of_router, !agreed.own.context_takeover);
    text.add(no_takeover_of_client, !agreed.peer.context_takeover);
    text.add_window(window_of_router, agreed.own.window_bits);
    if (offer.client_window_named)
        text.add_window(window_of_client, agreed.peer.window_bits);
    return text.take();
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

std::string offer_of(const deflate_settings& settings)
{
    extension_text text;
    text.add(no_takeover_of_router, settings.request_no_context_takeover);
    text.add(no_takeover_of_client, settings.no_context_takeover);
    text.add_window(window_of_router, window_or_any(settings.request_max_window_bits));
    // Named in any case: that allows a router to ask for a window.
    text.add(window_of_client, settings.max_window_bits == deflate_window_bits_max);
    text.add_window(window_of_client, settings.max_window_bits);
    return text.take();
}

std::optional<deflate_agreement> agree_on_deflate(const websocket_extension& offered, const deflate_settings& settings)
{
    const auto offer = read_parameters(offered);
    const auto asked = settings.request_max_window_bits;
    if (!offer || (asked != 0 && !offer->client_window_named))
        return std::nullopt;
    deflate_agreement agreed;
    agreed.memory_level = settings.memory_level;
    agreed.own.window_bits = std::min(offer->router_window_bits, settings.max_window_bits);
    agreed.own.context_takeover = !offer->router_no_takeover && !settings.no_context_takeover;
    agreed.peer.window_bits = std::min(offer->client_window_bits, window_or_any(asked));
    agreed.peer.context_takeover = !offer->client_no_takeover && !settings.request_no_context_takeover;
    agreed.answer = answer_of(agreed, *offer);
    return check_windows(std::move(agreed));
}

std::optional<deflate_agreement> accept_deflate(const websocket_extension& answered, const deflate_settings& settings)
{
    const auto answer = read_parameters(answered);
    if (!answer || answer->client_window_open ||
        answer->router_window_bits > window_or_any(settings.request_max_window_bits) ||
        (settings.request_no_context_takeover && !answer->router_no_takeover))
        return std::nullopt;
    deflate_agreement agreed;
    agreed.memory_level = settings.memory_level;
    agreed.own.window_bits = std::min(answer->client_window_bits, settings.max_window_bits);
    agreed.own.context_takeover = !answer->client_no_takeover && !settings.no_context_takeover;
    agreed.peer.window_bits = answer->router_window_bits;
    agreed.peer.context_takeover = !answer->router_no_takeover;
    return check_windows(std::move(agreed));
}

} // namespace junctor
