// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "options.hpp"

#include <algorithm>

#include "failure.hpp"

namespace junctor::bench {
namespace {

bool is_websocket(const std::string& url)
{
    return url.starts_with("ws");
}

void check_deflate(const options& what)
{
    if (!std::all_of(what.urls.begin(), what.urls.end(), is_websocket))
        throw bad_options("only WebSocket can compress: --deflate needs a --url of ws:// or wss://");
    if (what.load == load_kind::client)
        throw bad_options("the client library does not compress");
}

void check_floor(const options& what)
{
    if (what.load != load_kind::rpc && what.load != load_kind::pubsub)
        throw bad_options("the floor knows the loads rpc and pubsub only");
    if (what.acknowledge)
        throw bad_options("the floor does not acknowledge");
    if (std::any_of(what.urls.begin(), what.urls.end(), is_websocket))
        throw bad_options("the floor speaks RawSocket only");
    if (what.sender != what.receiver)
        throw bad_options("the floor forwards bytes: both serializers must be the same");
    if (what.load == load_kind::rpc && what.callers != what.callees)
        throw bad_options("the floor pairs connections: there must be as many callees as callers");
    if (what.load == load_kind::pubsub && what.topics > what.publishers)
        throw bad_options("the floor has one topic for each publisher: there must be as many publishers as topics");
}

void check_login(const options& what)
{
    if (what.authmethod.empty() && !(what.authid.empty() && what.secret_file.empty()))
        throw bad_options("--authid and --secret-file need an --authmethod");
    if (what.authmethod == "anonymous" && !what.secret_file.empty())
        throw bad_options("anonymous takes no secret");
    const bool needs_authid =
        !what.authmethod.empty() && what.authmethod != "anonymous" && what.authmethod != "cryptosign";
    if (needs_authid && what.authid.empty())
        throw bad_options(what.authmethod + " needs an --authid");
}

} // namespace

const char* to_string(load_kind kind) noexcept
{
    switch (kind) {
    case load_kind::rpc: return "rpc";
    case load_kind::pubsub: return "pubsub";
    case load_kind::connect: return "connect";
    case load_kind::client: return "client";
    case load_kind::idle: break;
    }
    return "idle";
}

unit_name unit_of(load_kind kind) noexcept
{
    switch (kind) {
    case load_kind::rpc:
    case load_kind::client: return {"call", "calls"};
    case load_kind::pubsub: return {"delivery", "deliveries"};
    case load_kind::connect:
    case load_kind::idle: break;
    }
    return {"session", "sessions"};
}

void check(const options& what)
{
    if (what.load == load_kind::rpc && what.callees > what.callers)
        throw bad_options("every callee needs a caller: there are more callees than callers");
    if (what.load == load_kind::pubsub && what.publishers < what.topics && what.topics % what.publishers != 0)
        throw bad_options(
            "topics are dealt out to publishers: their number must be a multiple of the number of publishers");
    if (what.load == load_kind::idle && !what.pid)
        throw bad_options("idle is about the memory of the router: its --pid is needed");
    if (what.load == load_kind::client && what.insecure)
        throw bad_options("the client library verifies every certificate");
    check_login(what);
    if (what.floor)
        check_floor(what);
    if (what.deflate)
        check_deflate(what);
}

} // namespace junctor::bench
