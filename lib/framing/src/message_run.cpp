// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/message_run.hpp>

#include <algorithm>

namespace junctor {

byte_buffer& message_run::open_message()
{
    open_ = bytes_.size();
    bytes_.extend(frame_header_bytes);
    return bytes_;
}

void message_run::close_message() noexcept
{
    const auto length = open_view().size();
    const auto header = encode_frame_header(frame_type::message, length);
    std::copy(header.begin(), header.end(), bytes_.data() + open_);
    longest_ = std::max(longest_, length);
    ++count_;
}

void message_run::clear() noexcept
{
    bytes_.clear();
    count_ = 0;
    longest_ = 0;
}

} // namespace junctor
