// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The incoming half of a connection.

#include <cstddef>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/frame_parser.hpp>
#include <junctor/transport/shard_services.hpp>

#include "byte_stream.hpp"
#include "connection_output.hpp"

namespace junctor {

/// Gets the control frames that stand between messages.
class control_taker {
public:
    virtual void take_control(frame_type type, byte_view payload) = 0;

    /// Not all of the input has been parsed: it is to be read for again, without waiting for anything.
    virtual void come_again() noexcept = 0;

protected:
    ~control_taker() = default;
};

/// Reads from a connection, and finds the messages in what it reads, whatever their framing. It holds memory only for
/// what is in use: the input read last with the batch that was found in it, and a frame of which not all has come. Used
/// on the connection's shard.
class message_input {
public:
    message_input(const message_input&) = delete;
    message_input& operator=(const message_input&) = delete;
    virtual ~message_input();

    /// Reads once from `stream`, and gives up what was read before. What is returned is valid until the next call of
    /// this or `recycle`. If it may be `kept` over a wait, it takes no more memory than its size.
    [[nodiscard]] virtual std::span<std::byte> read(byte_stream& stream, bool kept) = 0;

    /// Takes over what has been read elsewhere, and returns it; as `read`.
    [[nodiscard]] std::span<std::byte> adopt(byte_buffer input) noexcept;

    /// Gives back what the batch before held.
    virtual void recycle() noexcept;

    /// All whole messages of `input`, which are valid as long as it is. `controls` gets the control frames between
    /// them, and the log of `output` all frames.
    [[nodiscard]] virtual std::span<const byte_view> parse(std::span<std::byte> input, const connection_output& output,
                                                           control_taker& controls) = 0;

    /// Why parsing failed; no error before that.
    [[nodiscard]] virtual boost::system::error_code error() const noexcept = 0;

protected:
    explicit message_input(shard_services& services) noexcept : services_{services} {}

    /// The list of the messages of the batch, with the only one so far and `second`. It lies in a block.
    [[nodiscard]] std::vector<byte_view>& begin_list(byte_view second);

    /// `input`, which has just been read to the block, where it may stay.
    [[nodiscard]] std::span<std::byte> keep(std::span<std::byte> input, bool kept);

    shard_services& services_;
    std::unique_ptr<read_block> block_; ///< Where the present batch lies, if it is more than a little.
    byte_buffer copied_;                ///< Where it lies otherwise.
    byte_view single_message_;          ///< The present batch, if it is only one.
};

/// The input of a framing that has `Parser`.
template <class Parser>
class frame_input final : public message_input {
public:
    /// Accepts payloads within `bounds`. `services` must outlive the input.
    template <class Bounds>
    frame_input(const Bounds& bounds, shard_services& services) noexcept
        : message_input{services}, parser_{bounds, services.buffers()}
    {
    }

    [[nodiscard]] Parser& parser() noexcept { return parser_; }

    std::span<std::byte> read(byte_stream& stream, bool kept) override;
    void recycle() noexcept override
    {
        parser_.recycle();
        if constexpr (may_rest) {
            if (!left_.empty())
                return; // It lies in what would be given back.
        }
        message_input::recycle();
    }
    std::span<const byte_view> parse(std::span<std::byte> input, const connection_output& output,
                                     control_taker& controls) override;
    boost::system::error_code error() const noexcept override { return parser_.error(); }

private:
    static constexpr bool may_rest = requires(const Parser& parser) { parser.rests(); };

    Parser parser_;
    std::span<std::byte> left_; ///< What a parser that rests has left of the input.
};

/// Frames of which more is missing are read in place. Reading the rest of any other together with what follows costs a
/// copy, but no system call.
inline constexpr std::size_t missing_bytes_max = 512;

/// A frame of which much is missing is read in place, if the parser can do so; everything else goes through a block,
/// which is given back as soon as possible, so that waiting connections hold none.
template <class Parser>
std::span<std::byte> frame_input<Parser>::read(byte_stream& stream, bool kept)
{
    recycle();
    if constexpr (may_rest) {
        if (!left_.empty())
            return std::exchange(left_, {});
    }
    if constexpr (requires { parser_.room(); }) {
        if (stream.plain() && parser_.missing() > missing_bytes_max) {
            const auto arrived = stream.read_split(parser_.room(), block_);
            parser_.filled(arrived.in_room);
            return keep(arrived.behind, kept);
        }
    }
    return keep(stream.read(block_), kept);
}

// Only several messages need a list.
template <class Parser>
std::span<const byte_view> frame_input<Parser>::parse(std::span<std::byte> input, const connection_output& output,
                                                      control_taker& controls)
{
    typename Parser::input_view rest = input;
    std::vector<byte_view>* several = nullptr;
    bool one = false;
    for (;;) {
        if constexpr (requires { parser_.take_messages(rest, [](byte_view) {}); }) {
            if (several != nullptr && !output.logs())
                parser_.take_messages(rest, [several](byte_view payload) { several->push_back(payload); });
        }
        const auto step = parser_.next(rest);
        if (step.status != frame_status::complete)
            break;
        output.log(frame_direction::received, step.type, step.payload);
        if (step.type != frame_type::message) {
            controls.take_control(step.type, step.payload);
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
    if constexpr (may_rest) {
        left_ = parser_.error() ? decltype(left_)() : rest;
        if (!left_.empty())
            controls.come_again();
    }
    if (several != nullptr)
        return *several;
    return {&single_message_, one ? std::size_t{1} : 0};
}

} // namespace junctor
