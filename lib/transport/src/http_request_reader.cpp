// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "http_request_reader.hpp"

#include <algorithm>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <junctor/base/hex.hpp>
#include <junctor/base/limits.hpp>

namespace junctor {

namespace {

namespace http = boost::beast::http;

std::string text(boost::beast::string_view of)
{
    return {of.data(), of.size()};
}

/// The octet that `two` hexadecimal digits stand for, or nothing.
std::optional<char> octet_of(std::string_view two)
{
    const auto bytes = two.size() == 2 ? from_hex(two) : std::nullopt;
    return bytes ? std::optional(std::to_integer<char>(bytes->front())) : std::nullopt;
}

bool has_dot_segment(std::string_view path)
{
    while (!path.empty()) {
        path.remove_prefix(1);
        const auto segment = path.substr(0, path.find('/'));
        if (segment == "." || segment == "..")
            return true;
        path.remove_prefix(segment.size());
    }
    return false;
}

/// What follows the authority of a target that names it, as clients of proxies do.
std::string_view without_authority(std::string_view target)
{
    const auto scheme = target.find("://");
    if (target.starts_with('/') || scheme == std::string_view::npos)
        return target;
    const auto path = target.find('/', scheme + 3);
    return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

/// The status for what Beast finds wrong.
unsigned status_of(const boost::system::error_code& error)
{
    if (error == http::error::body_limit)
        return 413;
    if (error == http::error::header_limit)
        return 431;
    return error == http::error::bad_version ? 505 : 400;
}

} // namespace

std::optional<std::string> decode_path(std::string_view target)
{
    const auto encoded = target.substr(0, target.find('?'));
    std::string path;
    for (std::size_t at = 0; at < encoded.size(); ++at) {
        if (encoded[at] != '%') {
            path += encoded[at];
            continue;
        }
        const auto octet = octet_of(encoded.substr(at + 1, 2));
        if (!octet || *octet == '\0' || *octet == '/')
            return std::nullopt;
        path += *octet;
        at += 2;
    }
    if (!path.starts_with('/') || has_dot_segment(path))
        return std::nullopt;
    return path;
}

struct http_request_reader::parser {
    http::request_parser<http::string_body> of;
};

http_request_reader::http_request_reader(std::string_view head) : parser_{std::make_unique<parser>()}
{
    auto& reading = parser_->of;
    reading.header_limit(limits::http_head_bytes_max);
    reading.body_limit(boost::none); // Depends on what the head asks for.
    boost::system::error_code error;
    if (head.size() <= limits::http_head_bytes_max)
        reading.put(boost::asio::buffer(head), error);
    else
        error = http::error::header_limit;
    if (error && error != http::error::need_more)
        fault_ = status_of(error);
    else if (!reading.is_header_done())
        fault_ = 400;
    else
        take_head();
}

http_request_reader::~http_request_reader() = default;

void http_request_reader::take_head()
{
    const auto& head = parser_->of.get();
    request_.method = text(head.method_string());
    request_.target = text(head.target());
    for (const auto& field : head)
        request_.fields.push_back({text(field.name_string()), text(field.value())});
    const auto hosts = head.count(http::field::host);
    const auto target = without_authority(request_.target);
    auto path = decode_path(target);
    if (!path || hosts > 1 || (hosts == 0 && head.version() != 10)) {
        fault_ = 400;
        return;
    }
    request_.path = std::move(*path);
    const auto question = target.find('?');
    if (question != std::string_view::npos)
        request_.query = target.substr(question + 1);
}

bool http_request_reader::awaits_continue() const
{
    const auto& head = parser_->of.get();
    return boost::beast::iequals(head[http::field::expect], "100-continue") && !parser_->of.is_done();
}

bool http_request_reader::keeps_alive() const
{
    return fault_ == 0 && parser_->of.is_done() && parser_->of.keep_alive();
}

void http_request_reader::limit_body(std::size_t bytes_max)
{
    auto& reading = parser_->of;
    const auto length = reading.content_length();
    if (length && *length > bytes_max)
        fault_ = 413;
    reading.body_limit(bytes_max);
    reading.eager(true);
}

bool http_request_reader::read_body(byte_buffer& input)
{
    auto& reading = parser_->of;
    while (!reading.is_done() && fault_ == 0 && !input.empty()) {
        boost::system::error_code error;
        const auto taken = reading.put(boost::asio::buffer(input.data(), input.size()), error);
        input.consume(taken);
        if (error == http::error::need_more)
            break;
        if (error)
            fault_ = status_of(error);
    }
    if (reading.is_done())
        request_.body = std::move(reading.get().body());
    return reading.is_done() || fault_ != 0;
}

} // namespace junctor
