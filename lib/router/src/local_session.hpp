// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The session by which a program offers and calls procedures in its own router, without a connection.

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include <junctor/auth/authenticator.hpp>
#include <junctor/base/log.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/realm/realm.hpp>
#include <junctor/router/procedure.hpp>
#include <junctor/session/session.hpp>
#include <junctor/transport/shard_services.hpp>

namespace junctor {

class realm_host;

/// A callee and caller within the process. What the realm sends it waits in a queue and is handled in a turn of the
/// io_context of its own: an outlet must never call back. Handlers run outside of the realm, on the main shard; as an
/// outlet it is used by whoever has entered the realm.
class local_session final : public outlet {
public:
    /// Joins `entered`, the realm of `host`, which has been entered. `main` serves the main shard.
    local_session(shard_services& main, realm_host& host, realm& entered, log_sink& log);

    /// Leaves the realm, which nobody may be in.
    ~local_session() override;
    local_session(const local_session&) = delete;
    local_session& operator=(const local_session&) = delete;

    /// Registers `uri` with `entered`, the realm that it has joined. Throws `std::invalid_argument` if the realm
    /// refuses it.
    void register_procedure(realm& entered, std::string_view uri, procedure_handler handler);

    /// Calls `procedure` in `entered`; see `realm_host::call`.
    void call(realm& entered, std::string_view procedure, const list& args, std::chrono::milliseconds timeout,
              std::function<void(procedure_answer)> done);

    [[nodiscard]] serializer format() const noexcept override { return serializer::msgpack; }
    [[nodiscard]] byte_buffer& open_message() override;
    delivery close_message() override;
    void drop_message() noexcept override;
    delivery send_encoded(byte_view bytes) override;

private:
    struct answer;

    void schedule();
    void drain();
    [[nodiscard]] std::deque<byte_buffer> take_messages();
    [[nodiscard]] std::optional<answer> handle(byte_view bytes);
    [[nodiscard]] answer serve(const invocation& m, procedure_handler& handler);
    void complete(request_id request, procedure_answer given);
    void give(realm& entered, const answer& given);

    shard_services& main_;
    realm_host& host_;
    log_sink& log_;
    std::deque<byte_buffer> inbox_; ///< This and the next two are for whoever has entered the realm.
    byte_buffer opened_;
    bool scheduled_{false};
    decoder decoder_{serializer::msgpack}; ///< This and the next three are for the main shard.
    std::uint64_t requests_{0};
    std::unordered_map<registration_id, procedure_handler> handlers_;
    std::unordered_map<request_id, std::function<void(procedure_answer)>> waiting_;
    session session_;
    std::shared_ptr<local_session*> self_; ///< Null inside once this is gone: a scheduled turn may outlive it.
};

} // namespace junctor
