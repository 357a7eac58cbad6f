// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "running_program.hpp"

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <utility>

#include "support/names.hpp"

namespace junctor::test {

namespace {

std::string variable(const char* name)
{
    const auto* const content = std::getenv(name); // NOLINT(concurrency-mt-unsafe): nobody sets any.
    return content != nullptr ? content : "";
}

reached_over parse_transport(const std::string& name)
{
    if (name == "tcp")
        return reached_over::tcp;
    if (name == "tls")
        return reached_over::tls;
    if (name == "unix")
        return reached_over::unix_socket;
    if (name == "ws")
        return reached_over::websocket;
    if (name == "wss")
        return reached_over::secure_websocket;
    throw std::invalid_argument("JUNCTOR_CONFORMANCE_OVER is none of tcp, tls, unix, ws, wss: " + name);
}

} // namespace

std::optional<program_options> program_options::from_environment()
{
    const auto transport = variable("JUNCTOR_CONFORMANCE_OVER");
    if (transport.empty())
        return std::nullopt;
    program_options options;
    options.transport = parse_transport(transport);
    options.binary = variable("JUNCTOR_BINARY");
    if (options.binary.empty())
        throw std::invalid_argument("JUNCTOR_BINARY must name the binary of the router");
    const auto shards = variable("JUNCTOR_TEST_SHARDS");
    if (!shards.empty())
        options.shards = std::stoi(shards);
    return options;
}

running_program::running_program(program_options options)
    : options_{std::move(options)}, identity_{certificates_.issue("router")}
{
}

running_program::~running_program()
{
    try {
        stop();
    } catch (const std::exception& failure) {
        // All tests have ended and nobody else can tell that the program did not end as it should, or leaked memory.
        std::fprintf(stderr, "%s\n", failure.what());
        std::_Exit(EXIT_FAILURE);
    }
}

std::string running_program::new_realm_name()
{
    return "com.example.conversation" + std::to_string(++realms_made_);
}

void running_program::serve(const realm_config& realm)
{
    if (ending_)
        stop();
    configure({realm.to_dict()}, principals_of(realm));
}

void running_program::serve_nothing()
{
    configure({}, principals_);
}

void running_program::shut_down()
{
    process().send_signal(SIGTERM);
    ending_ = true;
}

void running_program::stop()
{
    if (!process_)
        return;
    if (!ending_)
        process_->send_signal(SIGTERM); // A second one would end it at once.
    const auto code = process_->wait_for_exit();
    process_.reset();
    config_.clear();
    ending_ = false;
    if (code != 0)
        throw std::runtime_error("the router exited with " + std::to_string(code));
}

const std::string& running_program::url(entrance which) const
{
    // Any client of RawSocket announces what it takes.
    const bool is_ample = which == entrance::bounded && !has_websocket();
    return urls_.at(static_cast<std::size_t>(is_ample ? entrance::ample : which));
}

router_process& running_program::process()
{
    if (!process_)
        throw std::logic_error("the router does not run");
    return *process_;
}

bool running_program::has_websocket() const noexcept
{
    return options_.transport == reached_over::websocket || options_.transport == reached_over::secure_websocket;
}

bool running_program::has_tls() const noexcept
{
    return options_.transport == reached_over::tls || options_.transport == reached_over::secure_websocket;
}

/// They differ in more than their ports, of which nothing is known yet: a configuration that is read again has to tell
/// which is which.
dict running_program::endpoint(entrance which) const
{
    if (options_.transport == reached_over::unix_socket)
        return {{"type", "unix"}, {"path", directory_ / (which == entrance::scant ? "scant" : "ample")}};
    dict made{{"type", "tcp"}, {"interface", "127.0.0.1"}, {"port", 0}, {"backlog", 50 + static_cast<int>(which)}};
    if (has_tls())
        made.set("tls", dict{{"key", identity_.key}, {"certificate", identity_.certificate}});
    return made;
}

/// In the order of `entrance`.
list running_program::transports(const std::map<std::string, std::string>& principals) const
{
    const auto* const type = has_websocket() ? "websocket" : "rawsocket";
    list made{transport_config(type, endpoint(entrance::ample), principals, {}),
              transport_config(type, endpoint(entrance::scant), principals, scant_limits_config())};
    if (has_websocket())
        made.emplace_back(transport_config("rawsocket", endpoint(entrance::bounded), principals, {}));
    return made;
}

/// Those who have been admitted and have a role there.
std::map<std::string, std::string> running_program::principals_of(const realm_config& realm) const
{
    auto known = principals_;
    std::erase_if(known, [&](const auto& entry) { return !realm.roles.contains(entry.second); });
    return known;
}

void running_program::configure(const list& realms, const std::map<std::string, std::string>& principals)
{
    auto text = to_json(node_config(realms, transports(principals), options_.shards));
    if (text == config_)
        return;
    std::ofstream(directory_ / "config.json") << text;
    if (process_)
        reload();
    else
        start();
    config_ = std::move(text);
}

void running_program::start()
{
    process_.emplace(options_.binary, directory_ / "config.json");
    urls_.clear();
    static_cast<void>(process_->wait_for([&](const dict& event) {
        if (is_event(event, "listening"))
            urls_.push_back(*event.find("url")->get_if<std::string>());
        return is_event(event, "ready");
    }));
}

void running_program::reload()
{
    const auto known = process_->event_count();
    process_->send_signal(SIGHUP);
    const auto outcome = process_->wait_for(
        [](const dict& event) {
            return is_event(event, "configuration reloaded") || is_event(event, "configuration not reloaded");
        },
        known);
    if (!is_event(outcome, "configuration reloaded") || *outcome.find("waiting") != value(0))
        throw std::runtime_error("the router did not take its configuration: " + to_json(outcome));
}

} // namespace junctor::test
