// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/file_descriptor.hpp>

#include <unistd.h>

namespace junctor {

file_descriptor& file_descriptor::operator=(file_descriptor&& other) noexcept
{
    std::swap(number_, other.number_);
    return *this;
}

file_descriptor::~file_descriptor()
{
    if (number_ >= 0)
        ::close(number_);
}

} // namespace junctor
