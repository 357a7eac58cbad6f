// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

// Fuzzes the cbor codec: however the same bytes are read, the answers must agree.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "codec_agreement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto input = std::as_bytes(std::span(data, size));
    if (!junctor::test::read_in_every_way({junctor::serializer::cbor, input}).disagreement.empty())
        std::abort();
    return 0;
}
