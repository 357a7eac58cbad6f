// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Wildcard patterns as a trie over URI components.

#include <array>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/base/limits.hpp>
#include <junctor/realm/uri_hash.hpp>

namespace junctor {

/// Finds entries by patterns whose empty components match any single component. It does not own the entries.
///
/// Components are interned, and all edges of the trie stand in one hash table, keyed by node and component: that takes
/// less memory than a table for each node, and a walk touches one cache line a step.
template <class Entry>
class wildcard_trie {
public:
    explicit wildcard_trie(std::uint64_t seed) : components_(0, uri_hash(seed)), edges_(0, edge_hash{pair_hash(seed)})
    {
        nodes_.emplace_back();
    }

    /// The entry filed under this very pattern, or null.
    [[nodiscard]] Entry* find(std::string_view pattern) const
    {
        const path steps = lookup(pattern);
        node_index at = root;
        for (std::size_t depth = 0; depth < steps.length; ++depth) {
            at = child(at, steps.components[depth]);
            if (at == none)
                return nullptr;
        }
        return steps.length != 0 ? nodes_[at].entry : nullptr;
    }

    /// Files `entry` under a pattern that is valid and has none.
    void insert(std::string_view pattern, Entry& entry)
    {
        node_index at = root;
        for_each_component(pattern, [&](std::string_view component) { at = grow(at, component); });
        nodes_[at].entry = &entry;
        ++size_;
    }

    /// Removes a pattern that is in the trie, with the nodes that nothing else needs.
    void erase(std::string_view pattern)
    {
        std::array<node_index, limits::uri_components_max + 1> trail;
        std::array<std::string_view, limits::uri_components_max> texts;
        std::size_t depth = 0;
        trail[0] = root;
        for_each_component(pattern, [&](std::string_view component) {
            texts[depth] = component;
            trail[depth + 1] = child(trail[depth], id_of(component));
            ++depth;
        });
        nodes_[trail[depth]].entry = nullptr;
        --size_;
        for (; depth > 0 && nodes_[trail[depth]].entry == nullptr && nodes_[trail[depth]].children == 0; --depth)
            prune(trail[depth - 1], texts[depth - 1], trail[depth]);
    }

    /// Calls `use(entry)` for each pattern that matches `uri` until it returns true. A pattern comes before
    /// another if, where they first differ, it has the literal component and the other the wildcard.
    template <class Use>
    void visit(std::string_view uri, Use&& use) const
    {
        if (size_ == 0)
            return;
        if (const path steps = lookup(uri); steps.length != 0)
            visit(root, 0, steps, use);
    }

private:
    using node_index = std::uint32_t;
    using component_id = std::uint32_t;

    static constexpr node_index root = 0;
    static constexpr node_index none = 0; // nothing leads to the root
    static constexpr component_id wildcard_id = 0;
    static constexpr component_id unknown_id = 0xFFFFFFFF;

    struct node {
        Entry* entry{nullptr};
        std::uint32_t children{0};
    };
    struct interned {
        component_id id;
        std::uint32_t uses;
    };
    struct edge {
        node_index from;
        component_id component;
        friend bool operator==(const edge&, const edge&) = default;
    };
    struct edge_hash {
        using is_avalanching = void;
        pair_hash hash;
        std::size_t operator()(const edge& e) const noexcept { return hash(e.from, e.component); }
    };

    /// A URI as the identifiers of its components; empty if it has more of them than any pattern.
    struct path {
        std::array<component_id, limits::uri_components_max> components;
        std::size_t length;
    };

    template <class Use>
    static void for_each_component(std::string_view text, Use&& use)
    {
        for (;;) {
            const auto dot = text.find('.');
            use(text.substr(0, dot));
            if (dot == std::string_view::npos)
                return;
            text.remove_prefix(dot + 1);
        }
    }

    [[nodiscard]] component_id id_of(std::string_view component) const
    {
        if (component.empty())
            return wildcard_id;
        const auto at = components_.find(component);
        return at != components_.end() ? at->second.id : unknown_id;
    }

    [[nodiscard]] path lookup(std::string_view uri) const
    {
        path steps; // NOLINT(cppcoreguidelines-pro-type-member-init): most of the array is never looked at
        steps.length = 0;
        bool fits = true;
        for_each_component(uri, [&](std::string_view component) {
            fits = steps.length < steps.components.size();
            if (fits)
                steps.components[steps.length++] = id_of(component);
        });
        if (!fits)
            steps.length = 0;
        return steps;
    }

    [[nodiscard]] node_index child(node_index from, component_id component) const
    {
        const auto at = edges_.find(edge{from, component});
        return at != edges_.end() ? at->second : none;
    }

    /// Whether `use` returned true.
    template <class Use>
    bool visit(node_index at, std::size_t depth, const path& steps, Use& use) const
    {
        if (depth == steps.length)
            return nodes_[at].entry != nullptr && use(*nodes_[at].entry);
        const auto component = steps.components[depth];
        if (component != unknown_id && component != wildcard_id) {
            if (const auto next = child(at, component); next != none && visit(next, depth + 1, steps, use))
                return true;
        }
        const auto next = child(at, wildcard_id);
        return next != none && visit(next, depth + 1, steps, use);
    }

    node_index grow(node_index from, std::string_view component)
    {
        if (const auto next = child(from, id_of(component)); next != none)
            return next;
        const auto made = make_node();
        edges_.emplace(edge{from, intern(component)}, made);
        ++nodes_[from].children;
        return made;
    }

    void prune(node_index from, std::string_view component, node_index leaf)
    {
        edges_.erase(edge{from, id_of(component)});
        release(component);
        --nodes_[from].children;
        free_nodes_.push_back(leaf);
    }

    node_index make_node()
    {
        if (free_nodes_.empty()) {
            nodes_.emplace_back();
            return static_cast<node_index>(nodes_.size() - 1);
        }
        const auto reused = free_nodes_.back();
        free_nodes_.pop_back();
        return reused;
    }

    component_id intern(std::string_view component)
    {
        if (component.empty())
            return wildcard_id;
        if (const auto at = components_.find(component); at != components_.end()) {
            ++at->second.uses;
            return at->second.id;
        }
        component_id id = next_component_;
        if (free_components_.empty()) {
            ++next_component_;
        } else {
            id = free_components_.back();
            free_components_.pop_back();
        }
        components_.emplace(component, interned{id, 1});
        return id;
    }

    void release(std::string_view component)
    {
        if (component.empty())
            return;
        const auto at = components_.find(component);
        if (--at->second.uses != 0)
            return;
        free_components_.push_back(at->second.id);
        components_.erase(at);
    }

    boost::unordered_flat_map<std::string, interned, uri_hash, std::equal_to<>> components_;
    boost::unordered_flat_map<edge, node_index, edge_hash> edges_;
    std::vector<node> nodes_;
    std::vector<node_index> free_nodes_;
    std::vector<component_id> free_components_;
    component_id next_component_{wildcard_id + 1};
    std::size_t size_{0};
};

} // namespace junctor
