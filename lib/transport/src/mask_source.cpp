// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "mask_source.hpp"

#include <stdexcept>

#include <openssl/rand.h>

namespace junctor {

websocket_mask mask_source::next()
{
    if (used_ == masks_.size()) {
        fill_randomly(std::as_writable_bytes(std::span(masks_)));
        used_ = 0;
    }
    return masks_[used_++];
}

void fill_randomly(std::span<std::byte> octets)
{
    if (RAND_bytes(reinterpret_cast<unsigned char*>(octets.data()), static_cast<int>(octets.size())) != 1)
        throw std::runtime_error("OpenSSL has no random numbers");
}

} // namespace junctor
