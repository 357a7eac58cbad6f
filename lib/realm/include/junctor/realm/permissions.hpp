// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a role may do with which URIs.

#include <bitset>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/base/uri.hpp>
#include <junctor/realm/pattern_index.hpp>
#include <junctor/session/permission.hpp>

namespace junctor {

/// A set of actions.
class action_set {
public:
    action_set& add(action what) noexcept;
    action_set& remove(action what) noexcept;
    [[nodiscard]] bool has(action what) const noexcept { return actions_[static_cast<std::size_t>(what)]; }

private:
    std::bitset<4> actions_;
};

/// One rule of a role: actions that it does not allow, it denies.
struct permission_rule {
    uri_pattern pattern;
    action_set allowed;
    bool disclose_caller{false};    ///< Callees learn who calls, whether the caller asks for it or not.
    bool disclose_publisher{false}; ///< Subscribers learn who publishes, whether the publisher asks for it or not.

    /// What callees and subscribers are told of how far callers and publishers are to be trusted; negative for nothing.
    std::int32_t trust_level{-1};
};

/// The rules of one role. Whatever no rule matches is denied, unless the role allows by default.
///
/// Of the rules that match a URI one decides: the exact one, else the longest prefix, else the wildcard with the
/// longest portion of components before its first wildcard, then before its second, and so on.
///
/// A SUBSCRIBE or REGISTER with a pattern is allowed if one rule allows all that the pattern could ever match and no
/// more specific rule denies any part of it. So "com.shop.news." as a prefix is allowed by the prefix "com.shop.",
/// while the prefix "" is allowed by the prefix "" alone, and by nothing if anything at all is denied.
///
/// An embedder's own object: used by one thread at a time, changed at any time; changes hold for the next request.
class permission_table {
public:
    explicit permission_table(std::uint64_t seed = 0);
    permission_table(const permission_table&) = delete;
    permission_table& operator=(const permission_table&) = delete;

    /// Allows `what` on `pattern`, in addition to what its rule allows already. Throws `std::invalid_argument` if the
    /// pattern is not valid.
    permission_table& allow(action what, const uri_pattern& pattern);

    /// Denies `what` on `pattern`, by taking it from its rule; a new rule denies everything else, too.
    permission_table& deny(action what, const uri_pattern& pattern);

    /// Sets the rule for a pattern, in place of the one it had. Throws `std::invalid_argument` if the pattern is not
    /// valid.
    permission_table& set(permission_rule rule);

    /// What holds where no rule matches; to deny is the default.
    permission_table& allow_by_default(bool allow = true);

    /// Puts `rules` and `allow_by_default` in the place of all that the table holds, as one change. Throws
    /// `std::invalid_argument`, and changes nothing, if a pattern is not valid.
    permission_table& replace(std::vector<permission_rule> rules, bool allow_by_default);

    /// Lets `decided` hold for whatever is asked, in place of all rules: for requests that are decided one by one
    /// elsewhere. It becomes version `number`, which no other table has had: `first_decision` or more, another one each
    /// time.
    void decide_all(permission decided, std::uint64_t number) noexcept
    {
        decided_ = decided;
        version_ = number;
    }

    /// Decides about `what`, which is not `action::any`, on the valid URI `uri`.
    [[nodiscard]] permission decide(action what, std::string_view uri) const;

    /// Decides about a SUBSCRIBE or REGISTER with the valid pattern `uri` under `policy`.
    [[nodiscard]] permission decide(action what, std::string_view uri, match_policy policy) const;

    /// As `decide(what, uri)`, with all that was decided. Not for tables that hold what was decided elsewhere.
    [[nodiscard]] authorization_decision decide_in_full(action what, std::string_view uri) const;

    /// Whether a rule whose own pattern begins with `name_space` decides that `what` on the valid URI `uri` is allowed.
    /// False wherever requests are decided one by one elsewhere.
    [[nodiscard]] bool allows_by_name(action what, std::string_view uri, std::string_view name_space) const;

    /// What `decide_all` numbers decisions from, far above the versions that rules come to.
    static constexpr std::uint64_t first_decision = std::uint64_t{1} << 63;

    /// Grows with every change: what was decided under the same number holds still. No two tables of a process that
    /// hold anything have a number in common, so that it also tells a table from one that was at its place before.
    [[nodiscard]] std::uint64_t version() const noexcept { return version_; }

private:
    permission_rule& rule_for(const uri_pattern& pattern);
    void change() noexcept;

    std::uint64_t seed_;
    std::deque<permission_rule> rules_; // never moves its elements, as the index points to them
    pattern_index<permission_rule> index_;
    std::optional<permission> decided_;
    bool allow_by_default_{false};
    std::uint64_t version_{0};
};

/// Remembers what was decided last about one action on one URI: most who call a procedure, or publish to a topic, have
/// the same role.
class permission_memo {
public:
    /// As `by.decide(what, uri)`. `what` and `uri` are the same in every call; `by` lives as long as the memo.
    [[nodiscard]] permission decide(const permission_table& by, action what, std::string_view uri)
    {
        if (decided_by_ != &by || version_ != by.version()) {
            decision_ = by.decide(what, uri);
            decided_by_ = &by;
            version_ = by.version();
        }
        return decision_;
    }

private:
    const permission_table* decided_by_{nullptr};
    std::uint64_t version_{0};
    permission decision_;
};

} // namespace junctor
