// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "websocket_upgrade.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <optional>
#include <vector>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/rfc7230.hpp>
#include <fmt/format.h>
#include <openssl/evp.h>

#include <junctor/base/limits.hpp>
#include <junctor/codec/base64.hpp>
#include <junctor/framing/websocket.hpp>

namespace junctor {

namespace {

namespace http = boost::beast::http;
using request = http::request<http::empty_body>;
using fields = http::fields;

constexpr std::string_view end_of_head = "\r\n\r\n";
constexpr std::string_view key_suffix = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
constexpr std::size_t key_bytes = 16;

std::string_view text(boost::beast::string_view of) noexcept
{
    return {of.data(), of.size()};
}

/// The only field of that name, or nothing.
std::optional<std::string_view> only_field(const fields& asked, http::field name)
{
    if (asked.count(name) != 1)
        return std::nullopt;
    return text(asked[name]);
}

/// Calls `visit(std::string_view token)` for each token of the lists in all fields of that name, until it returns true.
/// Whether it did.
template <class Visit>
bool any_token(const fields& asked, http::field name, Visit visit)
{
    const auto [first, last] = asked.equal_range(name);
    return std::any_of(first, last, [&](const auto& field) {
        const http::token_list tokens(field.value());
        return std::any_of(tokens.begin(), tokens.end(), [&](auto token) { return visit(text(token)); });
    });
}

bool has_token(const fields& asked, http::field name, boost::beast::string_view wanted)
{
    return any_token(asked, name, [&](std::string_view token) {
        return boost::beast::iequals(boost::beast::string_view(token.data(), token.size()), wanted);
    });
}

/// The path of the request, without its query.
std::string_view path_of(const request& asked)
{
    const auto target = text(asked.target());
    return target.substr(0, target.find('?'));
}

bool is_key(std::string_view key)
{
    const auto bytes = read_base64(key);
    return bytes && bytes->size() == key_bytes;
}

std::string base64(byte_view bytes)
{
    byte_buffer encoded;
    write_base64(bytes, encoded);
    return std::string(as_text(encoded.view()));
}

/// What proves to the client that its request was understood.
std::string accept_value(std::string_view key)
{
    const auto input = std::string(key).append(key_suffix);
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned size = 0;
    EVP_Digest(input.data(), input.size(), digest.data(), &size, EVP_sha1(), nullptr);
    return base64(std::as_bytes(std::span(digest)).first(size));
}

/// The extensions that a head names, in its order; nothing if a field is malformed.
std::optional<std::vector<websocket_extension>> extensions_of(const fields& head)
{
    std::vector<websocket_extension> named;
    const auto [first, last] = head.equal_range(http::field::sec_websocket_extensions);
    for (auto field = first; field != last; ++field) {
        auto parsed = parse_extensions(text(field->value()));
        if (!parsed)
            return std::nullopt;
        std::move(parsed->begin(), parsed->end(), std::back_inserter(named));
    }
    return named;
}

/// What is wrong with the request as such; nothing if it asks for a WebSocket in the right way.
std::optional<websocket_error> check_request(const request& asked)
{
    if (asked.method() != http::verb::get || asked.version() != 11 || !only_field(asked, http::field::host) ||
        !asked.target().starts_with('/') || asked.count(http::field::content_length) != 0 ||
        asked.count(http::field::transfer_encoding) != 0)
        return websocket_error::request_malformed;
    if (!has_token(asked, http::field::upgrade, "websocket") || !has_token(asked, http::field::connection, "upgrade"))
        return websocket_error::no_upgrade;
    if (only_field(asked, http::field::sec_websocket_version) != "13")
        return websocket_error::version_unsupported;
    if (!is_key(only_field(asked, http::field::sec_websocket_key).value_or("")) || !extensions_of(asked))
        return websocket_error::request_malformed;
    return std::nullopt;
}

/// Why a request that asks for a WebSocket is not granted; nothing if it may be.
std::optional<websocket_error> check_client(const request& asked, const upgrade_terms& terms)
{
    if (asked.count(http::field::origin) > 1)
        return websocket_error::request_malformed;
    const auto origin = only_field(asked, http::field::origin);
    if (origin && !admits_origin(terms.settings, *origin, text(asked[http::field::host])))
        return websocket_error::origin_refused;
    if (terms.connection_limit_reached)
        return websocket_error::connection_limit_reached;
    return std::nullopt;
}

/// The first subprotocol of the client that is allowed, or nothing.
std::optional<websocket_subprotocol> choose_subprotocol(const request& asked, const serializer_set& allowed)
{
    std::optional<websocket_subprotocol> chosen;
    any_token(asked, http::field::sec_websocket_protocol, [&](std::string_view name) {
        const auto known = parse_subprotocol(name);
        if (known && allowed.contains(known->format))
            chosen = known;
        return chosen.has_value();
    });
    return chosen;
}

/// The first offer of compression that may be accepted, or nothing.
std::optional<deflate_agreement> choose_deflate(const request& asked, const std::optional<deflate_settings>& settings)
{
    if (!settings)
        return std::nullopt;
    const auto extensions = extensions_of(asked);
    for (const auto& offered : *extensions)
        if (auto agreed = agree_on_deflate(offered, *settings))
            return agreed;
    return std::nullopt;
}

/// What a client without subprotocol is taken to speak.
serializer format_without_subprotocol(const serializer_set& allowed)
{
    return *std::find_if(all_serializers.begin(), all_serializers.end(),
                         [&](serializer format) { return allowed.contains(format); });
}

std::string server_field(const upgrade_terms& terms)
{
    return terms.settings.server_shown ? "Server: Junctor\r\n" : "";
}

/// The cookie of a client, if it is to have one; appends what it is told to `head`.
std::shared_ptr<const tracked_cookie> track(const request& asked, const upgrade_terms& terms, std::string& head)
{
    if (terms.settings.cookie == nullptr)
        return nullptr;
    std::vector<std::string_view> presented;
    const auto [first, last] = asked.equal_range(http::field::cookie);
    std::for_each(first, last, [&](const auto& field) { presented.push_back(text(field.value())); });
    auto found = find_cookie(*terms.settings.cookie, presented, terms.by);
    head += found.line;
    return std::move(found.cookie);
}

upgrade_answer accept(const request& asked, const websocket_subprotocol& subprotocol, bool named,
                      const upgrade_terms& terms)
{
    upgrade_answer answer;
    answer.agreed = {subprotocol, choose_deflate(asked, terms.settings.deflate)};
    answer.reply = fmt::format("HTTP/1.1 101 Switching Protocols\r\n{}Upgrade: websocket\r\nConnection: Upgrade\r\n"
                               "Sec-WebSocket-Accept: {}\r\n",
                               server_field(terms), accept_value(text(asked[http::field::sec_websocket_key])));
    if (named)
        answer.reply += fmt::format("Sec-WebSocket-Protocol: {}\r\n", name_of(subprotocol));
    if (answer.agreed.deflate)
        answer.reply += fmt::format("Sec-WebSocket-Extensions: {}\r\n", answer.agreed.deflate->answer);
    answer.cookie = track(asked, terms, answer.reply);
    answer.reply += "\r\n";
    return answer;
}

/// The status of HTTP for `error`.
std::string_view status_of(websocket_error error) noexcept
{
    switch (error) {
    case websocket_error::request_too_long: return "431 Request Header Fields Too Large";
    case websocket_error::no_upgrade:
    case websocket_error::version_unsupported: return "426 Upgrade Required";
    case websocket_error::path_unknown: return "404 Not Found";
    case websocket_error::origin_refused: return "403 Forbidden";
    case websocket_error::connection_limit_reached: return "503 Service Unavailable";
    default: return "400 Bad Request";
    }
}

/// A list as fields have them.
std::string names_of(std::span<const websocket_subprotocol> subprotocols)
{
    std::string names;
    for (const auto& each : subprotocols)
        names.append(names.empty() ? "" : ", ").append(name_of(each));
    return names;
}

std::string names_of(const serializer_set& allowed)
{
    std::vector<websocket_subprotocol> subprotocols;
    for (const bool batched : {false, true})
        for (const auto format : all_serializers)
            if (allowed.contains(format))
                subprotocols.push_back({format, batched});
    return names_of(subprotocols);
}

/// What a browser shows. Nothing that the client has sent is in it.
std::string status_page(std::string_view names)
{
    return fmt::format(
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>WAMP router</title></head>"
        "<body><h1>WAMP router</h1><p>This is the address of a WAMP router, to which WAMP clients "
        "connect by WebSocket. Subprotocols: {}.</p></body></html>\n",
        names);
}

/// Whether a router has understood that it is asked for a WebSocket, with this key.
bool proves_understanding(const fields& answer, std::string_view key)
{
    return has_token(answer, http::field::upgrade, "websocket") &&
           has_token(answer, http::field::connection, "upgrade") &&
           only_field(answer, http::field::sec_websocket_accept) == accept_value(key);
}

/// The subprotocol that a router has chosen from those that are offered.
boost::system::result<websocket_subprotocol> chosen_subprotocol(const fields& answer, const upgrade_offer& offer)
{
    const auto name = only_field(answer, http::field::sec_websocket_protocol);
    const auto chosen = std::find_if(offer.subprotocols.begin(), offer.subprotocols.end(),
                                     [&](const auto& offered) { return name == name_of(offered); });
    if (chosen == offer.subprotocols.end())
        return websocket_error::subprotocol_other;
    return *chosen;
}

/// How a router has agreed to compress, if it has.
boost::system::result<std::optional<deflate_agreement>> granted_deflate(const fields& answer,
                                                                        const upgrade_offer& offer)
{
    const auto extensions = extensions_of(answer);
    if (extensions && extensions->empty())
        return std::nullopt;
    const bool answers_offer = extensions && extensions->size() == 1 && offer.deflate;
    auto agreed = answers_offer ? accept_deflate(extensions->front(), *offer.deflate) : std::nullopt;
    if (!agreed)
        return websocket_error::extension_other;
    return agreed;
}

} // namespace

http_head_reader::status http_head_reader::read(std::span<std::byte>& input)
{
    const auto arrived = as_text(input);
    if (head_.empty() && !arrived.empty() && std::isalpha(static_cast<unsigned char>(arrived.front())) == 0)
        return status::not_http;
    const auto before = head_.size();
    head_.append(arrived.substr(0, limits::http_head_bytes_max + 1 - before));
    const auto end = head_.find(end_of_head, before - std::min(before, end_of_head.size() - 1));
    if (end != std::string::npos) {
        head_.resize(end + end_of_head.size());
        input = input.subspan(head_.size() - before);
        return status::complete;
    }
    input = {};
    return head_.size() > limits::http_head_bytes_max ? status::too_long : status::need_more;
}

upgrade_answer answer_upgrade(std::string_view head, const upgrade_terms& terms)
{
    http::request_parser<http::empty_body> parser;
    parser.header_limit(limits::http_head_bytes_max);
    boost::system::error_code failure;
    parser.put(boost::asio::buffer(head), failure);
    if (failure || !parser.is_header_done())
        return refuse_upgrade(websocket_error::request_malformed, terms);

    const auto& asked = parser.get();
    if (!terms.settings.path.empty() && path_of(asked) != terms.settings.path)
        return refuse_upgrade(websocket_error::path_unknown, terms);
    auto wrong = check_request(asked);
    if (!wrong)
        wrong = check_client(asked, terms);
    if (wrong)
        return refuse_upgrade(*wrong, terms);
    if (const auto subprotocol = choose_subprotocol(asked, terms.serializers))
        return accept(asked, *subprotocol, true, terms);
    if (terms.settings.subprotocol_required || asked.count(http::field::sec_websocket_protocol) != 0)
        return refuse_upgrade(websocket_error::no_common_subprotocol, terms);
    return accept(asked, {format_without_subprotocol(terms.serializers)}, false, terms);
}

upgrade_answer refuse_upgrade(websocket_error error, const upgrade_terms& terms)
{
    const auto names = names_of(terms.serializers);
    const bool page = terms.settings.status_page && error == websocket_error::no_upgrade;
    const auto body = page ? status_page(names)
                           : fmt::format("{}.\nThis is the WebSocket address of a WAMP router. Subprotocols: {}.\n",
                                         text_of(error), names);
    upgrade_answer answer;
    answer.error = error;
    answer.reply =
        fmt::format("HTTP/1.1 {}\r\n{}Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    "Connection: close\r\nContent-Type: {}; charset=utf-8\r\nContent-Length: {}\r\n"
                    "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n{}",
                    status_of(error), server_field(terms), page ? "text/html" : "text/plain", body.size(), body);
    return answer;
}

upgrade_request::upgrade_request(std::string_view host, std::string_view path, const upgrade_offer& offer,
                                 byte_view key)
    : key_{base64(key)},
      offer_{offer},
      text_{fmt::format("GET {} HTTP/1.1\r\nHost: {}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        "Sec-WebSocket-Key: {}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: {}\r\n",
                        path, host, key_, names_of(offer.subprotocols))}
{
    if (offer.deflate)
        text_ += fmt::format("Sec-WebSocket-Extensions: {}\r\n", offer_of(*offer.deflate));
    text_ += "\r\n";
}

boost::system::result<upgrade_agreement> upgrade_request::read_answer(std::string_view head) const
{
    http::response_parser<http::empty_body> parser;
    parser.header_limit(limits::http_head_bytes_max);
    boost::system::error_code failure;
    parser.put(boost::asio::buffer(head), failure);
    const bool read = parser.is_header_done();
    const auto& answer = parser.get();
    if (read && answer.result() != http::status::switching_protocols)
        return websocket_error::upgrade_refused;
    if (!read || !proves_understanding(answer, key_))
        return websocket_error::answer_malformed;
    const auto subprotocol = chosen_subprotocol(answer, offer_);
    if (!subprotocol)
        return subprotocol.error();
    auto deflate = granted_deflate(answer, offer_);
    if (!deflate)
        return deflate.error();
    return upgrade_agreement{*subprotocol, std::move(*deflate)};
}

} // namespace junctor
