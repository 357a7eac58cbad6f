// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A session without a connection.

#include <junctor/message/decode.hpp>
#include <junctor/realm/realm.hpp>

namespace junctor {

/// Takes messages as the queue of a connection does, and forgets them when they would have been written.
class forgetful_queue final : public outlet {
public:
    explicit forgetful_queue(serializer format) : format_{format} {}

    serializer format() const noexcept override { return format_; }
    byte_buffer& open_message() override { return bytes_; }
    delivery close_message() override { return delivery::queued; }
    void drop_message() noexcept override {}
    delivery send_encoded(byte_view message) override
    {
        bytes_.append(message);
        return delivery::queued;
    }
    delivery send_run(const shared_run& run) override
    {
        bytes_.append(run->bytes());
        return delivery::queued;
    }

    void write() noexcept { bytes_.clear(); }

private:
    serializer format_;
    byte_buffer bytes_;
};

/// A session of the realm.
struct peer {
    peer(realm& where, serializer format, session_role role, const membership_limits& limits = {})
        : queue{format},
          member{where.new_session_id(), anonymous(), features_of(role), queue, request_id_check::lenient, limits},
          decoding{format}
    {
        where.join(member);
        queue.write();
    }

    static identity anonymous()
    {
        identity who;
        who.authid = "somebody";
        who.authrole = "anonymous";
        return who;
    }

    static role_features features_of(session_role role)
    {
        role_features features;
        features.add(role);
        return features;
    }

    forgetful_queue queue;
    session member;
    decoder decoding;
};

} // namespace junctor
