// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "joining.hpp"

#include <array>
#include <utility>

#include <junctor/client/authmethods.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/message/details.hpp>
#include <junctor/session/session.hpp>

namespace junctor::client {

namespace {

/// What this client does of the advanced profile.
constexpr auto announced = std::to_array<std::pair<session_role, feature>>({
    {session_role::publisher, feature::publisher_identification},
    {session_role::publisher, feature::publisher_exclusion},
    {session_role::publisher, feature::subscriber_blackwhite_listing},
    {session_role::subscriber, feature::publisher_identification},
    {session_role::subscriber, feature::publication_trustlevels},
    {session_role::subscriber, feature::pattern_based_subscription},
    {session_role::subscriber, feature::subscription_revocation},
    {session_role::subscriber, feature::event_retention},
    {session_role::caller, feature::caller_identification},
    {session_role::caller, feature::call_canceling},
    {session_role::caller, feature::call_timeout},
    {session_role::caller, feature::progressive_call_results},
    {session_role::caller, feature::progressive_call_invocations},
    {session_role::callee, feature::caller_identification},
    {session_role::callee, feature::call_trustlevels},
    {session_role::callee, feature::call_canceling},
    {session_role::callee, feature::call_timeout},
    {session_role::callee, feature::call_reroute},
    {session_role::callee, feature::pattern_based_registration},
    {session_role::callee, feature::shared_registration},
    {session_role::callee, feature::registration_revocation},
    {session_role::callee, feature::progressive_call_results},
    {session_role::callee, feature::progressive_call_invocations},
});

dict roles()
{
    dict all;
    for (const auto role :
         {session_role::publisher, session_role::subscriber, session_role::caller, session_role::callee}) {
        dict features;
        for (const auto& [who, what] : announced) {
            if (who == role)
                features.set(to_string(what), true);
        }
        all.set(to_string(role), dict{{"features", value(std::move(features))}});
    }
    return all;
}

dict hello_details_of(const hello_claims& claims)
{
    dict details;
    details.set("agent", "Junctor");
    details.set("roles", roles());
    list methods;
    for (const auto& each : claims.authmethods)
        methods.emplace_back(each);
    if (!methods.empty())
        details.set("authmethods", std::move(methods));
    if (!claims.authid.empty())
        details.set("authid", claims.authid);
    if (!claims.authextra.empty())
        details.set("authextra", claims.authextra);
    return details;
}

/// The dict that `slice` holds; an empty one if it holds none.
dict read_dict(const encoded_dict& slice)
{
    auto tree = read_value(slice);
    auto* const content = tree ? tree->get_if<dict>() : nullptr;
    return content != nullptr ? std::move(*content) : dict();
}

std::string text_in(const dict& details, std::string_view key)
{
    const auto* const found = details.find(key);
    const auto* const text = found != nullptr ? found->get_if<std::string>() : nullptr;
    return text != nullptr ? *text : std::string();
}

/// The roles and features that WELCOME announces. Whatever has another form is passed over.
role_features features_in(const dict& details)
{
    role_features known;
    const auto* const found = details.find("roles");
    const auto* const all = found != nullptr ? found->get_if<dict>() : nullptr;
    if (all == nullptr)
        return known;
    for (const auto& [name, content] : *all) {
        const auto role = parse_session_role(name);
        const auto* const role_details = content.get_if<dict>();
        if (!role)
            continue;
        known.add(*role);
        const auto* const features = role_details != nullptr ? role_details->find("features") : nullptr;
        const auto* const entries = features != nullptr ? features->get_if<dict>() : nullptr;
        if (entries == nullptr)
            continue;
        for (const auto& [key, flag] : *entries) {
            const auto known_feature = parse_feature(key);
            if (known_feature && flag == value(true))
                known.add(*role, *known_feature);
        }
    }
    return known;
}

membership membership_of(const welcome& m, const std::string& realm)
{
    membership joined;
    joined.id = m.session;
    joined.realm = realm;
    joined.details = read_dict(m.details);
    joined.who.authid = text_in(joined.details, "authid");
    joined.who.authrole = text_in(joined.details, "authrole");
    joined.who.authmethod = text_in(joined.details, "authmethod");
    joined.who.authprovider = text_in(joined.details, "authprovider");
    if (const auto* const extra = joined.details.find("authextra");
        extra != nullptr && extra->get_if<dict>() != nullptr)
        joined.who.authextra = *extra->get_if<dict>();
    joined.router = features_in(joined.details);
    return joined;
}

std::string refusal_text(const std::string& name, const std::string& realm, std::string_view uri, std::string_view text)
{
    auto whole = "cannot join realm \"" + realm + "\" at " + name + ": ";
    whole.append(uri);
    if (!text.empty())
        whole.append(": ").append(text);
    return whole;
}

/// One conversation from HELLO to WELCOME.
class conversation {
public:
    conversation(channel& link, shard_services& services, const std::string& name, const join_options& how)
        : link_{link}, services_{services}, name_{name}, how_{how}, decoder_{link.format()}
    {
    }

    static awaitable<joining> run(conversation& self);

private:
    void say_hello(const hello_claims& claims);
    void answer(const proof& given);
    [[noreturn]] void break_off(errc code, std::string_view uri, const std::string& text);
    [[noreturn]] void fail(const message& m);
    static awaitable<void> read(conversation& self);

    /// The next message; valid until the next read. Only if there is one.
    message next();

    template <class Message>
    void send(const Message& m)
    {
        send_to(link_, m);
        services_.flush();
    }

    channel& link_;
    shard_services& services_;
    const std::string& name_;
    const join_options& how_;
    decoder decoder_;
    std::span<const byte_view> unread_;
};

/// Waits until there is a message.
awaitable<void> conversation::read(conversation& self)
{
    while (self.unread_.empty()) {
        const auto read = co_await self.link_.read_batch();
        if (!read.open()) {
            const bool late = read.reason() == close_reason::join_timeout;
            throw join_failed("cannot join realm \"" + self.how_.realm + "\" at " + self.name_ + ": " +
                              (late ? std::string("the router does not answer")
                                    : "the connection was lost: " + read.error().message()));
        }
        self.unread_ = read.messages();
    }
}

message conversation::next()
{
    const auto bytes = unread_.front();
    unread_ = unread_.subspan(1);
    message m;
    decoder_.recycle();
    if (!decoder_.decode(bytes, m))
        break_off(errc::protocol_violation, {}, decoder_.failure().text());
    return m;
}

awaitable<joining> conversation::run(conversation& self)
{
    const auto who = self.how_.who != nullptr ? self.how_.who : anonymous();
    std::string failure;
    try {
        const auto login = who->begin(self.link_.facts());
        self.say_hello(login->claims());
        for (;;) {
            co_await read(self);
            const auto m = self.next();
            if (const auto* const welcomed = std::get_if<welcome>(&m)) {
                joining done{membership_of(*welcomed, self.how_.realm), self.unread_};
                login->check(done.joined.details);
                co_return done;
            }
            const auto* const challenged = std::get_if<challenge>(&m);
            if (challenged == nullptr)
                self.fail(m);
            received_challenge received;
            received.method = challenged->authmethod;
            received.extra = read_dict(challenged->extra);
            const auto given = co_await login->answer(received);
            self.answer(given);
        }
    } catch (const login_failed& failed) {
        failure = failed.what();
    }
    self.break_off(errc::authentication_failed, "wamp.error.cannot_authenticate", failure);
}

void conversation::say_hello(const hello_claims& claims)
{
    byte_buffer details;
    write_value(hello_details_of(claims), link_.format(), details);
    hello m;
    m.realm = how_.realm;
    m.details = {{link_.format(), details.view()}};
    send(m);
}

void conversation::answer(const proof& given)
{
    byte_buffer extra;
    write_value(given.extra, link_.format(), extra);
    authenticate m;
    m.signature = given.signature;
    m.extra = {{link_.format(), extra.view()}};
    send(m);
}

/// Ends the conversation by ABORT.
void conversation::break_off(errc code, std::string_view uri, const std::string& text)
{
    const auto reason = uri.empty() ? uri_of(code) : uri;
    send_abort(link_, reason, text);
    services_.flush();
    throw join_failed(refusal_text(name_, how_.realm, reason, text), std::string(reason));
}

/// What comes instead of CHALLENGE and WELCOME.
void conversation::fail(const message& m)
{
    if (const auto* const refused = std::get_if<junctor::abort>(&m))
        throw join_failed(refusal_text(name_, how_.realm, refused->reason, refused->details.message),
                          std::string(refused->reason));
    if (const auto* const left = std::get_if<goodbye>(&m))
        throw join_failed(refusal_text(name_, how_.realm, left->reason, left->details.message),
                          std::string(left->reason));
    break_off(errc::protocol_violation, {},
              std::string("a router does not answer HELLO with ").append(to_string(type_of(m))));
}

} // namespace

awaitable<joining> join_over(channel& link, shard_services& services, const std::string& name, const join_options& how)
{
    conversation talk(link, services, name, how);
    auto joined = co_await conversation::run(talk);
    co_return joined;
}

} // namespace junctor::client
