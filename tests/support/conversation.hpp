// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Scripted conversations between clients and a realm, written as the WAMP spec writes messages.
///
/// They take place on a stage: with the core in the test itself, or with the program through sockets. What looks behind
/// the messages (`conversation::realm`, `peer::session`, `peer::outlet`) is there on the core only; a case that cannot
/// do without has the tag `[core]`, and others put it into `conversation::on_core`.

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/assert/source_location.hpp>

#include <junctor/base/value.hpp>

#include "support/names.hpp"
#include "support/role_rules.hpp"
#include "support/stage.hpp"

namespace junctor::test {

class conversation;

/// One client in a conversation. What it says and hears is JSON text, whatever serializer it speaks.
///
/// A string `"$name"` stands for whatever the router chose: where it is heard first it takes that value, from then on
/// it stands for it, in what anybody says or hears. `"$_"` matches anything. `"$alice"` is the session of the peer
/// alice, and `"$alice_welcome"` the details of its WELCOME.
class peer {
public:
    peer(conversation& talk, std::string name, std::unique_ptr<line> way);
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;

    /// Sends a message to the realm. What others said before has taken effect by then.
    void says(std::string_view json);

    /// Sends bytes to the realm that may be no message at all.
    void says_bytes(byte_view bytes);

    /// Takes the next message from the realm, which must be this one.
    void hears(std::string_view json, boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Nothing has come from the realm when all that was said has taken effect.
    void hears_nothing(boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Takes the next message from the realm, which must be ERROR for this request.
    void hears_error(message_type type, std::uint64_t request, std::string_view uri,
                     boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Takes the next message, which must be ABORT because of a protocol violation; nothing may follow.
    void is_aborted(boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Takes the next message from the realm, whatever it is.
    [[nodiscard]] value takes(boost::source_location where = BOOST_CURRENT_LOCATION);

    /// The next message from the realm as the bytes that came; empty if there is none.
    [[nodiscard]] std::string next_bytes() { return way_->take().value_or(std::string()); }

    /// Whether there is a message to take when all that was said has taken effect.
    [[nodiscard]] bool has_message() { return way_->has_message(); }

    /// Takes all messages that there are when all that was said has taken effect, and forgets them.
    void ignores_the_rest();

    /// Ends the connection without a word. The session has left the realm by then.
    void vanishes() { way_->hang_up(); }

    /// The session goes on when all that was said has taken effect.
    [[nodiscard]] bool is_open() { return way_->is_open(); }

    /// The session ends, or has ended, for this reason.
    void has_left(close_reason reason, boost::source_location where = BOOST_CURRENT_LOCATION);

    /// What stands behind the session on the core. Elsewhere these throw `std::logic_error`.
    [[nodiscard]] junctor::session& session();
    [[nodiscard]] recorder& outlet();

private:
    conversation& talk_;
    std::string name_;
    std::unique_ptr<line> way_;
};

/// A realm and its clients. The role "anyone" may do everything, others may do what the test lets them.
class conversation {
public:
    explicit conversation(serializer format = serializer::json, realm_options options = {}, std::uint64_t seed = 1);

    /// Joins a client, and takes WELCOME.
    peer& join(const std::string& name, const guest& who = {});
    peer& join(const std::string& name, serializer format);

    /// What the role `name` may do; nothing unless the test lets it.
    role_rules& role(const std::string& name);

    /// Lets time pass. On the core the clock stands still otherwise; elsewhere it goes on, and more time may have
    /// passed than the test has waited.
    void wait(std::chrono::milliseconds time) { stage_->wait(time); }

    /// Ends the realm: all clients hear GOODBYE. `reason` is `realm_closed` or `system_shutdown`.
    void closes(close_reason reason) { stage_->close(reason); }

    /// Patterns, not callees or subscribers; and topics, not events.
    [[nodiscard]] std::size_t registration_count() { return stage_->registration_count(); }
    [[nodiscard]] std::size_t subscription_count() { return stage_->subscription_count(); }
    [[nodiscard]] std::size_t retaining_topic_count() { return stage_->retaining_topic_count(); }

    [[nodiscard]] std::string realm_name() const { return stage_->realm_name(); }

    /// Lets `look` see what nobody can from outside, if the conversation is with the core.
    void on_core(const std::function<void(junctor::realm&)>& look);

    /// The realm itself, on the core. Elsewhere this throws `std::logic_error`.
    [[nodiscard]] junctor::realm& realm();
    [[nodiscard]] stage::time_point now() const { return stage_->now(); }

    /// The value that `"$name"` stands for.
    [[nodiscard]] const value& bound(std::string_view name) const;

    /// The number that `"$name"` stands for.
    [[nodiscard]] std::int64_t number(std::string_view name) const;

    /// Forgets what `"$name"` stands for, so that it can be met anew.
    void forget(std::string_view name) { names_.forget(name); }

private:
    friend class peer;

    [[nodiscard]] value resolve(std::string_view json) const;

    serializer format_;
    std::unique_ptr<stage> stage_;
    names names_;
    std::map<std::string, std::unique_ptr<role_rules>> roles_;
    std::vector<std::unique_ptr<peer>> peers_; // gone before the stage
};

} // namespace junctor::test
