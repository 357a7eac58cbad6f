// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Fuzzes the parser of headers of the PROXY protocol: what it says once it has enough, it says whatever follows.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <span>

#include <junctor/framing/proxy_header.hpp>

using namespace junctor;

namespace {

void require(bool condition)
{
    if (!condition)
        std::abort();
}

using parsed = boost::system::result<std::optional<proxy_header>>;

/// Whether more was to come.
bool undecided(const parsed& outcome)
{
    return outcome && !*outcome;
}

bool same(const parsed& one, const parsed& other)
{
    if (!one || !other)
        return one.has_error() && other.has_error() && one.error() == other.error();
    return (*one)->size == (*other)->size && (*one)->relayed == (*other)->relayed && (*one)->client == (*other)->client;
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = std::as_bytes(std::span(data, size));
    const auto whole = parse_proxy_header(input);
    for (std::size_t count = 0; count < size; ++count) {
        const auto part = parse_proxy_header(input.first(count));
        require(undecided(part) || same(part, whole));
        require(!part || !*part || (*part)->size <= count);
    }
    require(!whole || !*whole || ((*whole)->size <= size && (*whole)->size <= proxy_header_bytes_max));
    return 0;
}
