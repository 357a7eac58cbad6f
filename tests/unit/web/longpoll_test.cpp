// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/longpoll.hpp>

#include "support/catch.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <junctor/codec/codec.hpp>
#include <junctor/transport/local_channel.hpp>

#include "web_test_support.hpp"

namespace asio = boost::asio;
using namespace std::chrono_literals;

namespace {

std::string in_format(std::string_view message, junctor::serializer from, junctor::serializer to)
{
    junctor::byte_buffer out;
    REQUIRE(junctor::transcode({from, junctor::as_bytes(message)}, to, out) == junctor::errc{});
    return std::string(junctor::as_text(out.view()));
}

std::string msgpack(std::string_view json)
{
    return in_format(json, junctor::serializer::json, junctor::serializer::msgpack);
}

/// The router's part: has the other end of what is connected, and hears what is said there.
class scripted_host final : public junctor::web_host {
public:
    junctor::log_sink& log() noexcept override { return junctor::silent_log(); }
    junctor::shard_services& main() noexcept override { return services; }
    bool closing() const noexcept override { return false; }
    std::vector<std::string> realms() override { return {}; }
    std::size_t connection_count() const noexcept override { return 0; }

    junctor::awaitable<std::unique_ptr<junctor::channel>> connect(std::string, std::string,
                                                                  junctor::shard_services&) override
    {
        throw std::logic_error("long-poll names its transport");
    }

    junctor::awaitable<std::unique_ptr<junctor::channel>>
    connect(const junctor::listening_transport&, junctor::transport_facts facts, junctor::shard_services& here) override
    {
        auto both = junctor::make_local_channels(services, here, 1 << 20);
        router = std::move(both.router);
        known = std::move(facts);
        asio::co_spawn(io.get_executor(), hear(), asio::detached);
        co_return std::move(both.client);
    }

    void say(std::string_view json) { static_cast<void>(router->send_encoded(junctor::as_bytes(msgpack(json)))); }

    asio::io_context io{1};
    junctor::shard_services services{io};
    junctor::transport_facts known;
    std::unique_ptr<junctor::channel> router;
    std::vector<std::string> heard; ///< In JSON.
    bool ended{false};              ///< From the other side.

private:
    junctor::awaitable<void> hear()
    {
        while (!ended) {
            const auto read = co_await router->read_batch();
            for (const auto message : read.messages())
                heard.push_back(
                    in_format(junctor::as_text(message), junctor::serializer::msgpack, junctor::serializer::json));
            ended = !read.open();
        }
    }
};

/// Asks the service, which lies at "/", in the order of the calls.
class long_poller {
public:
    using reply = std::shared_ptr<std::optional<junctor::http_response>>;

    explicit long_poller(junctor::longpoll_settings settings = {},
                         junctor::serializer_set formats = junctor::serializer_set::all())
        : service(std::make_shared<junctor::listening_transport>(
                      junctor::listening_transport(junctor::unix_socket("")).serializers(formats)),
                  std::move(settings))
    {
        service.start(host);
    }

    ~long_poller()
    {
        service.stop();
        host.router.reset();
        host.services.deadlines().shut_down();
        host.io.run_for(2s);
    }

    reply ask(junctor::http_request request)
    {
        auto answer = std::make_shared<std::optional<junctor::http_response>>();
        asio::co_spawn(host.io.get_executor(), put(std::move(request), answer), asio::detached);
        return answer;
    }

    reply ask(const std::string& target, std::string body = {})
    {
        auto request = junctor::test::request_of("POST", target);
        request.body = std::move(body);
        return ask(std::move(request));
    }

    template <class Condition>
    bool until(Condition condition)
    {
        const auto end = std::chrono::steady_clock::now() + 5s;
        while (!condition() && std::chrono::steady_clock::now() < end)
            host.io.run_one_for(100ms);
        return condition();
    }

    junctor::http_response answer_to(const reply& asked)
    {
        REQUIRE(until([&] { return asked->has_value(); }));
        return std::move(**asked);
    }

    /// Opens a transport for `protocol`, and completes with its path.
    std::string open(std::string_view protocol)
    {
        const auto answer = answer_to(ask("/open", R"({"protocols": [")" + std::string(protocol) + R"("]})"));
        REQUIRE(answer.status == 200);
        const auto content = junctor::read_value({junctor::serializer::json, junctor::as_bytes(answer.body)});
        const auto& entries = *content->get_if<junctor::dict>();
        CHECK(*entries.find("protocol")->get_if<std::string>() == protocol);
        const auto& name = *entries.find("transport")->get_if<std::string>();
        CHECK(name.size() >= 32);
        return "/" + name;
    }

    scripted_host host;
    junctor::longpoll service;

private:
    junctor::awaitable<void> put(junctor::http_request request, reply to)
    {
        auto answer = co_await service.answer(request, host.services);
        *to = std::move(answer);
    }
};

junctor::http_request from_origin(std::string method, std::string target, std::string origin)
{
    auto request = junctor::test::request_of(std::move(method), std::move(target));
    request.fields = {{"Host", "router.example"}, {"Origin", std::move(origin)}};
    return request;
}

} // namespace

TEST_CASE("longpoll: messages go both ways in each protocol", "[web][longpoll]")
{
    using namespace std::string_literals;
    const auto [protocol, two_sent, first_received, second_received] =
        GENERATE(table<std::string, std::string, std::string, std::string>({
            {"wamp.2.json", "", R"([36,1,2,{},["a"]])", R"([36,1,3,{}])"},
            {"wamp.2.json.batched", "[6,{},\"a\"]\x1E[6,{},\"b\"]\x1E", "[36,1,2,{},[\"a\"]]\x1E[36,1,3,{}]\x1E", ""},
            {"wamp.2.msgpack", "", msgpack(R"([36,1,2,{},["a"]])"), msgpack("[36,1,3,{}]")},
            {"wamp.2.msgpack.batched", "\0\0\0\x05\x93\x06\x80\xA1"s + "a" + "\0\0\0\x05\x93\x06\x80\xA1"s + "b",
             "\0\0\0\x08"s + msgpack(R"([36,1,2,{},["a"]])") + "\0\0\0\x05"s + msgpack("[36,1,3,{}]"), ""},
            {"wamp.2.cbor", "", "\x85\x18\x24\x01\x02\xA0\x81\x61"s + "a", "\x84\x18\x24\x01\x03\xA0"s},
        }));
    CAPTURE(protocol);
    long_poller client;
    const auto path = client.open(protocol);
    CHECK(client.host.known.type == "longpoll");
    client.host.say(R"([36,1,2,{},["a"]])");
    client.host.say("[36,1,3,{}]");
    CHECK(client.answer_to(client.ask(path + "/receive")).body == first_received);
    if (!second_received.empty())
        CHECK(client.answer_to(client.ask(path + "/receive")).body == second_received);
    if (!two_sent.empty()) {
        CHECK(client.answer_to(client.ask(path + "/send", two_sent)).status == 204);
        REQUIRE(client.until([&] { return client.host.heard.size() == 2; }));
        CHECK(client.host.heard == std::vector<std::string>{R"([6,{},"a"])", R"([6,{},"b"])"});
    }
}

TEST_CASE("longpoll: a request for messages waits for the first one", "[web][longpoll]")
{
    long_poller client;
    const auto path = client.open("wamp.2.json");
    const auto waiting = client.ask(path + "/receive");
    CHECK(client.answer_to(client.ask(path + "/send", R"([1,"realm1",{}])")).status == 204);
    REQUIRE(client.until([&] { return client.host.heard.size() == 1; }));
    CHECK_FALSE(waiting->has_value());
    client.host.say("[2,1,{}]");
    const auto answer = client.answer_to(waiting);
    CHECK(answer.body == "[2,1,{}]");
    CHECK(junctor::find_field(answer.fields, "Content-Type") == "application/json; charset=utf-8");
    CHECK(junctor::find_field(answer.fields, "Cache-Control") == "no-store");
}

TEST_CASE("longpoll: without messages a request for them ends in time", "[web][longpoll]")
{
    junctor::longpoll_settings settings;
    settings.request_timeout = 1ms;
    long_poller client(settings);
    const auto path = client.open("wamp.2.json");
    const auto answer = client.answer_to(client.ask(path + "/receive"));
    CHECK(answer.status == 204);
    CHECK(answer.body.empty());
}

TEST_CASE("longpoll: a second request for messages takes the place of the first", "[web][longpoll]")
{
    long_poller client;
    const auto path = client.open("wamp.2.json");
    const auto first = client.ask(path + "/receive");
    const auto second = client.ask(path + "/receive");
    CHECK(client.answer_to(first).status == 409);
    client.host.say("[2,1,{}]");
    CHECK(client.answer_to(second).body == "[2,1,{}]");
}

TEST_CASE("longpoll: a client without requests loses its session", "[web][longpoll]")
{
    junctor::longpoll_settings settings;
    settings.session_timeout = 1ms;
    long_poller client(settings);
    const auto path = client.open("wamp.2.json");
    REQUIRE(client.until([&] { return client.host.ended; }));
    CHECK(client.answer_to(client.ask(path + "/receive")).status == 404);
}

TEST_CASE("longpoll: what waits for a client is bounded", "[web][longpoll]")
{
    junctor::longpoll_settings settings;
    const auto by_messages = GENERATE(true, false);
    if (by_messages)
        settings.queue_messages_max = 2;
    else
        settings.queue_bytes_max = 20;
    long_poller client(settings);
    const auto path = client.open("wamp.2.json");
    for (int i = 0; i < 3; ++i)
        client.host.say("[36,1,2,{}]");
    REQUIRE(client.until([&] { return client.host.ended; }));
    CHECK(client.answer_to(client.ask(path + "/receive")).status == 404);
}

TEST_CASE("longpoll: a client gets what was said before the end, then learns of it", "[web][longpoll]")
{
    long_poller client;
    const auto path = client.open("wamp.2.json");
    client.host.say(R"([3,{},"wamp.error.not_authorized"])");
    client.host.router->abort(junctor::close_reason::none);
    CHECK(client.answer_to(client.ask(path + "/receive")).body == R"([3,{},"wamp.error.not_authorized"])");
    CHECK(client.answer_to(client.ask(path + "/receive")).status == 404);
}

TEST_CASE("longpoll: a client may close what has ended already", "[web][longpoll]")
{
    long_poller client;
    const auto path = client.open("wamp.2.json");
    client.host.say(R"([3,{},"wamp.error.not_authorized"])");
    client.host.router->abort(junctor::close_reason::none);
    CHECK(client.answer_to(client.ask(path + "/receive")).status == 200);
    CHECK(client.answer_to(client.ask(path + "/close")).status == 204);
    CHECK(client.answer_to(client.ask(path + "/close")).status == 404);
}

TEST_CASE("longpoll: a client that closes is gone, with its request for messages", "[web][longpoll]")
{
    long_poller client;
    const auto path = client.open("wamp.2.json");
    const auto waiting = client.ask(path + "/receive");
    CHECK(client.answer_to(client.ask(path + "/close")).status == 204);
    CHECK(client.answer_to(waiting).status == 404);
    REQUIRE(client.until([&] { return client.host.ended; }));
    CHECK(client.answer_to(client.ask(path + "/send", "[6,{},\"a\"]")).status == 404);
}

TEST_CASE("longpoll: the first protocol that the transport allows is spoken", "[web][longpoll]")
{
    long_poller client({}, {junctor::serializer::cbor});
    const auto answer =
        client.answer_to(client.ask("/open", R"({"protocols": ["wamp.2.json", 7, "wamp.2.cbor.batched"]})"));
    CHECK(answer.status == 200);
    CHECK(answer.body.find("\"wamp.2.cbor.batched\"") != std::string::npos);
    CHECK(client.host.known.format == junctor::serializer::cbor);
}

TEST_CASE("longpoll: requests that make no sense are refused", "[web][longpoll]")
{
    long_poller client({}, {junctor::serializer::json});
    const auto path = client.open("wamp.2.json");
    long_poller in_batches;
    const auto batched = in_batches.open("wamp.2.json.batched");
    CHECK(client.answer_to(client.ask("/open", "{")).status == 400);
    CHECK(client.answer_to(client.ask("/open", "{}")).status == 400);
    CHECK(client.answer_to(client.ask("/open", R"({"protocols": ["wamp.2.msgpack", "json"]})")).status == 400);
    CHECK(client.answer_to(client.ask(path + "/send", "")).status == 400);
    CHECK(client.answer_to(client.ask(path + "/send", "[1")).status == 400);
    CHECK(in_batches.answer_to(in_batches.ask(batched + "/send", "[6,{},\"a\"]")).status == 400);
    CHECK(client.answer_to(client.ask(path + "/frobnicate")).status == 404);
    CHECK(client.answer_to(client.ask(path)).status == 404);
    CHECK(client.answer_to(client.ask("/")).status == 404);
    CHECK(client.answer_to(client.ask("/0123456789abcdef/send", "[]")).status == 404);
    CHECK(client.answer_to(client.ask(junctor::test::request_of("GET", path + "/receive"))).status == 405);
    CHECK(client.answer_to(client.ask(path + "/send", "[6,{},\"a\"]")).status == 204); // It still lives.
}

TEST_CASE("longpoll: pages of other origins are refused unless they are allowed", "[web][longpoll]")
{
    junctor::longpoll_settings settings;
    settings.origins.allowed_origins = {"https://shop.example"};
    long_poller client(settings);
    CHECK(client.answer_to(client.ask(from_origin("POST", "/open", "https://evil.example"))).status == 403);
    CHECK(client.answer_to(client.ask(from_origin("OPTIONS", "/open", "https://evil.example"))).status == 403);
    const auto preflight = client.answer_to(client.ask(from_origin("OPTIONS", "/open", "https://shop.example")));
    CHECK(preflight.status == 204);
    CHECK(junctor::find_field(preflight.fields, "Access-Control-Allow-Methods") == "POST");
    CHECK(junctor::find_field(preflight.fields, "Access-Control-Allow-Headers") == "Content-Type");
    const auto answer = client.answer_to(client.ask(from_origin("POST", "/open", "https://shop.example")));
    CHECK(junctor::find_field(answer.fields, "Access-Control-Allow-Origin") == "https://shop.example");
    CHECK(junctor::find_field(answer.fields, "Access-Control-Allow-Credentials") == "true");
}
