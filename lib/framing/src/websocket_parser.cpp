// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/websocket_parser.hpp>

#include <algorithm>
#include <cstring>
#include <tuple>
#include <utility>

#include <boost/endian/conversion.hpp>

#include <junctor/codec/utf8.hpp>

namespace junctor {

namespace {

constexpr std::byte final_bit{0x80};
constexpr std::byte reserved_bits{0x70};
constexpr std::byte compressed_bit{0x40};
constexpr std::byte opcode_bits{0x0F};
constexpr std::byte mask_bit{0x80};
constexpr std::byte length_bits{0x7F};
constexpr unsigned length_in_2_octets = 126;
constexpr unsigned length_in_8_octets = 127;
constexpr std::size_t start_bytes = 2;
constexpr std::size_t mask_bytes = std::tuple_size_v<websocket_mask>;

constexpr std::byte record_separator{0x1E};
/// In its place Autobahn for Python has what 30 is as an octal number. Neither can be in a text of JSON.
constexpr std::byte autobahn_separator{0x18};
constexpr std::size_t prefix_bytes = 4;

/// The longest that a message of so many bytes may become by compression. What cannot be compressed is sent as it is,
/// in blocks with headers of 5 bytes.
constexpr std::size_t compressed_bytes_max(std::size_t message_bytes) noexcept
{
    constexpr std::size_t smallest_blocks = 128;
    return message_bytes + message_bytes / smallest_blocks * 5 + 64;
}

frame_type type_of(websocket_opcode control) noexcept
{
    if (control == websocket_opcode::close)
        return frame_type::close;
    return control == websocket_opcode::ping ? frame_type::ping : frame_type::pong;
}

} // namespace

websocket_parser::websocket_parser(const websocket_bounds& bounds, buffer_pool& buffers) noexcept
    : bounds_{bounds}, buffers_{buffers}, payload_bytes_max_{bounds.message_bytes_max}
{
}

websocket_parser::~websocket_parser()
{
    buffers_.give(partial_);
    buffers_.give(control_);
    recycle();
}

void websocket_parser::recycle() noexcept
{
    for (auto& message : assembled_)
        buffers_.give(message);
    assembled_.clear();
    if (std::exchange(inflated_bytes_, 0) != 0)
        special_ = closed_ || in_batch_;
}

void websocket_parser::expect_compressed(const deflate_side& sender, deflate_contexts& shared)
{
    inflater_ = std::make_unique<message_inflater>(sender, shared);
}

std::byte websocket_parser::separator() const noexcept
{
    return separator_ != std::byte{0} ? separator_ : record_separator;
}

frame_step websocket_parser::next(std::span<std::byte>& input)
{
    while (!error_) {
        if (special_) [[unlikely]] {
            if (in_batch_)
                return deliver_from_batch();
            if (rests())
                break;
            input = {};
        }
        const bool begins = !in_payload_;
        if (begins) {
            if (const auto message = take_usual_frame(input)) [[likely]]
                return deliver(*message);
            if (!read_header(input))
                break;
        }
        const auto payload = take_payload(input);
        const bool whole = begins && missing_ == 0;
        if (whole && is_control())
            return deliver_control(payload);
        if (whole && final_ && !in_message_)
            return deliver(payload);
        collect(payload);
        if (missing_ != 0)
            break;
        if (is_control() || final_)
            return end_frame();
    }
    return {.status = error_ ? frame_status::failed : frame_status::need_more};
}

frame_step websocket_parser::fail(boost::system::error_code error) noexcept
{
    error_ = error;
    return {.status = frame_status::failed};
}

/// The payload of the frame at the front of `input`, if that is the usual one: a message by itself, not compressed, all
/// of which has come, and no longer than 64 KiB. Any other is for those who do it step by step.
std::optional<byte_view> websocket_parser::take_usual_frame(std::span<std::byte>& input) noexcept
{
    const auto start = final_bit | static_cast<std::byte>(data_);
    if (in_message_ || header_size_ != 0 || input.size() < start_bytes || input[0] != start)
        return std::nullopt;
    const auto mask_size = masked() ? mask_bytes : 0;
    auto header_size = start_bytes;
    // Beyond 127, too, if the bit of the mask is not as it must be.
    auto length = std::to_integer<std::size_t>(input[1] ^ (masked() ? mask_bit : std::byte{0}));
    if (length == length_in_2_octets && input.size() >= start_bytes + 2) {
        length = boost::endian::load_big_u16(reinterpret_cast<const unsigned char*>(&input[start_bytes]));
        header_size += 2;
        if (length <= websocket_control_bytes_max)
            return std::nullopt;
    } else if (length > websocket_control_bytes_max) {
        return std::nullopt;
    }
    const auto size = header_size + mask_size + length;
    if (input.size() < size || length > bounds_.frame_bytes_max || length > bounds_.message_bytes_max)
        return std::nullopt;
    const auto payload = input.subspan(header_size + mask_size, length);
    if (masked()) {
        std::copy_n(input.begin() + static_cast<std::ptrdiff_t>(header_size), mask_bytes, mask_.begin());
        apply_mask(payload, mask_);
    }
    input = input.subspan(size);
    return payload;
}

/// Whether the header is complete and within the rules now.
bool websocket_parser::read_header(std::span<std::byte>& input) noexcept
{
    if (!take_octets(input, start_bytes))
        return false;
    opcode_ = static_cast<websocket_opcode>(header_[0] & opcode_bits);
    error_ = check_start();
    if (error_ || !take_octets(input, header_bytes()))
        return false;
    if ((header_[0] & compressed_bit) != std::byte{0})
        begin_compressed();
    error_ = read_length();
    if (error_)
        return false;
    if (masked())
        std::copy_n(header_.begin() + header_size_ - mask_bytes, mask_bytes, mask_.begin());
    final_ = (header_[0] & final_bit) != std::byte{0};
    // A compressed message is put together even if it is whole, to be inflated from there.
    in_message_ = in_message_ || (!is_control() && (!final_ || compressed_));
    header_size_ = 0;
    in_payload_ = true;
    return true;
}

/// Whether `wanted` octets of the header have come.
bool websocket_parser::take_octets(std::span<std::byte>& input, std::size_t wanted) noexcept
{
    if (header_size_ >= wanted)
        return true;
    const auto arriving = std::min(wanted - header_size_, input.size());
    std::copy_n(input.begin(), arriving, header_.begin() + header_size_);
    input = input.subspan(arriving);
    header_size_ = static_cast<std::uint8_t>(header_size_ + arriving);
    return header_size_ == wanted;
}

/// What is wrong with the first two octets.
boost::system::error_code websocket_parser::check_start() const noexcept
{
    using enum websocket_opcode;
    if ((header_[0] & reserved_bits) != std::byte{0} && !begins_compressed())
        return websocket_error::reserved_bits_used;
    if (opcode_ > pong || (opcode_ > binary && opcode_ < close))
        return websocket_error::reserved_opcode;
    if (((header_[1] & mask_bit) != std::byte{0}) != masked())
        return masked() ? websocket_error::mask_missing : websocket_error::mask_forbidden;
    if (is_control()) {
        if ((header_[0] & final_bit) == std::byte{0})
            return websocket_error::control_fragmented;
        if (std::to_integer<std::size_t>(header_[1] & length_bits) > websocket_control_bytes_max)
            return websocket_error::control_too_long;
        return {};
    }
    if (opcode_ == continuation)
        return in_message_ ? boost::system::error_code() : websocket_error::continuation_unexpected;
    if (in_message_)
        return websocket_error::message_interrupted;
    if (opcode_ != data_)
        return websocket_error::data_type_unsupported;
    return {};
}

/// Whether the reserved bits are those of a compressed message, which has them in its first frame.
bool websocket_parser::begins_compressed() const noexcept
{
    const bool first = opcode_ == websocket_opcode::text || opcode_ == websocket_opcode::binary;
    return inflater_ != nullptr && first && (header_[0] & reserved_bits) == compressed_bit;
}

std::size_t websocket_parser::header_bytes() const noexcept
{
    const auto behind = start_bytes + (masked() ? mask_bytes : 0);
    switch (std::to_integer<unsigned>(header_[1] & length_bits)) {
    case length_in_2_octets: return behind + 2;
    case length_in_8_octets: return behind + 8;
    default: return behind;
    }
}

/// Sets how much is missing. Returns what is wrong with it.
boost::system::error_code websocket_parser::read_length() noexcept
{
    const auto* const behind = reinterpret_cast<const unsigned char*>(&header_[start_bytes]);
    std::uint64_t length = std::to_integer<unsigned>(header_[1] & length_bits);
    if (length == length_in_2_octets) {
        length = boost::endian::load_big_u16(behind);
        if (length <= websocket_control_bytes_max)
            return websocket_error::length_malformed;
    } else if (length == length_in_8_octets) {
        length = boost::endian::load_big_u64(behind);
        if (length <= 0xFFFF || length >> 63 != 0)
            return websocket_error::length_malformed;
    }
    missing_ = length;
    if (is_control())
        return {};
    if (length > bounds_.frame_bytes_max)
        return websocket_error::frame_too_long;
    if (length > payload_bytes_max_ - partial_.size())
        return websocket_error::message_too_long;
    return {};
}

/// Notes that the message that begins is compressed.
void websocket_parser::begin_compressed() noexcept
{
    compressed_ = true;
    payload_bytes_max_ = compressed_bytes_max(bounds_.message_bytes_max);
}

/// What of the payload has come, without its mask.
std::span<std::byte> websocket_parser::take_payload(std::span<std::byte>& input) noexcept
{
    const auto payload = input.first(std::min(missing_, input.size()));
    input = input.subspan(payload.size());
    missing_ -= payload.size();
    in_payload_ = missing_ != 0;
    if (masked())
        apply_mask(payload, mask_);
    return payload;
}

/// Keeps what has come of a frame that is to be put together.
void websocket_parser::collect(byte_view arrived)
{
    auto& collected = is_control() ? control_ : partial_;
    if (collected.capacity() == 0 && !arrived.empty())
        collected = buffers_.take();
    collected.append(arrived);
}

/// Delivers what was put together.
frame_step websocket_parser::end_frame()
{
    if (is_control()) {
        assembled_.push_back(std::move(control_));
        return deliver_control(assembled_.back().view());
    }
    in_message_ = false;
    if (compressed_)
        return deliver_inflated();
    assembled_.push_back(std::move(partial_));
    return deliver(assembled_.back().view());
}

frame_step websocket_parser::deliver_control(byte_view payload) noexcept
{
    if (opcode_ == websocket_opcode::close) {
        if (const auto error = check_close(payload))
            return fail(error);
        closed_ = special_ = true;
    }
    return {frame_status::complete, type_of(opcode_), payload};
}

frame_step websocket_parser::deliver(byte_view payload) noexcept
{
    if (data_ == websocket_opcode::text && !is_utf8(as_text(payload)))
        return fail(websocket_error::text_not_utf8);
    if (batching_ != websocket_batching::none) [[unlikely]] {
        batch_ = payload;
        batch_messages_ = 0;
        in_batch_ = special_ = true;
        return deliver_from_batch();
    }
    return {frame_status::complete, frame_type::message, payload};
}

/// Delivers what the message that was put together stands for.
frame_step websocket_parser::deliver_inflated()
{
    compressed_ = false;
    payload_bytes_max_ = bounds_.message_bytes_max;
    auto compressed = std::move(partial_);
    assembled_.push_back(buffers_.take());
    auto& message = assembled_.back();
    const auto error = inflater_->inflate(compressed.view(), bounds_.message_bytes_max, message);
    buffers_.give(compressed);
    if (error)
        return fail(error);
    inflated_bytes_ += message.size();
    special_ = special_ || rests();
    return deliver(message.view());
}

/// Delivers the next message of the batch; there is one at least.
frame_step websocket_parser::deliver_from_batch() noexcept
{
    const bool text = batching_ == websocket_batching::separated;
    const auto size = text ? find_separator() : read_prefix();
    if (size == 0)
        return fail(websocket_error::batch_malformed);
    if (++batch_messages_ > limits::batch_messages_max)
        return fail(websocket_error::batch_too_long);
    const auto message = batch_.subspan(text ? 0 : prefix_bytes, size);
    batch_ = batch_.subspan(size + (text ? 1 : prefix_bytes));
    in_batch_ = !batch_.empty();
    special_ = in_batch_ || rests();
    return {frame_status::complete, frame_type::message, message};
}

/// The length of the next message of a batch of text; 0 if there is none, or nothing in it.
std::size_t websocket_parser::find_separator() noexcept
{
    if (separator_ == std::byte{0}) {
        const std::array separators{record_separator, autobahn_separator};
        const auto found = std::find_first_of(batch_.begin(), batch_.end(), separators.begin(), separators.end());
        separator_ = found != batch_.end() ? *found : record_separator;
    }
    const auto* const end =
        batch_.empty() ? nullptr : std::memchr(batch_.data(), std::to_integer<int>(separator_), batch_.size());
    return end != nullptr ? static_cast<std::size_t>(static_cast<const std::byte*>(end) - batch_.data()) : 0;
}

/// The same of a binary one.
std::size_t websocket_parser::read_prefix() const noexcept
{
    if (batch_.size() < prefix_bytes)
        return 0;
    const std::size_t size = boost::endian::load_big_u32(reinterpret_cast<const unsigned char*>(batch_.data()));
    return size <= batch_.size() - prefix_bytes ? size : 0;
}

} // namespace junctor
