// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "direct_write.hpp"

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

namespace junctor {

namespace {

constexpr int at_once = MSG_DONTWAIT | MSG_NOSIGNAL;

std::size_t taken(ssize_t result, boost::system::error_code& error) noexcept
{
    if (result >= 0)
        return static_cast<std::size_t>(result);
    if (errno != EAGAIN && errno != EINTR)
        error.assign(errno, boost::system::system_category());
    return 0;
}

} // namespace

std::size_t write_directly(int descriptor, byte_view bytes, boost::system::error_code& error) noexcept
{
    return taken(::send(descriptor, bytes.data(), bytes.size(), at_once), error);
}

std::size_t write_directly(int descriptor, const frame_queue::segments& pieces,
                           boost::system::error_code& error) noexcept
{
    if (pieces.size() == 1)
        return write_directly(descriptor, pieces.front(), error);
    std::array<iovec, frame_queue::segments_max> vectors;
    std::size_t used = 0;
    for (const auto& piece : pieces)
        vectors[used++] = {const_cast<std::byte*>(piece.data()), piece.size()};
    msghdr message{};
    message.msg_iov = vectors.data();
    message.msg_iovlen = used;
    return taken(::sendmsg(descriptor, &message, at_once), error);
}

} // namespace junctor
