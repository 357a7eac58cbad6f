// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/longpoll.hpp>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <junctor/auth/secret.hpp>
#include <junctor/base/hex.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/web/fixed_answer.hpp>

#include "longpoll_client.hpp"
#include "longpoll_protocol.hpp"
#include "longpoll_request.hpp"

namespace junctor {

namespace {

/// What makes the names of transports hard to guess: who knows one may speak for its client.
constexpr std::size_t name_bytes = 16;

/// Room in a body beside a message of the largest size: for what goes around it in a batch, and for other messages.
constexpr std::size_t batch_room_bytes = 4096;

std::string random_name()
{
    std::array<std::byte, name_bytes> octets{};
    fill_random(octets);
    return to_hex(octets);
}

/// The first protocol in the request to open a transport for which `transport` has the serializer.
std::optional<longpoll_protocol> choose_protocol(std::string_view body, const listening_transport& transport)
{
    const auto content = read_value({serializer::json, as_bytes(body)});
    const auto* const asked = content ? content->get_if<dict>() : nullptr;
    const auto* const wanted = asked != nullptr ? asked->find("protocols") : nullptr;
    const auto* const names = wanted != nullptr ? wanted->get_if<list>() : nullptr;
    if (names == nullptr)
        return std::nullopt;
    for (const auto& name : *names) {
        const auto* const text = name.get_if<std::string>();
        const auto protocol = text != nullptr ? parse_longpoll_protocol(*text) : std::nullopt;
        if (protocol && transport.serializers().contains(protocol->format))
            return protocol;
    }
    return std::nullopt;
}

/// What goes with every answer to a page of `origin`; empty if it is none.
std::vector<http_field> fields_for(std::string_view origin)
{
    std::vector<http_field> fields{{"Cache-Control", "no-store"}};
    if (!origin.empty()) {
        fields.push_back({"Access-Control-Allow-Origin", std::string(origin)});
        fields.push_back({"Access-Control-Allow-Credentials", "true"});
        fields.push_back({"Vary", "Origin"});
    }
    return fields;
}

/// What browsers ask before a page may ask for the first time.
http_response answer_preflight()
{
    http_response answer;
    answer.status = 204;
    answer.fields = {{"Access-Control-Allow-Methods", "POST"},
                     {"Access-Control-Allow-Headers", "Content-Type"},
                     {"Access-Control-Max-Age", "600"}};
    return answer;
}

} // namespace

/// All clients of the service. Used on the main shard.
class longpoll::clients : public std::enable_shared_from_this<clients> {
public:
    clients(web_host& host, std::shared_ptr<const listening_transport> transport, const longpoll_settings& settings)
        : host_{host}, transport_{std::move(transport)}, settings_{settings}
    {
    }

    /// The io_context of the main shard; may be asked for on any.
    [[nodiscard]] boost::asio::io_context& io() noexcept { return host_.main().io(); }

    void handle(const std::shared_ptr<longpoll_request>& request);
    void abandon(const longpoll_request& request);
    void stop() noexcept;

private:
    void open(std::shared_ptr<longpoll_request> request);
    awaitable<void> connect(std::shared_ptr<longpoll_request> request, longpoll_protocol protocol, std::string name);
    std::shared_ptr<longpoll_client> find(std::string_view below, std::string_view& action);

    web_host& host_;
    std::shared_ptr<const listening_transport> transport_;
    const longpoll_settings settings_;
    std::map<std::string, std::shared_ptr<longpoll_client>, std::less<>> by_name_; ///< Null: it is being connected.
};

void longpoll::clients::handle(const std::shared_ptr<longpoll_request>& request)
{
    if (host_.closing())
        return request->answer(text_response(503, "The router closes."));
    if (request->below == "/open")
        return open(request);
    std::string_view action;
    const auto client = find(request->below, action);
    if (client == nullptr)
        request->answer(no_such_longpoll_client());
    else if (action == "send")
        client->send(*request);
    else if (action == "receive")
        client->receive(request);
    else if (action == "close")
        client->close(*request);
    else
        request->answer(text_response(404, "There are send, receive and close."));
}

/// The client that the path `below` the service names, and what is asked of it; null if there is no such client.
std::shared_ptr<longpoll_client> longpoll::clients::find(std::string_view below, std::string_view& action)
{
    if (!below.starts_with('/'))
        return nullptr;
    const auto slash = below.find('/', 1);
    const auto at = by_name_.find(below.substr(1, slash - 1));
    if (slash == std::string_view::npos || at == by_name_.end())
        return nullptr;
    action = below.substr(slash + 1);
    return at->second;
}

void longpoll::clients::open(std::shared_ptr<longpoll_request> request)
{
    const auto protocol = choose_protocol(request->body, *transport_);
    if (!protocol) {
        host_.log().write(log_level::info, "long-poll request refused",
                          {{"peer", request->facts.peer}, {"cause", "no protocol in common"}});
        return request->answer(text_response(
            400, "The body must be a JSON object whose \"protocols\" name one that is spoken here, such as "
                 "\"wamp.2.json\"."));
    }
    if (by_name_.size() >= transport_->per_transport().connections_max)
        return request->answer(text_response(503, "There are too many clients."));
    auto name = random_name();
    by_name_.emplace(name, nullptr);
    auto failed = [self = shared_from_this(), request, name](const std::exception_ptr& failure) {
        if (!failure)
            return;
        self->by_name_.erase(name);
        request->answer(text_response(503, "The router takes no clients now."));
    };
    auto connecting = connect(std::move(request), *protocol, std::move(name));
    boost::asio::co_spawn(io().get_executor(), std::move(connecting), std::move(failed));
}

awaitable<void> longpoll::clients::connect(std::shared_ptr<longpoll_request> request, longpoll_protocol protocol,
                                           std::string name)
{
    const auto self = shared_from_this();
    auto facts = request->facts;
    facts.transport_id = transport_->id();
    facts.type = "longpoll";
    facts.format = protocol.format;
    auto connecting = host_.connect(*transport_, std::move(facts), host_.main());
    auto link = co_await std::move(connecting);
    auto client = std::make_shared<longpoll_client>(std::move(link), protocol, settings_, host_.main(), host_.log(),
                                                    [self, name] { self->by_name_.erase(name); });
    by_name_[name] = client;
    client->start();
    if (host_.closing())
        client->end(close_reason::system_shutdown);
    request->answer({200,
                     {{"Content-Type", "application/json; charset=utf-8"}},
                     fmt::format(R"({{"protocol": "{}", "transport": "{}"}})", name_of(protocol), name),
                     std::nullopt});
}

void longpoll::clients::abandon(const longpoll_request& request)
{
    std::string_view action;
    if (const auto client = find(request.below, action))
        client->abandon(request);
}

void longpoll::clients::stop() noexcept
{
    for (const auto& [name, client] : std::exchange(by_name_, {})) {
        if (client != nullptr)
            client->leave();
    }
}

longpoll::longpoll(std::shared_ptr<const listening_transport> transport, longpoll_settings settings)
    : transport_{std::move(transport)}, settings_{std::move(settings)}
{
}

longpoll::~longpoll() = default;

void longpoll::start(web_host& host)
{
    clients_ = std::make_shared<clients>(host, transport_, settings_);
}

void longpoll::stop() noexcept
{
    if (clients_ != nullptr)
        clients_->stop();
}

std::size_t longpoll::body_bytes_max() const noexcept
{
    return transport_->common().max_message_size + batch_room_bytes;
}

awaitable<http_response> longpoll::answer(const http_request& request, shard_services& here)
{
    const auto origin = request.field("Origin");
    if (!origin.empty() && !admits_origin(settings_.origins, origin, request.field("Host")))
        co_return text_response(403, "Pages of this origin may not connect.");
    http_response answer;
    if (request.method == "OPTIONS")
        answer = answer_preflight();
    else if (request.method != "POST")
        answer = method_refused("POST, OPTIONS");
    else
        answer = co_await ask_main(request, here.io());
    for (auto& field : fields_for(origin))
        answer.fields.push_back(std::move(field));
    co_return answer;
}

/// Lets the main shard answer `request`, which came on the shard that `home` runs.
awaitable<http_response> longpoll::ask_main(const http_request& request, boost::asio::io_context& home)
{
    const auto asked = std::make_shared<longpoll_request>(request, home);
    boost::asio::post(clients_->io(), [clients = clients_, asked] { clients->handle(asked); });
    auto answering = longpoll_request::wait(asked);
    try {
        auto answer = co_await std::move(answering);
        co_return answer;
    } catch (...) {
        boost::asio::post(clients_->io(), [clients = clients_, asked] { clients->abandon(*asked); });
        throw;
    }
}

} // namespace junctor
