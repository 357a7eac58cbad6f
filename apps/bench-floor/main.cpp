// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// The program bench-floor: listens on the URLs of its command line and forwards frames.

#include <cstdio>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "bench/failure.hpp"
#include "floor_server.hpp"

namespace {

constexpr auto usage = "Usage: bench-floor URL...\n\n"
                       "Forwards RawSocket frames between the connections of `junctor bench --floor`\n"
                       "without looking inside: what a router costs beyond that is its own.\n"
                       "URL is rs://host:port, where port 0 is any, or rs://unix:/path.\n";

} // namespace

int main(int argc, char** argv)
{
    const std::vector<std::string> urls(argv + 1, argv + argc);
    if (urls.empty() || urls.front().starts_with("-")) {
        std::fputs(usage, urls.empty() ? stderr : stdout);
        return urls.empty() ? 2 : 0;
    }
    try {
        junctor::bench::floor_server server(urls);
        for (const auto& url : server.urls())
            fmt::print("listening {}\n", url);
        std::fflush(stdout);
        server.run();
    } catch (const junctor::bench::failure& failed) {
        fmt::print(stderr, "bench-floor: {}\n", failed.what());
        return 1;
    }
}
