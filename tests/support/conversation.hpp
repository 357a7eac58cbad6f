// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Scripted conversations between clients and a realm, written as the WAMP spec writes messages.

#include <chrono>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/assert/source_location.hpp>

#include <junctor/base/value.hpp>
#include <junctor/message/decode.hpp>
#include <junctor/realm/realm.hpp>
#include <junctor/session/session.hpp>

#include "support/names.hpp"
#include "support/recorder.hpp"

namespace junctor::test {

class conversation;

/// All roles of a client with all features that there are, but for those named.
[[nodiscard]] role_features features_without(std::initializer_list<feature> missing);

/// Who joins, and how.
struct guest {
    std::string authrole{"anyone"};
    std::optional<serializer> format{}; ///< The conversation's if none is given.
    role_features features{features_without({})};
    session_limits limits{};
};

/// One client in a conversation. What it says and hears is JSON text, whatever serializer it speaks.
///
/// A string `"$name"` stands for whatever the router chose: where it is heard first it takes that value, from then on
/// it stands for it, in what anybody says or hears. `"$_"` matches anything. `"$alice"` is the session of the peer
/// alice.
class peer {
public:
    peer(conversation& talk, std::string name, const guest& who);
    peer(const peer&) = delete;
    peer& operator=(const peer&) = delete;

    /// Sends a message to the realm.
    void says(std::string_view json);

    /// Sends bytes to the realm that may be no message at all.
    void says_bytes(byte_view bytes);

    /// Takes the next message from the realm, which must be this one.
    void hears(std::string_view json, boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Nothing has come from the realm.
    void hears_nothing(boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Takes the next message from the realm, which must be ERROR for this request.
    void hears_error(message_type type, std::uint64_t request, std::string_view uri,
                     boost::source_location where = BOOST_CURRENT_LOCATION);

    /// Takes the next message, which must be ABORT because of a protocol violation; nothing may follow.
    void is_aborted(boost::source_location where = BOOST_CURRENT_LOCATION);

    /// The next message from the realm as the bytes that came; empty if there is none.
    [[nodiscard]] std::string next_bytes();

    /// Ends the connection without a word.
    void vanishes();

    [[nodiscard]] junctor::session& session() noexcept { return session_; }
    [[nodiscard]] recorder& outlet();

private:
    [[nodiscard]] std::optional<std::string> taken();
    [[nodiscard]] value next(boost::source_location where);

    conversation& talk_;
    std::string name_;
    recorder outlet_;
    junctor::session session_;
    decoder decoder_;
};

/// A realm and its clients. Every role may do everything, unless the test says otherwise. The clock stands still until
/// the test moves it.
class conversation {
public:
    explicit conversation(serializer format = serializer::json, realm_options options = {}, std::uint64_t seed = 1);
    ~conversation();

    /// Joins a client, and takes WELCOME.
    peer& join(std::string name, const guest& who = {});
    peer& join(std::string name, serializer format);

    /// Lets time pass.
    void wait(std::chrono::milliseconds time);

    [[nodiscard]] junctor::realm& realm() noexcept { return realm_; }
    [[nodiscard]] junctor::realm::time_point now() const noexcept { return now_; }

    /// The value that `"$name"` stands for.
    [[nodiscard]] const value& bound(std::string_view name) const;

    /// Forgets what `"$name"` stands for, so that it can be met anew.
    void forget(std::string_view name) { names_.forget(name); }

private:
    friend class peer;

    [[nodiscard]] value resolve(std::string_view json) const;

    serializer format_;
    junctor::realm realm_;
    junctor::realm::time_point now_{};
    names names_;
    std::vector<std::unique_ptr<peer>> peers_;
};

} // namespace junctor::test
