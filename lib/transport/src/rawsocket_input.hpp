// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The incoming half of a RawSocket connection.

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/frame_parser.hpp>
#include <junctor/transport/shard_services.hpp>

#include "byte_stream.hpp"
#include "rawsocket_output.hpp"

namespace junctor {

/// Reads from a connection, and finds the messages in what it reads. It holds memory only for what is in use: the input
/// read last with the batch that was found in it, and a frame of which not all has come. Used on the connection's
/// shard.
class rawsocket_input {
public:
    /// Accepts payloads of up to `payload_bytes_max`. `services` must outlive the input.
    rawsocket_input(std::size_t payload_bytes_max, shard_services& services) noexcept
        : services_{services}, parser_{payload_bytes_max, services.buffers()}
    {
    }
    rawsocket_input(const rawsocket_input&) = delete;
    rawsocket_input& operator=(const rawsocket_input&) = delete;
    ~rawsocket_input() { recycle(); }

    /// Reads once from `stream`, and gives up what was read before. What is returned is valid until the next call of
    /// this or `recycle`. If it may be `kept` over a wait, it takes no more memory than its size.
    [[nodiscard]] byte_view read(byte_stream& stream, bool kept);

    /// Gives back what the batch before held.
    void recycle() noexcept;

    /// All whole messages of `input`, which are valid as long as it is. `control(type, payload)` gets the PINGs and
    /// PONGs between them, and the log of `output` all frames.
    template <class Control>
    [[nodiscard]] std::span<const byte_view> parse(byte_view input, const rawsocket_output& output, Control control);

    /// Why parsing failed; no error before that.
    [[nodiscard]] boost::system::error_code error() const noexcept { return parser_.error(); }

private:
    [[nodiscard]] std::vector<byte_view>& begin_list(byte_view second);

    shard_services& services_;
    frame_parser parser_;
    std::unique_ptr<read_block> block_; ///< Where the present batch lies, if it is more than a little.
    byte_buffer copied_;                ///< Where it lies otherwise.
    byte_view single_message_;          ///< The present batch, if it is only one.
};

// Only several messages need a list.
template <class Control>
std::span<const byte_view> rawsocket_input::parse(byte_view input, const rawsocket_output& output, Control control)
{
    std::vector<byte_view>* several = nullptr;
    bool one = false;
    for (;;) {
        if (several != nullptr && !output.logs())
            parser_.take_messages(input, [several](byte_view payload) { several->push_back(payload); });
        const auto step = parser_.next(input);
        if (step.status != frame_status::complete)
            break;
        output.log(frame_direction::received, step.type, step.payload);
        if (step.type != frame_type::message) {
            control(step.type, step.payload);
            continue;
        }
        if (several != nullptr)
            several->push_back(step.payload);
        else if (one)
            several = &begin_list(step.payload);
        else
            single_message_ = step.payload;
        one = true;
    }
    if (several != nullptr)
        return *several;
    return {&single_message_, one ? std::size_t{1} : 0};
}

} // namespace junctor
