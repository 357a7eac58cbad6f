// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Incremental parser that makes messages of a stream of WebSocket frames.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <boost/system/error_code.hpp>

#include <junctor/base/bytes.hpp>
#include <junctor/framing/buffer_pool.hpp>
#include <junctor/framing/deflate.hpp>
#include <junctor/framing/frame_parser.hpp>
#include <junctor/framing/websocket.hpp>

namespace junctor {

/// Who sends the frames.
enum class websocket_sender : std::uint8_t { client, router };

/// Bounds of what a peer may send.
struct websocket_bounds {
    std::size_t message_bytes_max{};
    std::size_t frame_bytes_max{static_cast<std::size_t>(-1)}; ///< Of its payload.
    websocket_sender sender{websocket_sender::client};         ///< Clients mask all of their frames, routers none.
};

/// Makes messages of the frames of a peer, of any fragmentation, and checks all that RFC 6455 demands of them. A
/// message that lies whole within one frame and one input is unmasked where it stands and not copied; any other is put
/// together in a buffer of the pool that grows as its bytes arrive. Compressed messages and batches are for peers with
/// which they have been agreed upon. Used by one thread at a time.
///
/// After a Close frame there is nothing more: what follows is passed over.
class websocket_parser {
public:
    /// What frames are taken from.
    using input_view = std::span<std::byte>;

    /// `buffers` must outlive the parser.
    websocket_parser(const websocket_bounds& bounds, buffer_pool& buffers) noexcept;
    websocket_parser(const websocket_parser&) = delete;
    websocket_parser& operator=(const websocket_parser&) = delete;
    ~websocket_parser();

    /// Which data frames are legal, and how many messages each carries; the others fail the connection.
    void expect(websocket_opcode data, websocket_batching batching = websocket_batching::none) noexcept
    {
        data_ = data;
        batching_ = batching;
    }

    /// Messages may be compressed, as `sender` says. `shared` must outlive the parser. Spec: RFC 7692.
    void expect_compressed(const deflate_side& sender, deflate_contexts& shared);

    /// Takes the next message or control frame from the front of `input`, which is changed in place. With `need_more`
    /// the input is used up and may be overwritten, unless the parser rests. The payload of a message lies in `input`,
    /// or in the parser until `recycle()`; that of a control frame is valid until the next call. `failed` is final;
    /// `error()` says why.
    [[nodiscard]] frame_step next(std::span<std::byte>& input);

    /// Whether compressed messages have become so long since the last `recycle()` that the next ones, for which the
    /// input must be kept, have to wait for it.
    [[nodiscard]] bool rests() const noexcept { return inflated_bytes_ >= limits::inflated_bytes_at_once; }

    /// What stands behind each message of the peer's batches of text, for batches to it: what it used first, or 0x1E.
    [[nodiscard]] std::byte separator() const noexcept;

    /// Gives back the memory of the messages that were put together. These must not be in use any more.
    void recycle() noexcept;

    /// Why parsing failed; no error before that.
    [[nodiscard]] boost::system::error_code error() const noexcept { return error_; }

private:
    [[nodiscard]] bool read_header(std::span<std::byte>& input) noexcept;
    [[nodiscard]] bool take_octets(std::span<std::byte>& input, std::size_t wanted) noexcept;
    [[nodiscard]] boost::system::error_code check_start() const noexcept;
    [[nodiscard]] bool begins_compressed() const noexcept;
    void begin_compressed() noexcept;
    [[nodiscard]] boost::system::error_code read_length() noexcept;
    [[nodiscard]] std::size_t header_bytes() const noexcept;
    [[nodiscard]] bool masked() const noexcept { return bounds_.sender == websocket_sender::client; }
    [[nodiscard]] bool is_control() const noexcept { return opcode_ >= websocket_opcode::close; }
    [[nodiscard]] std::optional<byte_view> take_usual_frame(std::span<std::byte>& input) noexcept;
    [[nodiscard]] std::span<std::byte> take_payload(std::span<std::byte>& input) noexcept;
    void collect(byte_view arrived);
    [[nodiscard]] frame_step end_frame();
    [[nodiscard]] frame_step deliver_control(byte_view payload) noexcept;
    [[nodiscard]] frame_step deliver(byte_view payload) noexcept;
    [[nodiscard]] frame_step deliver_inflated();
    [[nodiscard]] frame_step deliver_from_batch() noexcept;
    [[nodiscard]] std::size_t find_separator() noexcept;
    [[nodiscard]] std::size_t read_prefix() const noexcept;
    [[nodiscard]] frame_step fail(boost::system::error_code error) noexcept;

    static constexpr std::size_t header_bytes_max = 14;

    websocket_bounds bounds_;
    buffer_pool& buffers_;
    boost::system::error_code error_;
    websocket_opcode data_{websocket_opcode::text};
    websocket_batching batching_{websocket_batching::none};
    bool special_{false}; ///< `closed_`, or `in_batch_`, or it rests.
    bool closed_{false};

    // The frame that has begun.
    std::array<std::byte, header_bytes_max> header_{};
    std::uint8_t header_size_{0};
    bool in_payload_{false};
    bool final_{false};
    websocket_opcode opcode_{};
    websocket_mask mask_{};
    std::size_t missing_{0}; ///< Of its payload.

    // What has come of a message and of a control frame.
    bool in_message_{false}; ///< It comes in several frames.
    byte_buffer partial_;
    byte_buffer control_;
    std::vector<byte_buffer> assembled_; ///< What was put together and delivered since the last recycling.

    // Compression.
    std::unique_ptr<message_inflater> inflater_; ///< Null: there is none.
    bool compressed_{false};                     ///< The message that has begun.
    std::size_t payload_bytes_max_;              ///< Of the message that has begun, as it is sent.
    std::size_t inflated_bytes_{0};              ///< Since the last recycling.

    // The batch of which messages are being delivered.
    bool in_batch_{false};
    std::byte separator_{0}; ///< 0 before the first batch.
    byte_view batch_;        ///< What is left of it.
    std::size_t batch_messages_{0};
};

} // namespace junctor
