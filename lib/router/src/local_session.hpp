// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The session by which a program offers procedures in its own router, without a connection.

#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/asio/io_context.hpp>

#include <junctor/base/log.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/router/procedure.hpp>
#include <junctor/session/session.hpp>

namespace junctor {

class realm_host;

/// A callee within the process. What the realm sends it waits in a queue and is handled in a turn of the io_context of
/// its own: an outlet must never call back.
class local_session final : public outlet {
public:
    local_session(boost::asio::io_context& io, realm_host& host, log_sink& log);
    ~local_session() override;
    local_session(const local_session&) = delete;
    local_session& operator=(const local_session&) = delete;

    /// Registers `uri`. Throws `std::invalid_argument` if the realm refuses it.
    void register_procedure(std::string_view uri, procedure_handler handler);

    [[nodiscard]] serializer format() const noexcept override { return serializer::msgpack; }
    [[nodiscard]] byte_buffer& open_message() override;
    delivery close_message() override;
    void drop_message() noexcept override;
    delivery send_encoded(byte_view bytes) override;

private:
    void schedule();
    void drain();
    void handle(byte_view bytes);
    void answer(const invocation& m);
    void answer_error(request_id request, const application_error& failure);

    boost::asio::io_context& io_;
    realm_host& host_;
    log_sink& log_;
    decoder decoder_{serializer::msgpack};
    std::deque<byte_buffer> inbox_;
    byte_buffer opened_;
    bool scheduled_{false};
    std::uint64_t requests_{0};
    std::unordered_map<registration_id, procedure_handler> handlers_;
    session session_;
    std::shared_ptr<local_session*> self_; ///< Null inside once this is gone: a scheduled turn may outlive it.
};

} // namespace junctor
