// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/framing/message_run.hpp>

namespace junctor {

/// The messages of a run in frames of a WebSocket.
class message_run::websocket_run final : public framed_run {
public:
    /// Takes the messages of `run`.
    void fill(const message_run& run, frame_form form)
    {
        // A header for each is longer by 10 octets at most, and mostly shorter.
        bytes_.extend(run.bytes().size() + run.message_count() * (websocket_header::bytes_max - frame_header_bytes));
        bytes_.clear();
        run.for_each([&](byte_view message) {
            bytes_.append(websocket_header(data_opcode(form), message.size()).view());
            bytes_.append(message);
            return true;
        });
        longest_ = run.longest_message();
    }

    void clear() noexcept { bytes_.clear(); }

    [[nodiscard]] std::size_t capacity() const noexcept { return bytes_.capacity(); }
};

message_run::message_run() noexcept = default;
message_run::~message_run() = default;

const framed_run& message_run::for_websocket(frame_form form) const
{
    if (websocket_ == nullptr)
        websocket_ = new websocket_run;
    if (websocket_->bytes().empty())
        websocket_->fill(*this, form);
    return *websocket_;
}

std::size_t message_run::capacity() const noexcept
{
    return bytes_.capacity() + (websocket_ != nullptr ? websocket_->capacity() : 0);
}

void message_run::clear() noexcept
{
    bytes_.clear();
    count_ = 0;
    longest_ = 0;
    // Its frames may still wait to be written, which the run itself does not.
    if (websocket_ != nullptr && websocket_->unshared())
        websocket_->clear();
    else
        websocket_ = nullptr;
}

} // namespace junctor
