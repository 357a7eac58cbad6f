// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "support/conversation.hpp"

#include <algorithm>
#include <utility>

#include <junctor/codec/codec.hpp>

#include "support/catch.hpp"

namespace junctor::test {

namespace {

identity identity_of(const std::string& name, const std::string& authrole)
{
    return {name, authrole, "anonymous", "static", {}};
}

} // namespace

role_features features_without(std::initializer_list<feature> missing)
{
    role_features announced;
    for (const auto role :
         {session_role::publisher, session_role::subscriber, session_role::caller, session_role::callee}) {
        announced.add(role);
        for (std::size_t number = 0; number < feature_count; ++number) {
            const auto f = static_cast<feature>(number);
            if (std::find(missing.begin(), missing.end(), f) == missing.end())
                announced.add(role, f);
        }
    }
    return announced;
}

// peer ----------------------------------------------------------------------------------------------------------------

peer::peer(conversation& talk, std::string name, const guest& who)
    : talk_{talk},
      name_{std::move(name)},
      outlet_(who.format.value_or(talk.format_)),
      session_(talk.realm_.new_session_id(), identity_of(name_, who.authrole), who.features, outlet_,
               talk.realm_.options().request_ids, who.limits),
      decoder_(outlet_.format())
{
}

void peer::says(std::string_view json)
{
    byte_buffer bytes;
    write_value(talk_.resolve(json), outlet_.format(), bytes);
    says_bytes(bytes.view());
}

void peer::says_bytes(byte_view bytes)
{
    if (const auto m = decoder_.decode(bytes))
        talk_.realm_.receive(session_, *m, talk_.now_);
    else
        talk_.realm_.reject(session_, m.error());
}

recorder& peer::outlet()
{
    talk_.realm_.settle();
    return outlet_;
}

/// What came from the realm first, once it has sent what it held back.
std::optional<std::string> peer::taken()
{
    return outlet().take();
}

void peer::hears(std::string_view json, boost::source_location where)
{
    const auto actual = next(where);
    INFO("line " << where.line() << ": " << name_ << " should hear " << json << ", and hears " << to_json(actual));
    const auto expected = read_value({serializer::json, as_bytes(json)});
    REQUIRE(expected.has_value());
    REQUIRE(talk_.names_.matches(*expected, actual));
}

void peer::hears_nothing(boost::source_location where)
{
    const auto message = taken();
    INFO("line " << where.line() << ": " << name_ << " should hear nothing, and hears "
                 << (message ? to_json(read_value({outlet_.format(), as_bytes(*message)}).value()) : ""));
    REQUIRE_FALSE(message.has_value());
}

void peer::hears_error(message_type type, std::uint64_t request, std::string_view uri, boost::source_location where)
{
    const auto actual = next(where);
    INFO("line " << where.line() << ": " << name_ << " should hear ERROR " << uri << ", and hears " << to_json(actual));
    const auto* const elements = actual.get_if<list>();
    REQUIRE(elements != nullptr);
    REQUIRE(elements->size() >= 5);
    REQUIRE((*elements)[0] == value(8));
    REQUIRE((*elements)[1] == value(static_cast<int>(type)));
    REQUIRE((*elements)[2] == value(request));
    REQUIRE((*elements)[3] == value(dict()));
    REQUIRE((*elements)[4] == value(uri));
}

void peer::is_aborted(boost::source_location where)
{
    hears(R"([3, {"message": "$_"}, "wamp.error.protocol_violation"])", where);
    hears_nothing(where);
    REQUIRE(session_.reason() == close_reason::protocol_violation);
}

std::string peer::next_bytes()
{
    return taken().value_or(std::string());
}

void peer::vanishes()
{
    talk_.realm_.leave(session_);
}

value peer::next(boost::source_location where)
{
    const auto message = taken();
    INFO("line " << where.line() << ": " << name_ << " hears nothing");
    REQUIRE(message.has_value());
    const auto read = read_value({outlet_.format(), as_bytes(*message)});
    REQUIRE(read.has_value());
    return *read;
}

// conversation --------------------------------------------------------------------------------------------------------

conversation::conversation(serializer format, realm_options options, std::uint64_t seed)
    : format_{format}, realm_("realm1", std::move(options), seed)
{
    realm_.role("anyone").allow(action::any, prefix(""));
}

conversation::~conversation()
{
    for (const auto& each : peers_)
        realm_.leave(each->session());
}

peer& conversation::join(std::string name, const guest& who)
{
    auto& joined = *peers_.emplace_back(std::make_unique<peer>(*this, name, who));
    names_.bind("$" + name, joined.session().id().number());
    realm_.join(joined.session());
    joined.hears("[2, \"$" + name + "\", \"$_\"]");
    return joined;
}

peer& conversation::join(std::string name, serializer format)
{
    guest who;
    who.format = format;
    return join(std::move(name), who);
}

void conversation::wait(std::chrono::milliseconds time)
{
    now_ += time;
    realm_.expire(now_);
}

value conversation::resolve(std::string_view json) const
{
    INFO("a message in a test: " << json);
    auto parsed = read_value({serializer::json, as_bytes(json)});
    REQUIRE(parsed.has_value());
    names_.substitute(*parsed);
    return std::move(*parsed);
}

const value& conversation::bound(std::string_view name) const
{
    const auto* const meaning = names_.find(name);
    REQUIRE(meaning != nullptr);
    return *meaning;
}

} // namespace junctor::test
