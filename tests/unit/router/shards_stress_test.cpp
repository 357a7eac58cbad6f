// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <array>
#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <junctor/router/router.hpp>

#include "../transport/socket_client.hpp"
#include "../transport/tls_client.hpp"
#include "../transport/tls_files.hpp"
#include "running_router.hpp"
#include "support/catch.hpp"

using namespace junctor;
using junctor::test::octets;
using junctor::test::socket_client;
using junctor::test::tls_client;
using junctor::test::tls_files;
using junctor::test::wire_message;

namespace {

constexpr std::string_view farewell = "[6,";

/// A client that speaks JSON, in plain or through TLS. Once the router has ended the connection, or has said GOODBYE,
/// everything throws.
class peer {
public:
    explicit peer(std::uint16_t port) : plain_{std::make_unique<socket_client>(socket_client::tcp(port))}
    {
        plain_->shake_hands();
    }

    peer(std::uint16_t port, const tls_files& files)
        : tls_{std::make_unique<tls_client>(socket_client::tcp(port),
                                            test::tls_client_behaviour{.authority = files.authority()})}
    {
        tls_->handshake();
        tls_->send(octets({0x7F, 0xF1, 0, 0}));
        static_cast<void>(tls_->receive(4));
    }

    void send(const std::string& json)
    {
        if (tls_)
            tls_->send(wire_message(json));
        else
            plain_->send(wire_message(json));
    }

    std::string receive()
    {
        const auto header = read(4);
        std::size_t size = 0;
        for (const char octet : header)
            size = size << 8 | static_cast<unsigned char>(octet);
        auto message = read(size);
        if (message.starts_with(farewell))
            throw std::runtime_error("the router says goodbye");
        return message;
    }

    std::string ask(const std::string& json)
    {
        send(json);
        return receive();
    }

    void join() { ask(R"([1,"realm1",{"roles":{"caller":{},"callee":{},"publisher":{},"subscriber":{}}}])"); }

private:
    std::string read(std::size_t count) { return tls_ ? tls_->receive(count) : plain_->receive(count); }

    std::unique_ptr<socket_client> plain_;
    std::unique_ptr<tls_client> tls_;
};

/// The integer at `index` in the list that `json` ends with.
int argument(const std::string& json, int index)
{
    auto at = json.rfind('[');
    for (; index != 0; --index)
        at = json.find(',', at + 1);
    return std::stoi(json.substr(at + 1));
}

std::string number(int value)
{
    return std::to_string(value);
}

/// Clients of all kinds, each on a thread of its own, until the router ends them.
class crowd {
public:
    crowd(std::uint16_t plain, std::uint16_t tls, std::uint16_t narrow, const tls_files& files)
        : plain_{plain}, tls_{tls}, narrow_{narrow}, files_{files}
    {
    }

    ~crowd()
    {
        for (auto& thread : threads_)
            thread.join();
    }

    void add(void (crowd::*what)())
    {
        threads_.emplace_back([this, what] {
            try {
                (this->*what)();
            } catch (const std::exception&) {
                // The connection has ended, as it is meant to.
            }
        });
    }

    /// Answers calls with what they bring.
    void answer_calls()
    {
        peer callee(plain_);
        callee.join();
        callee.ask(R"([64,1,{},"com.echo"])");
        callee_ready_ = true;
        for (;;) {
            const auto invocation = callee.receive();
            const auto request = std::stoi(invocation.substr(4));
            callee.send("[70," + number(request) + ",{},[" + number(argument(invocation, 0)) + "]]");
        }
    }

    void call() { call_over(std::make_unique<peer>(plain_)); }
    void call_through_tls() { call_over(std::make_unique<peer>(tls_, files_)); }
    void subscribe() { subscribe_over(std::make_unique<peer>(plain_)); }
    void subscribe_through_tls() { subscribe_over(std::make_unique<peer>(tls_, files_)); }

    /// Publishes in bursts that no healthy subscriber is too slow for.
    void publish()
    {
        const auto me = ++publishers_;
        peer publisher(plain_);
        publisher.join();
        for (int event = 1;; ++event) {
            const bool last_of_burst = event % 16 == 0;
            publisher.send("[16," + number(event) + ",{\"acknowledge\":" + (last_of_burst ? "true" : "false") +
                           R"(},"com.topic",[)" + number(me) + "," + number(event) + "]]");
            if (last_of_burst)
                static_cast<void>(publisher.receive());
        }
    }

    /// Comes, and goes without a word, in the middle of events and calls.
    void vanish()
    {
        std::mt19937 random(7);
        for (int round = 1;; ++round) {
            const auto client = round % 3 == 0 ? std::make_unique<peer>(tls_, files_) : std::make_unique<peer>(plain_);
            client->join();
            client->send(R"([32,1,{},"com.topic"])");
            client->send("[64,2,{},\"com.brief" + number(round) + "\"]");
            client->send(R"([48,3,{"timeout":20},"com.echo",[1]])");
            for (auto reads = random() % 5; reads != 0; --reads)
                static_cast<void>(client->receive());
            count(vanished);
        }
    }

    /// Subscribes, and takes nothing, until it is cut off; again and again.
    void dawdle()
    {
        for (;;) {
            peer client(narrow_);
            client.join();
            client.send(R"([32,1,{},"com.topic"])");
            try {
                for (;;) {
                    // Publishes until that fails, for it gets its own events, too.
                    client.send(R"([16,1,{"exclude_me":false},"com.topic",[0,0,")" + std::string(4000, 'x') + "\"]]");
                }
            } catch (const std::exception&) {
                count(cut_off);
            }
        }
    }

    /// Joins and leaves on one connection.
    void come_and_go()
    {
        peer client(plain_);
        for (int round = 1;; ++round) {
            client.join();
            client.send(R"([64,1,{},"com.visitor"])");
            client.send(R"([32,2,{},"com.topic"])");
            client.send(R"([6,{},"wamp.close.normal"])");
            try {
                for (;;)
                    static_cast<void>(client.receive());
            } catch (const std::runtime_error& end) {
                if (end.what() != std::string_view("the router says goodbye"))
                    throw;
            }
            count(visits);
        }
    }

    /// Waits until everything has happened often enough.
    bool wait(int times)
    {
        std::unique_lock lock(mutex_);
        return more_.wait_for(lock, std::chrono::seconds(120), [&] {
            return calls > 20 * times && events > 20 * times && vanished > times && cut_off > times / 10 &&
                   visits > times;
        });
    }

    [[nodiscard]] int disorders() const noexcept { return disorders_; }

private:
    void count(std::atomic<int>& counter)
    {
        ++counter;
        const std::lock_guard lock(mutex_);
        more_.notify_one();
    }

    void call_over(std::unique_ptr<peer> caller)
    {
        caller->join();
        while (!callee_ready_)
            static_cast<void>(caller->ask(R"([48,1,{},"com.none"])"));
        constexpr int at_once = 20;
        for (int call = 1;; call += at_once) {
            for (int i = call; i < call + at_once; ++i)
                caller->send("[48," + number(i) + R"(,{},"com.echo",[)" + number(i) + "]]");
            for (int i = call; i < call + at_once; ++i) {
                if (caller->receive() != "[50," + number(i) + ",{},[" + number(i) + "]]")
                    ++disorders_;
                count(calls);
            }
        }
    }

    void subscribe_over(std::unique_ptr<peer> subscriber)
    {
        subscriber->join();
        subscriber->ask(R"([32,1,{},"com.topic"])");
        std::array<int, 8> latest{};
        for (;;) {
            const auto event = subscriber->receive();
            const auto publisher = static_cast<std::size_t>(argument(event, 0));
            if (publisher == 0)
                continue;
            const auto sequence = argument(event, 1);
            if (latest[publisher] != 0 && sequence != latest[publisher] + 1)
                ++disorders_;
            latest[publisher] = sequence;
            count(events);
        }
    }

    std::uint16_t plain_;
    std::uint16_t tls_;
    std::uint16_t narrow_;
    const tls_files& files_;
    std::atomic<bool> callee_ready_{false};
    std::atomic<int> publishers_{0};
    std::atomic<int> disorders_{0};
    std::atomic<int> calls{0};
    std::atomic<int> events{0};
    std::atomic<int> vanished{0};
    std::atomic<int> cut_off{0};
    std::atomic<int> visits{0};
    std::mutex mutex_;
    std::condition_variable more_;
    std::vector<std::thread> threads_;
};

std::uint16_t port_of(const std::string& url)
{
    return static_cast<std::uint16_t>(std::stoi(url.substr(url.rfind(':') + 1)));
}

} // namespace

TEST_CASE("shards: a crowd of all kinds on two shards, and a shutdown in the middle", "[router][shards][stress]")
{
    const tls_files files;
    auth::anonymous guests("guest");
    running_router running(2);
    running.router.open_realm("realm1").role("guest").allow(action::any, prefix(""));
    session_limits limits;
    limits.goodbye_timeout = std::chrono::milliseconds(500);
    auto secure = tcp("127.0.0.1", 0);
    secure.tls = files.server_options();
    const auto plain = running.router.listen(guest_transport(guests).limits(limits));
    const auto tls = running.router.listen(rawsocket(secure).authenticate("anonymous", guests).limits(limits));
    limits.outbound_bytes_max = 100'000;
    const auto narrow = running.router.listen(guest_transport(guests).limits(limits));
    running.start();
    {
        crowd clients(port_of(plain), port_of(tls), port_of(narrow), files);
        clients.add(&crowd::answer_calls);
        for (int i = 0; i < 2; ++i) {
            clients.add(&crowd::call);
            clients.add(&crowd::subscribe);
            clients.add(&crowd::publish);
        }
        clients.add(&crowd::call_through_tls);
        clients.add(&crowd::subscribe_through_tls);
        clients.add(&crowd::vanish);
        clients.add(&crowd::dawdle);
        clients.add(&crowd::come_and_go);
        CHECK(clients.wait(50));
        running.stop();
        CHECK(clients.disorders() == 0);
    }
    CHECK(running.router.connection_count() == 0);
    CHECK_FALSE(running.log.lines_with("reason=slow_consumer").empty());
    CHECK(running.log.lines_with("error ").empty());
}
