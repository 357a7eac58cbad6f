// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/channel.hpp>

namespace junctor {

namespace {

/// Takes one batch and no more.
class one_batch final : public batch_reader {
public:
    bool take(const batch& read) override
    {
        taken_ = read;
        return false;
    }

    [[nodiscard]] const batch& taken() const noexcept { return taken_; }

private:
    batch taken_{close_reason::none, {}};
};

} // namespace

awaitable<batch> channel::read_batch()
{
    one_batch reader;
    co_await read_batches(reader, reading::one_batch);
    co_return reader.taken();
}

} // namespace junctor
