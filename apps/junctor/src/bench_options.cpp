// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "bench_options.hpp"

#include <utility>

#include <CLI/CLI.hpp>

#include "bench/numbered_argument.hpp"

namespace junctor {
namespace {

constexpr std::size_t payload_bytes_max = std::size_t{16} * 1024 * 1024 - 1024;
constexpr std::size_t connections_max = 60'000;
constexpr std::size_t depth_max = 1'000'000;
constexpr double seconds_max = 86'400;

constexpr auto footer = "Addresses: rs://host:port, rss://host:port for TLS, rs://unix:/path;\n"
                        "for WebSocket ws://host:port/path, wss://host:port/path, ws://unix:/path.\n\n"
                        "Exit codes: 0 all that was sent arrived, once and in order; 2 wrong usage;\n"
                        "4 the router could not be reached, or something was lost, doubled,\n"
                        "damaged or out of order: standard error says what in one line.\n\n"
                        "Each load has options of its own, such as `junctor bench rpc --help` shows.";

void add_number(CLI::App& to, const char* name, std::size_t& into, std::size_t least, std::size_t most,
                const char* meaning)
{
    to.add_option(name, into, meaning)->type_name("N")->check(CLI::Range(least, most).description(""));
}

void add_serializer(CLI::App& to, const char* name, serializer& into, const char* meaning)
{
    to.add_option_function<std::string>(
          name, [&into](const std::string& text) { into = *parse_serializer(text); }, meaning)
        ->type_name("NAME")
        ->check(CLI::IsMember({"json", "msgpack", "cbor"}).description(""));
}

void add_seconds(CLI::App& to, const char* name, std::chrono::duration<double>& into, const char* meaning)
{
    to.add_option_function<double>(
          name, [&into](double seconds) { into = std::chrono::duration<double>(seconds); }, meaning)
        ->type_name("S")
        ->check(CLI::Range(0.0, seconds_max).description(""));
}

/// What all loads have in common.
void add_common(CLI::App& to, bench::options& what)
{
    to.add_option("--url", what.urls, "Router, as below (rs://127.0.0.1:8081); several: in turn")
        ->type_name("URL")
        ->expected(1)
        ->take_all();
    to.add_option("--realm", what.realms, "Realm (realm1); several: in turn")
        ->type_name("NAME")
        ->expected(1)
        ->take_all();
    add_serializer(to, "--serializer", what.sender, "msgpack (default), json or cbor");
    add_serializer(to, "--receiver", what.receiver, "That of callees and subscribers, if another");
    add_number(to, "--payload", what.payload_bytes, bench::numbered_argument::digits, payload_bytes_max,
               "Bytes of the argument (16)");
    add_seconds(to, "--duration", what.duration, "Seconds that count (5)");
    add_seconds(to, "--warmup", what.warmup, "Seconds before that (1)");
    to.add_option("--count", what.count, "Send this many, in place of a time")->type_name("N");
    to.add_option("--pid", what.pid, "Process of the router: tell what it uses")->type_name("PID");
    to.add_flag("--insecure", what.insecure, "Do not verify certificates");
    to.add_flag("--deflate", what.deflate, "Let the router compress, over WebSocket");
    to.add_flag("--floor", what.floor, "The server is bench-floor");
    to.add_flag("--json", what.json, "Report in one line of JSON");
}

CLI::App& add_load(CLI::App& bench, bench::options& what, bench::load_kind kind, const char* purpose)
{
    auto* const added = bench.add_subcommand(bench::to_string(kind), purpose);
    added->callback([&what, kind] { what.load = kind; });
    added->fallthrough();
    added->footer("Options of all loads: `junctor bench --help`.");
    return *added;
}

void add_depth(CLI::App& to, bench::options& what)
{
    add_number(to, "--depth", what.depth, 1, depth_max, "Under way for each sender at a time (1)");
    to.add_flag("--lockstep", what.lockstep, "One sender at a time, a full --depth each");
}

void add_login(CLI::App& to, bench::options& what)
{
    to.add_option("--authmethod", what.authmethod, "anonymous, ticket, wampcra, wamp-scram, cryptosign")
        ->type_name("NAME")
        ->check(CLI::IsMember({"anonymous", "ticket", "wampcra", "wamp-scram", "cryptosign"}).description(""));
    to.add_option("--authid", what.authid, "Who the clients say they are")->type_name("NAME");
    to.add_option("--secret-file", what.secret_file, "Holds the ticket, secret, password or seed")->type_name("FILE");
    to.footer("The secret is what the environment variable JUNCTOR_BENCH_SECRET holds if no\n"
              "file is named. That of cryptosign is the seed of a private key, in hexadecimal\n"
              "digits; wamp-scram means the one of the specification.\n\n" +
              to.get_footer());
}

void add_loads(CLI::App& to, bench::options& what)
{
    constexpr auto senders_max = bench::numbered_argument::senders_max;
    auto& rpc = add_load(to, what, bench::load_kind::rpc, "Calls, answered with their argument");
    add_number(rpc, "--callers", what.callers, 1, senders_max, "Callers (1)");
    add_number(rpc, "--callees", what.callees, 1, senders_max, "Callees, dealt out to callers in turn (1)");
    add_depth(rpc, what);

    auto& pubsub = add_load(to, what, bench::load_kind::pubsub, "Publications, delivered to subscribers");
    add_number(pubsub, "--publishers", what.publishers, 1, senders_max, "Publishers, dealt out to topics (1)");
    add_number(pubsub, "--topics", what.topics, 1, connections_max, "Topics (1)");
    add_number(pubsub, "--subscribers", what.subscribers, 1, connections_max, "Subscribers of each topic (1)");
    pubsub.add_flag("--acknowledge", what.acknowledge, "Go on with PUBLISHED, not with the delivery");
    add_depth(pubsub, what);

    auto& connect = add_load(to, what, bench::load_kind::connect, "Sessions that join and leave again and again");
    add_number(connect, "--clients", what.clients, 1, connections_max, "Clients that do so (1)");
    add_login(connect, what);

    auto& client =
        add_load(to, what, bench::load_kind::client, "Calls from one session of the client library to another");
    add_number(client, "--depth", what.depth, 1, senders_max, "Calls awaited at a time (1)");

    auto& idle = add_load(to, what, bench::load_kind::idle, "Memory for sessions that do nothing; needs --pid");
    add_number(idle, "--sessions", what.sessions, 1, connections_max, "Sessions, each with a subscription (100)");
    add_number(idle, "--burst", what.burst, 0, depth_max, "Then send each of them this many events (0)");
}

} // namespace

void add_bench_command(CLI::App& app, bench::options& what, std::function<void()> chosen)
{
    auto* const added = app.add_subcommand("bench", "Measure a router, see bench --help");
    added->set_help_flag("-h,--help", "Print this help");
    added->require_subcommand(1);
    added->footer(footer);
    add_common(*added, what);
    add_loads(*added, what);
    added->callback([added, &what, chosen = std::move(chosen)] {
        if (added->count("--receiver") == 0)
            what.receiver = what.sender;
        chosen();
    });
}

} // namespace junctor
