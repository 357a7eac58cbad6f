// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/frame_parser.hpp>

#include <algorithm>
#include <cassert>
#include <utility>

namespace junctor {

namespace {

/// What a header can make us allocate before any of its payload has come.
constexpr std::size_t first_bytes = 4096;

} // namespace

frame_parser::frame_parser(std::size_t payload_bytes_max, buffer_pool& buffers) noexcept
    : payload_bytes_max_{payload_bytes_max}, buffers_{buffers}
{
}

frame_parser::~frame_parser()
{
    buffers_.give(partial_);
    buffers_.give(assembled_);
}

frame_step frame_parser::next_in_pieces(byte_view& input)
{
    if (error_)
        return {.status = frame_status::failed};
    if (header_size_ == frame_header_bytes)
        return collect(input);
    if (input.empty())
        return {.status = frame_status::need_more};

    if (!read_header(input))
        return {.status = error_ ? frame_status::failed : frame_status::need_more};
    if (input.size() < missing_) {
        partial_ = buffers_.take();
        return collect(input);
    }
    const auto payload = input.first(missing_);
    input = input.subspan(missing_);
    header_size_ = 0;
    missing_ = 0;
    return {frame_status::complete, type_, payload};
}

/// Whether the header is complete and within the rules now.
bool frame_parser::read_header(byte_view& input) noexcept
{
    const auto arriving = std::min(frame_header_bytes - header_size_, input.size());
    std::copy_n(input.begin(), arriving, header_octets_.begin() + header_size_);
    input = input.subspan(arriving);
    header_size_ = static_cast<std::uint8_t>(header_size_ + arriving);
    if (header_size_ != frame_header_bytes)
        return false;

    const auto header = decode_frame_header(header_octets_);
    if (!header)
        error_ = header.error();
    else if (header->payload_bytes > payload_bytes_max_)
        error_ = framing_error::frame_too_long;
    if (error_)
        return false;
    type_ = header->type;
    missing_ = header->payload_bytes;
    return true;
}

frame_step frame_parser::collect(byte_view& input)
{
    const auto arriving = std::min(missing_, input.size());
    reserve(arriving);
    partial_.append(input.first(arriving));
    input = input.subspan(arriving);
    missing_ -= arriving;
    if (missing_ != 0)
        return {.status = frame_status::need_more};

    recycle();
    assembled_ = std::move(partial_);
    header_size_ = 0;
    return {frame_status::complete, type_, assembled_.view()};
}

/// Makes room for what arrives now and, so that copying stays linear, for as much again as has come before; but never
/// for more than was announced.
void frame_parser::reserve(std::size_t arriving)
{
    const auto size = partial_.size();
    const auto wanted = std::min(size + missing_, std::max({size + arriving, size * 2, first_bytes}));
    if (wanted <= partial_.capacity())
        return;
    partial_.extend(wanted - size);
    partial_.truncate(size);
}

std::span<std::byte> frame_parser::room()
{
    assert(missing_ != 0);
    if (partial_.size() == partial_.capacity())
        reserve(1);
    return {partial_.data() + partial_.size(), std::min(partial_.capacity() - partial_.size(), missing_)};
}

void frame_parser::filled(std::size_t count) noexcept
{
    assert(count <= missing_ && count <= partial_.capacity() - partial_.size());
    partial_.extend(count);
    missing_ -= count;
}

} // namespace junctor
