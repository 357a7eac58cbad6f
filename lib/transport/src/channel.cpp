// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/transport/channel.hpp>

#include <junctor/auth/cookie_store.hpp>

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

/// "tcp4:127.0.0.1:5312" and the like: what stands before the first colon, without the version of IP.
std::string_view kind_of_channel(const transport_facts& facts)
{
    if (facts.tls != nullptr)
        return "tls";
    const auto kind = std::string_view(facts.peer).substr(0, facts.peer.find(':'));
    return kind.starts_with("tcp") ? "tcp" : kind;
}

} // namespace

/// With the names that Crossbar.io has for it.
dict channel::describe() const
{
    const auto& known = facts();
    dict told;
    told.set("channel_type", kind_of_channel(known));
    told.set("channel_framing", known.type);
    told.set("channel_serializer", to_string(known.format));
    told.set("peer", known.peer);
    told.set("is_secure", known.tls != nullptr);
    if (known.cookie != nullptr)
        told.set("http_cbtid", known.cookie->id());
    return told;
}

bool channel::ping(std::uint64_t, pong_taker&)
{
    return false;
}

awaitable<batch> channel::read_batch()
{
    one_batch reader;
    co_await read_batches(reader, reading::one_batch);
    co_return reader.taken();
}

} // namespace junctor
