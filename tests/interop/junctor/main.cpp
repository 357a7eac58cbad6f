// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// Runs the client of this project against a router and prints a line for each scenario: `ok NAME` or `not ok NAME:
/// WHY`.
///
///     junctor_interop_client MODE URL SERIALIZER REALM --prefix URI [--server FAMILY]
///
/// MODE is one of
///     serve       registers procedures under the prefix, prints `ready`, and serves until its input ends
///     use         calls the procedures that another client, of the family --server, serves under the prefix
/// Exits with 0 if all is well.

#include <iostream>
#include <span>
#include <stdexcept>

#include "client.hpp"

namespace {

interop::options parse(std::span<char*> words)
{
    constexpr std::size_t positional = 5;
    if (words.size() < positional)
        throw std::invalid_argument("MODE URL SERIALIZER REALM are wanted");
    interop::options what;
    what.mode = words[1];
    what.url = words[2];
    what.format = junctor::parse_serializer(words[3]).value();
    what.realm = words[4];
    for (auto rest = words.subspan(positional); rest.size() > 1; rest = rest.subspan(2)) {
        const std::string_view name = rest[0];
        if (name == "--prefix")
            what.prefix = rest[1];
        else if (name == "--server")
            what.server = rest[1];
        else
            throw std::invalid_argument("what is " + std::string(name) + "?");
    }
    return what;
}

} // namespace

int main(int argc, char** argv)
{
    try {
        const auto what = parse({argv, static_cast<std::size_t>(argc)});
        boost::asio::io_context io;
        if (what.mode == "use")
            return interop::use(io, what) ? 0 : 1;
        interop::serve(io, what);
        std::cout << "ok everything served" << std::endl;
        return 0;
    } catch (const std::exception& error) {
        std::cout << "not ok " << error.what() << std::endl;
        return 1;
    }
}
