// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "client_options.hpp"

#include <utility>

#include <CLI/CLI.hpp>

namespace junctor {
namespace {

constexpr double seconds_max = 86'400;
constexpr std::size_t concurrency_max = 1000;

constexpr auto footer = "ROUTER: rs://host:port, rss://host:port for TLS, rs://unix:/path, or by WebSocket\n"
                        "ws://host:port/path, wss://host:port/path, ws://unix:/path. Without --url:\n"
                        "what JUNCTOR_URL holds, else junctor.sock in $XDG_RUNTIME_DIR (or else in /tmp)\n"
                        "if it is there, else rs://127.0.0.1:8081.\n\n"
                        "The secret is what the environment variable JUNCTOR_SECRET holds if no file is\n"
                        "named. With an --authid and a secret, but no --authmethod, the router chooses\n"
                        "between wamp-scram and wampcra.\n\n"
                        "Exit codes: 0 all went well; 2 wrong usage; 10 the request failed; 11 there is\n"
                        "no such procedure; 12 not authorized; 13 timeout; 14 canceled; 15 no session\n"
                        "could be joined; 16 the session was lost; 130 Ctrl+C. Errors are one line on\n"
                        "standard error, in JSON with --json.";

/// An option that is one of `words`, which `meaning` tells already.
void add_choice(CLI::App& to, const char* name, std::vector<std::string> words, const char* meaning,
                std::function<void(const std::string&)> take)
{
    to.add_option_function<std::string>(name, std::move(take), meaning)
        ->type_name("NAME")
        ->check(CLI::IsMember(std::move(words)).description(""));
}

/// An option that can be given several times.
template <class T>
void add_list(CLI::App& to, const char* name, T& into, const char* type, const char* meaning)
{
    to.add_option(name, into, meaning)->type_name(type)->expected(1)->take_all();
}

void add_seconds(CLI::App& to, const char* name, const char* meaning,
                 std::function<void(std::chrono::milliseconds)> take)
{
    constexpr double milliseconds_per_second = 1000;
    to.add_option_function<double>(
          name,
          [take = std::move(take)](double seconds) {
              take(std::chrono::milliseconds(static_cast<std::int64_t>(seconds * milliseconds_per_second)));
          },
          meaning)
        ->type_name("S")
        ->check(CLI::Range(1 / milliseconds_per_second, seconds_max).description(""));
}

void add_joining(CLI::App& to, cli::joining_options& what)
{
    to.add_option("--url", what.url, "The router, as below")->type_name("ROUTER");
    to.add_option("--realm", what.realm, "The realm (JUNCTOR_REALM, or else realm1)")->type_name("NAME");
    add_choice(to, "--serializer", {"msgpack", "json", "cbor"}, "msgpack (default), json or cbor",
               [&what](const std::string& name) { what.serializer = *parse_serializer(name); });
    add_list(to, "--ca", what.ca_certificates, "FILE", "Certificates that are trusted (those of the system)");
    to.add_option("--certificate", what.certificate, "Certificate of this client")->type_name("FILE");
    to.add_option("--key", what.key, "Key of that certificate")->type_name("FILE");
    to.add_option("--tls-hostname", what.tls_hostname, "Whose certificate it must be (host of --url)")
        ->type_name("NAME");
}

void add_login(CLI::App& to, cli::joining_options& what)
{
    to.add_option("--authid", what.authid, "As whom to join")->type_name("NAME");
    add_choice(to, "--authmethod", {"anonymous", "ticket", "wampcra", "wamp-scram", "scram", "cryptosign", "tls"},
               "anonymous, ticket, wampcra, wamp-scram, scram\n(that of Crossbar.io), cryptosign or tls",
               [&what](const std::string& name) { what.authmethod = name; });
    to.add_option("--secret-file", what.secret_file, "Holds the ticket, secret, password or seed")->type_name("FILE");
    to.add_option("--private-key", what.private_key, "Private key, for cryptosign")->type_name("FILE");
}

CLI::App& add_command(CLI::App& app, cli::options& what, cli::client_command which, const char* name,
                      const char* purpose, const std::function<void()>& chosen)
{
    auto* const added = app.add_subcommand(name, purpose);
    added->group(""); // The help of `app` names all of them in one line.
    added->set_help_flag("-h,--help", "Print this help");
    added->footer(footer);
    added->callback([&what, which, chosen] {
        what.what = which;
        chosen();
    });
    added->add_flag("--json", what.json, "Print JSON, one line each");
    add_seconds(*added, "--timeout", "Limit for joining (10) and for an answer (none)",
                [&what](std::chrono::milliseconds limit) { what.timeout = limit; });
    add_joining(*added, what.joining);
    add_login(*added, what.joining);
    return *added;
}

void add_content(CLI::App& to, cli::content_options& what)
{
    to.add_option("ARGUMENT", what.args, "Arguments: JSON or, if it is none, text")->type_name("");
    add_list(to, "--kw", what.kwargs, "NAME=VALUE", "A keyword argument");
    to.add_flag("-s,--string", what.as_strings, "All of these are text, also what is JSON");
    to.add_option("--args-json", what.args_json, "First arguments, as a list in JSON; - for stdin")->type_name("JSON");
    to.add_option("--kwargs-json", what.kwargs_json, "Keyword arguments, as a dict in JSON")->type_name("JSON");
}

void add_uri(CLI::App& to, cli::options& what, const char* meaning)
{
    to.add_option_function<std::string>(
          "URI", [&what](const std::string& uri) { what.uris = {uri}; }, meaning)
        ->type_name("")
        ->required();
}

void add_match(CLI::App& to, cli::options& what)
{
    add_choice(to, "--match", {"exact", "prefix", "wildcard"}, "exact (default), prefix or wildcard",
               [&what](const std::string& name) { static_cast<void>(parse(name, what.match)); });
}

void add_retry(CLI::App& to, cli::options& what)
{
    to.add_flag_callback(
        "--no-retry", [&what] { what.retry = false; }, "End when the session is lost; do not join again");
}

void add_call(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    auto& to = add_command(app, what, cli::client_command::call, "call", "Call a procedure, print the result", chosen);
    add_uri(to, what, "The procedure");
    add_content(to, what.content);
    to.add_flag("--progress", what.progress, "Print progressive results as they come");
    to.add_flag("--disclose-me", what.disclose_me, "Let the callee know who calls");
}

void add_receivers(CLI::App& to, cli::receiver_options& who)
{
    to.add_flag("--exclude-me{true},!--no-exclude-me", who.exclude_me, "Whether this session itself gets no event");
    add_list(to, "--exclude", who.exclude, "SESSION", "Who gets no event");
    add_list(to, "--exclude-authid", who.exclude_authid, "NAME", "The same by authid");
    add_list(to, "--exclude-authrole", who.exclude_authrole, "NAME", "The same by authrole");
    add_list(to, "--eligible", who.eligible, "SESSION", "Who alone gets the event");
    add_list(to, "--eligible-authid", who.eligible_authid, "NAME", "The same by authid");
    add_list(to, "--eligible-authrole", who.eligible_authrole, "NAME", "The same by authrole");
}

void add_publish(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    auto& to = add_command(app, what, cli::client_command::publish, "publish", "Publish events", chosen);
    add_uri(to, what, "The topic");
    add_content(to, what.content);
    auto* const unconfirmed = to.add_flag_callback(
        "--no-acknowledge", [&what] { what.acknowledge = false; }, "Do not wait for what the router says to it");
    to.add_flag("--lines", what.lines, "An event for each line of stdin, its last argument")->excludes(unconfirmed);
    to.add_flag("--retain", what.retain, "Keep the event for later subscribers");
    to.add_flag("--disclose-me", what.disclose_me, "Let subscribers know who publishes");
    add_receivers(to, what.receivers);
}

void add_count(CLI::App& to, cli::options& what, const char* meaning)
{
    constexpr std::uint64_t count_max = 1'000'000'000'000;
    to.add_option("--count", what.count, meaning)
        ->type_name("N")
        ->check(CLI::Range(std::uint64_t{1}, count_max).description(""));
}

void add_subscribe(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    auto& to = add_command(app, what, cli::client_command::subscribe, "subscribe", "Print events until Ctrl+C", chosen);
    to.add_option("URI", what.uris, "The topics")->type_name("")->required();
    add_match(to, what);
    to.add_flag("--retained", what.get_retained, "Begin with retained events");
    add_count(to, what, "End after so many events");
    add_retry(to, what);
}

void add_register(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    auto& to = add_command(app, what, cli::client_command::register_, "register",
                           "Answer calls by running a program, until Ctrl+C", chosen);
    add_uri(to, what, "The procedure");
    to.add_option("PROGRAM", what.program, "After --: it reads the call and writes the result, in JSON")
        ->type_name("")
        ->required();
    add_match(to, what);
    add_choice(to, "--invoke", {"single", "first", "last", "roundrobin", "random"},
               "single (default), first, last, roundrobin or random",
               [&what](const std::string& name) { static_cast<void>(parse(name, what.invoke)); });
    to.add_option("--concurrency", what.concurrency, "Programs at a time (one for each processor)")
        ->type_name("N")
        ->check(CLI::Range(std::size_t{1}, concurrency_max).description(""));
    to.add_flag("--raw", what.raw, "The program writes {\"args\": [], \"kwargs\": {}}");
    add_retry(to, what);
}

void add_ping(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    auto& to = add_command(app, what, cli::client_command::ping, "ping", "Measure round trips until Ctrl+C", chosen);
    add_count(to, what, "End after so many");
    add_seconds(to, "--interval", "Between one and the next (1)",
                [&what](std::chrono::milliseconds pause) { what.interval = pause; });
    to.add_flag("--call", what.by_call, "Call wamp.session.count in place of sending PINGs");
}

void add_meta(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    auto& to = add_command(app, what, cli::client_command::meta, "meta", "Ask about sessions and the like", chosen);
    to.require_subcommand(1);
    const auto add = [&](const char* name, cli::meta_request request, const char* purpose) -> CLI::App& {
        auto* const added = to.add_subcommand(name, purpose);
        added->fallthrough();
        added->footer("Options of all of these: `junctor meta --help`.");
        added->callback([&what, request] { what.request = request; });
        return *added;
    };
    add("sessions", cli::meta_request::sessions, "List the sessions");
    auto& session = add("session", cli::meta_request::session, "Show one of them");
    session.add_option("ID", what.session, "The session")->type_name("")->required();
    add("registrations", cli::meta_request::registrations, "List the registrations");
    add("subscriptions", cli::meta_request::subscriptions, "List the subscriptions");
    auto& kill = add("kill", cli::meta_request::kill, "End a session");
    kill.add_option("ID", what.session, "The session")->type_name("")->required();
    kill.add_option("--reason", what.reason, "URI that it is told (wamp.close.killed)")->type_name("URI");
    kill.add_option("--message", what.message, "Text that it is told")->type_name("TEXT");
}

} // namespace

void add_client_commands(CLI::App& app, cli::options& what, const std::function<void()>& chosen)
{
    add_call(app, what, chosen);
    add_publish(app, what, chosen);
    add_subscribe(app, what, chosen);
    add_register(app, what, chosen);
    add_ping(app, what, chosen);
    add_meta(app, what, chosen);
}

} // namespace junctor
