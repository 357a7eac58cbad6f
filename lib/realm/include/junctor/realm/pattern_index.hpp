// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Index of URI patterns by exact, prefix and wildcard match.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/base/uri.hpp>
#include <junctor/realm/uri_hash.hpp>
#include <junctor/realm/wildcard_trie.hpp>

namespace junctor {

namespace detail {

/// Patterns that match whatever begins with them: one hash table, probed once for each length that occurs in it.
template <class Entry>
class prefix_map {
public:
    explicit prefix_map(std::uint64_t seed) : entries_(0, uri_hash(seed)) {}

    [[nodiscard]] Entry* find(std::string_view prefix) const
    {
        const auto at = entries_.find(prefix);
        return at != entries_.end() ? at->second : nullptr;
    }

    void insert(std::string_view prefix, Entry& entry)
    {
        const auto at = position(prefix.size());
        if (at == lengths_.end() || at->length != prefix.size())
            lengths_.insert(at, {prefix.size(), 1});
        else
            ++at->count;
        entries_.insert_or_assign(prefix, &entry);
    }

    void erase(std::string_view prefix)
    {
        if (entries_.erase(prefix) == 0)
            return;
        const auto at = position(prefix.size());
        if (--at->count == 0)
            lengths_.erase(at);
    }

    /// Calls `use(entry, length)` for each prefix of `uri`, the longest first, until it returns true.
    template <class Use>
    void visit(std::string_view uri, Use&& use) const
    {
        for (const auto& [length, count] : lengths_) {
            if (length > uri.size())
                continue;
            if (auto* const entry = find(uri.substr(0, length)); entry != nullptr && use(*entry, length))
                return;
        }
    }

private:
    struct length_in_use {
        std::size_t length;
        std::size_t count;
    };

    auto position(std::size_t length)
    {
        return std::lower_bound(lengths_.begin(), lengths_.end(), length,
                                [](const length_in_use& row, std::size_t wanted) { return row.length > wanted; });
    }

    boost::unordered_flat_map<std::string_view, Entry*, uri_hash> entries_;
    std::vector<length_in_use> lengths_; // descending
};

} // namespace detail

/// Finds what is filed under URI patterns. It owns neither the entries nor the patterns: both must stay where they are
/// until they are erased, so an entry that holds its own pattern serves best. At most one entry for a pattern and
/// policy.
///
/// An exact match costs one look-up, prefixes one for each distinct length, wildcards a walk down a trie.
template <class Entry>
class pattern_index {
public:
    explicit pattern_index(std::uint64_t seed) : exact_(0, uri_hash(seed)), prefixes_(seed), wildcards_(seed) {}

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

    /// The entry that is filed under this very pattern, or null.
    [[nodiscard]] Entry* find(std::string_view pattern, match_policy policy) const
    {
        switch (policy) {
        case match_policy::exact: return find_exact(pattern);
        case match_policy::prefix: return prefixes_.find(pattern);
        case match_policy::wildcard: return wildcards_.find(pattern);
        }
        return nullptr;
    }

    /// Files `entry` under a pattern that is valid and not in the index.
    void insert(std::string_view pattern, match_policy policy, Entry& entry)
    {
        switch (policy) {
        case match_policy::exact: exact_.emplace(pattern, &entry); break;
        case match_policy::prefix: prefixes_.insert(pattern, entry); break;
        case match_policy::wildcard: wildcards_.insert(pattern, entry); break;
        }
        ++size_;
    }

    /// Removes a pattern that is in the index.
    void erase(std::string_view pattern, match_policy policy)
    {
        switch (policy) {
        case match_policy::exact: exact_.erase(pattern); break;
        case match_policy::prefix: prefixes_.erase(pattern); break;
        case match_policy::wildcard: wildcards_.erase(pattern); break;
        }
        --size_;
    }

    /// The one entry that decides about `uri`, or null: the exact match, else the longest prefix, else the wildcard
    /// whose portion before its first wildcard is the longest, then before its second, and so on.
    [[nodiscard]] Entry* most_specific(std::string_view uri) const
    {
        if (auto* const entry = find_exact(uri))
            return entry;
        auto* const longest = longest_prefix(uri);
        return longest != nullptr ? longest : best_wildcard(uri);
    }

    /// The one entry that a call to `uri` goes to, or null. As `most_specific`, but a longest prefix that ends within a
    /// component of `uri` gives way to wildcards: "a1.b2.c3" matches "a1.b2.c33.d4", yet none of its last component.
    /// That is how the precedence and the examples of the spec go together, as prefixes compare characters, but the
    /// longest is the one with "more URI components matched". Spec: "Pattern-Based Registrations".
    [[nodiscard]] Entry* best_match(std::string_view uri) const
    {
        if (auto* const entry = find_exact(uri))
            return entry;
        bool whole_components = false;
        auto* const longest = longest_prefix(uri, &whole_components);
        if (whole_components)
            return longest;
        auto* const wildcard = best_wildcard(uri);
        return wildcard != nullptr ? wildcard : longest;
    }

    /// Calls `use(entry)` for each entry whose pattern matches `uri`: exact first, then prefixes, then wildcards, each
    /// in the order of `most_specific`. `use` must not change the index.
    template <class Use>
    void for_each_match(std::string_view uri, Use&& use) const
    {
        if (auto* const entry = find_exact(uri))
            use(*entry);
        for_each_pattern_match(uri, use);
    }

    /// As `for_each_match`, without the exact one.
    template <class Use>
    void for_each_pattern_match(std::string_view uri, Use&& use) const
    {
        prefixes_.visit(uri, [&use](Entry& entry, std::size_t) {
            use(entry);
            return false;
        });
        wildcards_.visit(uri, [&use](Entry& entry) {
            use(entry);
            return false;
        });
    }

private:
    [[nodiscard]] Entry* find_exact(std::string_view uri) const
    {
        const auto at = exact_.find(uri);
        return at != exact_.end() ? at->second : nullptr;
    }

    /// The longest prefix of `uri`, or null; `whole_components` tells whether it ends where a component of `uri` does.
    [[nodiscard]] Entry* longest_prefix(std::string_view uri, bool* whole_components = nullptr) const
    {
        Entry* longest = nullptr;
        prefixes_.visit(uri, [&](Entry& entry, std::size_t length) {
            longest = &entry;
            if (whole_components != nullptr)
                *whole_components = length == 0 || length == uri.size() || uri[length] == '.' || uri[length - 1] == '.';
            return true;
        });
        return longest;
    }

    [[nodiscard]] Entry* best_wildcard(std::string_view uri) const
    {
        Entry* best = nullptr;
        wildcards_.visit(uri, [&best](Entry& entry) {
            best = &entry;
            return true;
        });
        return best;
    }

    boost::unordered_flat_map<std::string_view, Entry*, uri_hash> exact_;
    detail::prefix_map<Entry> prefixes_;
    wildcard_trie<Entry> wildcards_;
    std::size_t size_{0};
};

} // namespace junctor
