// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "direct_write.hpp"

#include <array>
#include <cerrno>

#include <sys/socket.h>
#include <sys/uio.h>

#include <junctor/base/limits.hpp>

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

write_status write_directly(int descriptor, frame_queue& queue, buffer_pool& buffers, std::uint64_t& bytes_written,
                            boost::system::error_code& error) noexcept
{
    const auto enough = bytes_written + limits::written_at_once_max;
    while (!queue.empty()) {
        const auto pieces = queue.next();
        std::size_t offered = 0;
        for (const auto& piece : pieces)
            offered += piece.size();
        const auto taken = write_directly(descriptor, pieces, error);
        bytes_written += taken;
        queue.written(taken, buffers);
        if (error)
            return write_status::failed;
        if (taken != offered || (bytes_written >= enough && !queue.empty()))
            return write_status::blocked;
    }
    return write_status::drained;
}

} // namespace junctor
