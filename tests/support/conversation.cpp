// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "support/conversation.hpp"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include <junctor/codec/codec.hpp>

#include "support/catch.hpp"

namespace junctor::test {

namespace {

/// What is there on the core only.
template <class T>
T& of_core(T* behind)
{
    if (behind == nullptr)
        throw std::logic_error("the case looks behind the messages, which only the core allows: tag it [core]");
    return *behind;
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

session_limits scant_limits()
{
    session_limits scant;
    scant.registrations_max = 1;
    scant.pending_calls_max = 1;
    scant.testaments_max = 2;
    scant.testament_bytes_max = 100;
    return scant;
}

// peer ----------------------------------------------------------------------------------------------------------------

peer::peer(conversation& talk, std::string name, std::unique_ptr<line> way)
    : talk_{talk}, name_{std::move(name)}, way_{std::move(way)}
{
}

void peer::says(std::string_view json)
{
    byte_buffer bytes;
    write_value(talk_.resolve(json), way_->format(), bytes);
    says_bytes(bytes.view());
}

void peer::says_bytes(byte_view bytes)
{
    way_->send(bytes);
}

void peer::hears(std::string_view json, boost::source_location where)
{
    const auto actual = takes(where);
    INFO("line " << where.line() << ": " << name_ << " should hear " << json << ", and hears " << to_json(actual));
    const auto expected = read_value({serializer::json, as_bytes(json)});
    REQUIRE(expected.has_value());
    REQUIRE(talk_.names_.matches(*expected, actual));
}

void peer::hears_nothing(boost::source_location where)
{
    INFO("line " << where.line() << ": " << name_ << " should hear nothing");
    const bool heard = has_message();
    INFO("and hears " << (heard ? to_json(takes(where)) : ""));
    REQUIRE_FALSE(heard);
}

void peer::hears_error(message_type type, std::uint64_t request, std::string_view uri, boost::source_location where)
{
    const auto actual = takes(where);
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
    has_left(close_reason::protocol_violation, where);
}

value peer::takes(boost::source_location where)
{
    INFO("line " << where.line() << ": " << name_ << " should hear something");
    const auto message = way_->take();
    REQUIRE(message.has_value());
    const auto read = read_value({way_->format(), as_bytes(*message)});
    REQUIRE(read.has_value());
    return *read;
}

void peer::ignores_the_rest()
{
    while (has_message())
        static_cast<void>(takes());
}

void peer::has_left(close_reason reason, boost::source_location where)
{
    INFO("line " << where.line() << ": the session of " << name_ << " should end");
    REQUIRE(way_->ended_because() == to_string(reason));
}

junctor::session& peer::session()
{
    return of_core(way_->session());
}

recorder& peer::outlet()
{
    talk_.realm().settle(); // It may have held something back.
    return of_core(way_->outlet());
}

// conversation --------------------------------------------------------------------------------------------------------

conversation::conversation(serializer format, realm_options options, std::uint64_t seed)
    : format_{format}, stage_{open_stage(std::move(options), seed)}
{
    role("anyone").allow(action::any, prefix(""));
}

peer& conversation::join(const std::string& name, const guest& who)
{
    auto way = stage_->join(name, who, who.format.value_or(format_));
    auto& joined = *peers_.emplace_back(std::make_unique<peer>(*this, name, std::move(way)));
    forget("$" + name);
    forget("$" + name + "_welcome");
    joined.hears("[2, \"$" + name + "\", \"$" + name + "_welcome\"]");
    return joined;
}

peer& conversation::join(const std::string& name, serializer format)
{
    guest who;
    who.format = format;
    return join(name, who);
}

role_rules& conversation::role(const std::string& name)
{
    auto& rules = roles_[name];
    if (rules == nullptr)
        rules = std::make_unique<role_rules>(*stage_, name);
    return *rules;
}

void conversation::on_core(const std::function<void(junctor::realm&)>& look)
{
    if (auto* const behind = stage_->realm())
        look(*behind);
}

junctor::realm& conversation::realm()
{
    return of_core(stage_->realm());
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

std::int64_t conversation::number(std::string_view name) const
{
    const auto* const meaning = bound(name).get_if<std::int64_t>();
    REQUIRE(meaning != nullptr);
    return *meaning;
}

} // namespace junctor::test
