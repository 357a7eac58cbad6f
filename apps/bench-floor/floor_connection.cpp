// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "floor_connection.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>

#include <sys/socket.h>

namespace junctor::bench {
namespace {

constexpr std::size_t header_bytes = 4;

/// What a connection may leave unread before it is closed: far more than a benchmark has under way.
constexpr std::size_t waiting_bytes_max = std::size_t{256} * 1024 * 1024;

/// The size of the frame whose header is at `data`.
std::size_t frame_bytes(const std::byte* data) noexcept
{
    return header_bytes + (std::to_integer<std::size_t>(data[1]) << 16 | std::to_integer<std::size_t>(data[2]) << 8 |
                           std::to_integer<std::size_t>(data[3]));
}

/// The kinds of roles that the frames of a role go to; nothing if there is no such role.
const char* targets_of(char role) noexcept
{
    switch (role) {
    case 'C': return "E";
    case 'E': return "C";
    case 'P': return "S";
    case 'S': return "";
    default: return nullptr;
    }
}

/// The kinds of roles whose frames go to a role.
const char* sources_of(char role) noexcept
{
    return role == 'S' ? "P" : role == 'P' ? "" : targets_of(role);
}

} // namespace

bool floor_connection::read()
{
    if (input_size_ >= header_bytes && frame_bytes(input_.data()) > input_.size())
        input_.resize(frame_bytes(input_.data()));
    const auto count = recv(socket(), input_.data() + input_size_, input_.size() - input_size_, 0);
    if (count > 0)
        input_size_ += static_cast<std::size_t>(count);
    return count > 0 || (count < 0 && (errno == EAGAIN || errno == EINTR));
}

std::size_t floor_connection::first_frame() const noexcept
{
    if (input_size_ < header_bytes || frame_bytes(input_.data()) > input_size_)
        return 0;
    return frame_bytes(input_.data());
}

std::size_t floor_connection::whole_frames() const noexcept
{
    std::size_t whole = 0;
    while (input_size_ - whole >= header_bytes) {
        const auto next = frame_bytes(input_.data() + whole);
        if (next > input_size_ - whole)
            break;
        whole += next;
    }
    return whole;
}

void floor_connection::use_up(std::size_t size) noexcept
{
    input_size_ -= size;
    if (input_size_ != 0)
        std::memmove(input_.data(), input_.data() + size, input_size_);
}

bool floor_connection::send(const std::byte* data, std::size_t size)
{
    std::size_t sent = 0;
    if (!waits()) {
        const auto count = ::send(socket(), data, size, MSG_NOSIGNAL);
        if (count < 0 && errno != EAGAIN && errno != EINTR)
            return false;
        sent = count < 0 ? 0 : static_cast<std::size_t>(count);
    }
    waiting_.insert(waiting_.end(), data + sent, data + size);
    return waiting_.size() - waiting_sent_ <= waiting_bytes_max;
}

bool floor_connection::send_waiting()
{
    const auto count = ::send(socket(), waiting_.data() + waiting_sent_, waiting_.size() - waiting_sent_, MSG_NOSIGNAL);
    if (count < 0)
        return errno == EAGAIN || errno == EINTR;
    waiting_sent_ += static_cast<std::size_t>(count);
    if (waiting_sent_ == waiting_.size()) {
        waiting_.clear();
        waiting_sent_ = 0;
    }
    return true;
}

bool floor_groups::join(floor_connection& who, std::string_view role)
{
    if (role.size() < 3 || role[1] != ' ' || targets_of(role[0]) == nullptr)
        return false;
    const auto number = std::string(role.substr(1));
    if (*targets_of(role[0]) != '\0')
        who.targets = members_[targets_of(role[0]) + number];
    if (*sources_of(role[0]) != '\0') {
        for (auto* const source : members_[sources_of(role[0]) + number])
            source->targets.push_back(&who);
    }
    members_[std::string(role)].push_back(&who);
    return true;
}

void floor_groups::leave(floor_connection& who)
{
    for (auto& [role, group] : members_) {
        std::erase(group, &who);
        for (auto* const other : group)
            std::erase(other->targets, &who);
    }
}

} // namespace junctor::bench
