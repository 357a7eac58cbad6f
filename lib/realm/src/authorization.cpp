// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/authorization.hpp>

#include <iterator>
#include <utility>
#include <variant>

#include <junctor/codec/codec.hpp>
#include <junctor/message/encode.hpp>
#include <junctor/realm/meta_api.hpp>

namespace junctor {

/// What a message asks for, without a copy.
struct authorized_member::request {
    action what{};
    std::string_view uri;
    match_policy match{match_policy::exact};
};

std::optional<authorized_member::request> authorized_member::request_in(const message& m)
{
    if (const auto* const called = std::get_if<call>(&m))
        return request{action::call, called->procedure};
    if (const auto* const published = std::get_if<publish>(&m))
        return request{action::publish, published->topic};
    if (const auto* const wanted = std::get_if<register_>(&m))
        return request{action::register_, wanted->procedure, wanted->options.match};
    if (const auto* const wanted = std::get_if<subscribe>(&m))
        return request{action::subscribe, wanted->topic, wanted->options.match};
    return std::nullopt;
}

namespace {

/// The options of `m`, which all requests have as their third element. The detour over bytes is short: it is made only
/// when somebody is asked, and it needs no second description of every option.
dict options_of(const message& m)
{
    byte_buffer bytes;
    const auto encoded = std::visit([&](const auto& one) { return encode(one, serializer::msgpack, bytes); }, m);
    if (encoded != errc{})
        return {};
    auto tree = read_value({serializer::msgpack, bytes.view()});
    auto* const elements = tree ? tree->get_if<list>() : nullptr;
    auto* const options = elements != nullptr && elements->size() > 2 ? (*elements)[2].get_if<dict>() : nullptr;
    return options != nullptr ? std::move(*options) : dict();
}

} // namespace

decision_cache::decision_cache(const decision_limits& limits, std::uint64_t seed)
    : limits_{limits}, index_(0, uri_hash(seed))
{
}

/// One text of what decisions are looked up by. URIs have no control characters.
std::string_view decision_cache::key_of(action what, match_policy match, std::string_view uri)
{
    scratch_.clear();
    scratch_ += static_cast<char>(1 + static_cast<int>(what));
    scratch_ += static_cast<char>(1 + static_cast<int>(match));
    scratch_ += uri;
    return scratch_;
}

const authorization_decision* decision_cache::find(action what, match_policy match, std::string_view uri,
                                                   time_point now)
{
    const auto at = index_.find(key_of(what, match, uri));
    if (at == index_.end())
        return nullptr;
    const auto& found = *at->second;
    if (limits_.lifetime.count() == 0 || now - found.made < limits_.lifetime)
        return &found.decided;
    erase(at->second);
    return nullptr;
}

void decision_cache::insert(action what, match_policy match, std::string_view uri,
                            const authorization_decision& decided, time_point now)
{
    if (limits_.decisions_max == 0)
        return;
    if (const auto known = index_.find(key_of(what, match, uri)); known != index_.end())
        erase(known->second);
    while (decisions_.size() >= limits_.decisions_max)
        erase(decisions_.begin());
    const auto at = decisions_.insert(decisions_.end(), decision{std::string(key_of(what, match, uri)), decided, now});
    index_.emplace(at->key, at);
}

void decision_cache::clear() noexcept
{
    index_.clear();
    decisions_.clear();
}

void decision_cache::erase(decisions::iterator at)
{
    index_.erase(std::string_view(at->key));
    decisions_.erase(at);
}

authorized_member::authorized_member(const decision_limits& limits, std::uint64_t seed)
    : permissions_{seed}, cache_{limits, seed}
{
}

bool authorized_member::prepare(const message& m, uri_check uris, std::uint64_t number, time_point now)
{
    question_.reset();
    const auto asked = request_in(m);
    if (!asked)
        return true;
    const auto* const known = decision_on(*asked, m, uris, now);
    if (known == nullptr)
        return false;
    decide(*known, number);
    testament_ = {};
    if (known->allowed && asked->what == action::call && is_reserved(asked->uri)) {
        if (const auto topic = testament_topic(std::get<call>(m))) {
            const auto* const about_testament = decision_on({action::publish, *topic}, m, uris, now);
            if (about_testament == nullptr)
                return false;
            testament_ = *about_testament;
        }
    }
    answers_.clear();
    return true;
}

/// What was decided about `asked`, which `m` needs; null if it must be asked.
const authorization_decision* authorized_member::decision_on(const request& asked, const message& m, uri_check uris,
                                                             time_point now)
{
    static constexpr authorization_decision denied;
    if (check_uri(asked.uri, uris, asked.match) != uri_flaw::none)
        return &denied;
    for (const auto& given : answers_) {
        if (given.what == asked.what && given.uri == asked.uri)
            return &given.decided;
    }
    if (const auto* const known = cache_.find(asked.what, asked.match, asked.uri, now))
        return known;
    asked_before_forgetting_ = false;
    question_ = authorization_question{asked.what, std::string(asked.uri), asked.match, options_of(m)};
    return nullptr;
}

/// Lets `decided` hold for the next message.
void authorized_member::decide(const authorization_decision& decided, std::uint64_t number)
{
    decided_ = decided;
    permissions_.decide_all({decided.allowed, decided.disclose || decided.trust_level >= 0}, number);
}

void authorized_member::answer(const authorization_answer& given, time_point now)
{
    if (!question_)
        return;
    if (given.cache && !given.decided.failed && !asked_before_forgetting_)
        cache_.insert(question_->what, question_->match, question_->uri, given.decided, now);
    answers_.push_back({question_->what, std::move(question_->uri), given.decided});
    question_.reset();
}

void authorized_member::forget_decisions() noexcept
{
    cache_.clear();
    asked_before_forgetting_ = true;
}

} // namespace junctor
