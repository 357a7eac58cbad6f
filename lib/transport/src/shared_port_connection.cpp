// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "shared_port_connection.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <exception>
#include <utility>

#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/this_coro.hpp>

#include <unistd.h>

#include <junctor/framing/framing_error.hpp>
#include <junctor/framing/rawsocket.hpp>
#include <junctor/framing/websocket_error.hpp>
#include <junctor/transport/rawsocket_channel.hpp>
#include <junctor/transport/websocket_channel.hpp>

#include "begun_connection.hpp"
#include "forwarded_client.hpp"
#include "http_answer.hpp"
#include "websocket_upgrade.hpp"

namespace junctor {

using boost::system::error_code;
using boost::system::result;

namespace {

constexpr std::byte tls_handshake_record{0x16};

/// What is read of a file and written at a time.
constexpr std::size_t file_bytes_at_once = std::size_t{64} * 1024;

constexpr std::string_view continue_answer = "HTTP/1.1 100 Continue\r\n\r\n";

/// What of `asked` lies below `path`, which leads there.
std::string below(const web_path& path, const std::string& asked)
{
    if (path.at != "/")
        return asked.substr(path.at.size());
    return asked == "/" ? "" : asked;
}

/// Of a connection that has ended in order, without a session.
result<opened_channel> nothing_left()
{
    return opened_channel();
}

} // namespace

shared_port_connection::shared_port_connection(connection peer, const listening_transport& settings,
                                               shard_services& services, log_sink& log)
    : peer_{std::move(peer)},
      settings_{settings},
      port_{*settings.port()},
      services_{services},
      log_{log},
      stream_{std::move(peer_.socket), peer_.tls, services}
{
}

error_code shared_port_connection::why_over() const noexcept
{
    return stream_.end() ? stream_.end() : error_code(boost::asio::error::eof);
}

awaitable<result<opened_channel>> shared_port_connection::open()
{
    stream_.set_deadline(clock::now() + std::min(settings_.per_session().join_timeout, port_.http.request_timeout));
    if (peer_.tls != nullptr) {
        const auto refused = co_await settle_tls();
        if (refused)
            co_return refused;
    }
    const bool begun = co_await fill();
    if (!begun)
        co_return why_over();
    if (input_[0] == rawsocket_magic) {
        auto opened = co_await open_rawsocket();
        co_return opened;
    }
    auto opened = co_await serve_http();
    co_return opened;
}

/// Tells TLS from what is none, on an endpoint that has TLS.
awaitable<error_code> shared_port_connection::settle_tls()
{
    const auto first = co_await stream_.peek();
    if (first.empty())
        co_return why_over();
    if (first[0] == tls_handshake_record)
        co_return error_code();
    stream_.forgo_tls();
    peer_.tls = nullptr;
    if (std::get<tcp_endpoint>(settings_.endpoint()).tls->optional)
        co_return error_code();
    co_await refuse_plain();
    co_return websocket_error::tls_missing;
}

/// Tells a browser, which would show nothing otherwise.
awaitable<void> shared_port_connection::refuse_plain()
{
    const bool begun = co_await fill();
    if (!begun || std::isalpha(std::to_integer<unsigned char>(input_[0])) == 0 || port_.paths.empty())
        co_return;
    const auto answer = text_response(400, "This port speaks TLS only: use https or wss.");
    const auto text = head_of(answer, {port_.http, false, false}) + answer.body;
    const bool sent = co_await stream_.write(as_bytes(text));
    if (sent)
        co_await finish();
}

/// Reads more. False if nothing more will come.
awaitable<bool> shared_port_connection::fill()
{
    const auto arrived = co_await stream_.read();
    input_.append(arrived);
    co_return !arrived.empty();
}

/// The connection, for a channel that reads `unread` first.
connection shared_port_connection::hand_over(byte_buffer unread)
{
    peer_.begun = std::make_shared<begun_connection>(begun_connection{stream_.release(), std::move(unread)});
    return std::move(peer_);
}

awaitable<result<opened_channel>> shared_port_connection::open_rawsocket()
{
    if (port_.rawsocket == nullptr)
        co_return websocket_error::not_http;
    const auto& transport = *port_.rawsocket;
    auto opened = co_await open_rawsocket_channel(hand_over(std::move(input_)), transport, services_);
    if (!opened)
        co_return opened.error();
    co_return opened_channel{std::move(*opened), &transport};
}

awaitable<result<opened_channel>> shared_port_connection::upgrade(const web_path& path, std::string_view head)
{
    byte_buffer unread;
    unread.append(head);
    unread.append(input_.view());
    auto opened = co_await open_websocket_channel(hand_over(std::move(unread)), *path.transport, services_);
    if (!opened)
        co_return opened.error();
    co_return opened_channel{std::move(*opened), path.transport.get()};
}

// Requests

awaitable<result<opened_channel>> shared_port_connection::serve_http()
{
    if (port_.paths.empty())
        co_return framing_error::not_rawsocket;
    std::string head;
    for (bool first = true;; first = false) {
        const auto unread = co_await read_head(head);
        if (unread)
            co_return first ? result<opened_channel>(unread) : nothing_left();
        http_request_reader reader(head);
        auto& request = reader.request();
        identify_client(request);
        const auto* const path = reader.fault() == 0 ? find_path(port_, request.path) : nullptr;
        if (path != nullptr && path->service == nullptr) {
            peer_.facts = request.facts;
            auto opened = co_await upgrade(*path, head);
            co_return opened;
        }
        const auto since = clock::now();
        const auto response = co_await answer_to(reader, path);
        const bool keeps_alive = reader.keeps_alive() && peer_.ticket.within_limit() && !closing_;
        const bool sent = co_await send(response, request, keeps_alive);
        log_access(request, response, since);
        if (sent && !keeps_alive)
            co_await finish();
        if (!sent || !keeps_alive)
            co_return nothing_left();
        stream_.set_deadline(clock::now() + port_.http.client_timeout);
    }
}

awaitable<error_code> shared_port_connection::read_head(std::string& head)
{
    http_head_reader reader;
    bool begun = !input_.empty();
    for (;;) {
        if (input_.empty()) {
            const bool more = co_await fill();
            if (!more)
                co_return why_over();
            if (!std::exchange(begun, true))
                stream_.set_deadline(clock::now() + port_.http.request_timeout);
        }
        std::span input(input_.data(), input_.size());
        const auto status = reader.read(input);
        input_.consume(input_.size() - input.size());
        if (status == http_head_reader::status::not_http)
            co_return websocket_error::not_http;
        if (status != http_head_reader::status::need_more) {
            head = reader.head();
            co_return error_code();
        }
    }
}

/// Reads the body, unless it is refused.
awaitable<bool> shared_port_connection::read_body(http_request_reader& reader, std::size_t bytes_max)
{
    reader.limit_body(bytes_max);
    if (reader.fault() == 0 && reader.awaits_continue()) {
        const bool told = co_await write(as_bytes(continue_answer));
        if (!told)
            co_return false;
    }
    while (!reader.read_body(input_) && reader.fault() == 0) {
        const bool more = co_await fill();
        if (!more)
            co_return false;
    }
    co_return reader.fault() == 0;
}

/// Notes who asks, which is up to a proxy that is trusted.
void shared_port_connection::identify_client(http_request& request)
{
    if (stream_.tls() != nullptr && peer_.facts.tls == nullptr)
        peer_.facts.tls = std::make_shared<const tls_facts>(stream_.tls()->facts());
    request.facts = peer_.facts;
    request.facts.transport_id = settings_.id();
    request.facts.type = "http";
    const auto& trusted = proxies_of(settings_.endpoint()).trusted;
    if (trusted.contains(request.facts))
        identify_forwarded(request.facts, request.list("X-Forwarded-For"), trusted);
}

awaitable<http_response> shared_port_connection::answer_to(http_request_reader& reader, const web_path* path)
{
    if (reader.fault() == 0 && !peer_.ticket.within_limit())
        co_return text_response(503, "Too many connections.");
    if (reader.fault() == 0 && path == nullptr)
        co_return text_response(404, "There is nothing at this path.");
    if (reader.fault() == 0) {
        const bool whole = co_await read_body(reader, path->service->body_bytes_max());
        if (whole) {
            reader.request().below = below(*path, reader.request().path);
            stream_.clear_deadline(); // Services know how long they may take.
            auto answer = co_await ask(*path->service, reader.request());
            co_return answer;
        }
    }
    const auto status = reader.fault() != 0 ? reader.fault() : 400U;
    co_return text_response(status, std::string(reason_phrase(status)) + ".");
}

/// What `service` answers. If the router closes meanwhile, the service is told by its host, and its answer is still
/// sent.
awaitable<http_response> shared_port_connection::ask(web_service& service, const http_request& request)
{
    using namespace boost::asio;
    co_await this_coro::throw_if_cancelled(false);
    co_await this_coro::reset_cancellation_state(enable_terminal_cancellation(), disable_cancellation());
    auto answer = co_await try_to_ask(service, request);
    const auto state = co_await this_coro::cancellation_state;
    closing_ = state.cancelled() != cancellation_type::none;
    if (!closing_) {
        co_await this_coro::reset_cancellation_state(enable_terminal_cancellation());
        co_await this_coro::throw_if_cancelled(true);
    }
    co_return answer;
}

awaitable<http_response> shared_port_connection::try_to_ask(web_service& service, const http_request& request)
{
    std::string cause;
    try {
        auto answer = co_await service.answer(request, services_);
        co_return answer;
    } catch (const std::exception& error) {
        cause = error.what();
    }
    log_.write(log_level::error, "request failed",
               {{"transport", settings_.id()}, {"path", request.path}, {"peer", request.facts.peer}, {"what", cause}});
    co_return text_response(500, "The service has failed.");
}

// Answers

/// Writes within the time that a peer has for taking it.
awaitable<bool> shared_port_connection::write(byte_view bytes)
{
    stream_.set_deadline(clock::now() +
                         (closing_ ? settings_.per_session().goodbye_timeout : port_.http.request_timeout));
    const bool written = co_await stream_.write(bytes);
    co_return written;
}

/// Ends in order, within the time that a peer has for ending too.
awaitable<void> shared_port_connection::finish()
{
    stream_.set_deadline(clock::now() + settings_.per_session().goodbye_timeout);
    co_await stream_.finish();
}

awaitable<bool> shared_port_connection::send(const http_response& response, const http_request& request,
                                             bool keeps_alive)
{
    auto text = head_of(response, {port_.http, stream_.tls() != nullptr, keeps_alive});
    const bool has_body = request.method != "HEAD";
    if (has_body && !response.file)
        text += response.body;
    const bool sent = co_await write(as_bytes(text));
    if (!sent || !has_body || !response.file)
        co_return sent;
    const bool all = co_await send_file(*response.file);
    co_return all;
}

/// Files are read on the thread of the shard, mostly from the memory of the system.
awaitable<bool> shared_port_connection::send_file(const http_file& file)
{
    std::vector<std::byte> portion(std::min<std::uint64_t>(file_bytes_at_once, file.size));
    for (std::uint64_t sent = 0; sent < file.size;) {
        const auto wanted = std::min<std::uint64_t>(portion.size(), file.size - sent);
        const auto count = ::pread(file.file.get(), portion.data(), wanted, static_cast<off_t>(file.offset + sent));
        if (count <= 0)
            co_return false; // It is shorter now: the end of the connection says so.
        const bool written = co_await write(byte_view(portion.data(), static_cast<std::size_t>(count)));
        if (!written)
            co_return false;
        sent += static_cast<std::uint64_t>(count);
    }
    co_return true;
}

void shared_port_connection::log_access(const http_request& request, const http_response& response,
                                        clock::time_point since)
{
    if (!port_.http.access_log)
        return;
    const auto taken = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now() - since);
    log_.write(log_level::info, "request",
               {{"method", request.method},
                {"target", request.target},
                {"status", response.status},
                {"bytes", body_size(response)},
                {"ms", taken.count()},
                {"peer", request.facts.peer},
                {"transport", settings_.id()}});
}

} // namespace junctor
