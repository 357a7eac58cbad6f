// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/config/fixed_settings.hpp>

#include <algorithm>
#include <initializer_list>
#include <string_view>
#include <type_traits>
#include <utility>

#include <boost/container_hash/hash.hpp>
#include <fmt/format.h>

#include <junctor/codec/codec.hpp>

#include "json_tree.hpp"

namespace junctor {
namespace {

/// `passed_over`, if it is not empty, is a key whose value does not count, wherever it is.
std::size_t digest_of(const json_node& node, std::string_view passed_over = {})
{
    auto digest = node.content.index();
    std::visit(
        [&]<class Content>(const Content& content) {
            if constexpr (std::is_same_v<Content, json_node::elements>) {
                for (const auto& element : content)
                    boost::hash_combine(digest, digest_of(element, passed_over));
            } else if constexpr (std::is_same_v<Content, json_node::members>) {
                for (const auto& member : content) {
                    if (!passed_over.empty() && member.key == passed_over)
                        continue;
                    boost::hash_combine(digest, member.key);
                    boost::hash_combine(digest, digest_of(member.content, passed_over));
                }
            } else if constexpr (!std::is_same_v<Content, std::nullptr_t>) {
                boost::hash_combine(digest, content);
            }
        },
        node.content);
    return digest;
}

/// The members of `node`; none if it is no dict.
const json_node::members& members_of(const json_node& node)
{
    static const json_node::members none;
    const auto* const members = std::get_if<json_node::members>(&node.content);
    return members != nullptr ? *members : none;
}

/// The value of `key`, or null.
const json_node* find(const json_node& node, std::string_view key)
{
    const auto& members = members_of(node);
    const auto at = std::find_if(members.begin(), members.end(), [&](const auto& m) { return m.key == key; });
    return at != members.end() ? &at->content : nullptr;
}

/// The elements of the list under `key`; none if there is no such list.
const json_node::elements& list_of(const json_node& node, std::string_view key)
{
    static const json_node::elements none;
    const auto* const found = find(node, key);
    const auto* const elements = found != nullptr ? std::get_if<json_node::elements>(&found->content) : nullptr;
    return elements != nullptr ? *elements : none;
}

std::string text_of(const json_node& node, std::string_view key, std::string otherwise)
{
    const auto* const found = find(node, key);
    const auto* const text = found != nullptr ? std::get_if<std::string>(&found->content) : nullptr;
    return text != nullptr ? *text : otherwise;
}

/// The members of `node` but for those named.
dict without(const json_node& node, std::initializer_list<std::string_view> keys)
{
    dict rest;
    for (const auto& member : members_of(node)) {
        if (std::find(keys.begin(), keys.end(), member.key) == keys.end())
            rest.set(member.key, to_value(member.content));
    }
    return rest;
}

std::string joined(const std::string& path, const std::string& key)
{
    return path.empty() ? key : fmt::format("{}.{}", path, key);
}

void compare(const value& before, const value& after, const std::string& path, std::vector<std::string>& found);

void compare_dicts(const dict& before, const dict& after, const std::string& path, std::vector<std::string>& found)
{
    for (const auto& [key, content] : after) {
        if (const auto* const former = before.find(key))
            compare(*former, content, joined(path, key), found);
        else
            found.push_back(joined(path, key));
    }
    for (const auto& [key, content] : before) {
        if (!after.contains(key))
            found.push_back(joined(path, key));
    }
}

void compare_lists(const list& before, const list& after, const std::string& path, std::vector<std::string>& found)
{
    const auto both = std::min(before.size(), after.size());
    for (std::size_t i = 0; i != both; ++i)
        compare(before[i], after[i], fmt::format("{}[{}]", path, i), found);
    for (auto i = both; i != std::max(before.size(), after.size()); ++i)
        found.push_back(fmt::format("{}[{}]", path, i));
}

/// Adds the innermost paths at which two values differ to `found`.
void compare(const value& before, const value& after, const std::string& path, std::vector<std::string>& found)
{
    if (before == after)
        return;
    const auto* const former = before.get_if<dict>();
    const auto* const later = after.get_if<dict>();
    const auto* const former_list = before.get_if<list>();
    const auto* const later_list = after.get_if<list>();
    if (former != nullptr && later != nullptr)
        compare_dicts(*former, *later, path, found);
    else if (former_list != nullptr && later_list != nullptr)
        compare_lists(*former_list, *later_list, path, found);
    else
        found.push_back(path);
}

/// An endpoint without the details of its TLS, which may change; whether there is any may not.
dict place_of(const json_node& where)
{
    auto place = without(where, {"tls"});
    const auto* const tls = find(where, "tls");
    const auto* const optional = tls != nullptr ? find(*tls, "optional") : nullptr;
    place.set("tls", tls != nullptr);
    if (optional != nullptr)
        place.set("tls_optional", to_value(*optional));
    return place;
}

} // namespace

fixed_settings::fixed_settings(const json_node& document) : node_{without(document, {"$schema", "modules", "workers"})}
{
    for (const auto& node : list_of(document, "workers"))
        workers_.push_back(read_worker(node, workers_.size()));
}

fixed_settings::section fixed_settings::read_realm(const json_node& node, std::string path)
{
    return {text_of(node, "name", ""), std::move(path), without(node, {"roles"})};
}

/// Of what shares a port there is a digest only, as services may be given secrets. It is the same whoever may join.
fixed_settings::section fixed_settings::read_transport(const json_node& node, std::string path)
{
    section read{{}, std::move(path), {}, 0};
    auto content = without(node, {"auth", "endpoint", "paths", "rawsocket", "websocket", "web"});
    for (const std::string_view part : {"paths", "rawsocket", "websocket", "web"}) {
        if (const auto* const shared = find(node, part)) {
            content.set(part, digest_of(*shared, "auth"));
            boost::hash_combine(read.digest, digest_of(*shared));
        }
    }
    if (const auto* const where = find(node, "endpoint")) {
        auto place = place_of(*where);
        byte_buffer bytes;
        write_value(place, serializer::json, bytes);
        read.name = as_text(bytes.view());
        content.set("endpoint", std::move(place));
    }
    read.content = std::move(content);
    if (const auto* const auth = find(node, "auth"))
        boost::hash_combine(read.digest, digest_of(*auth));
    return read;
}

/// What a guest or a component is given may be secret, so that all but the type of the worker is kept as a digest.
fixed_settings::worker fixed_settings::read_opaque(const json_node& node, std::string id, std::string path)
{
    return {{std::move(id), std::move(path), dict{{"type", text_of(node, "type", "")}}, digest_of(node)}, {}, {}, {}};
}

fixed_settings::worker fixed_settings::read_worker(const json_node& node, std::size_t index)
{
    const auto path = fmt::format("workers[{}]", index);
    auto id = text_of(node, "id", fmt::format("worker{:03}", index + 1));
    if (const auto type = text_of(node, "type", ""); type == "guest" || type == "container")
        return read_opaque(node, std::move(id), path);
    worker read;
    read.own = {std::move(id), path, without(node, {"realms", "transports", "components"})};
    read.components.path = fmt::format("{}.components", path);
    for (const auto& component : list_of(node, "components"))
        boost::hash_combine(read.components.digest, digest_of(component));
    for (const auto& realm : list_of(node, "realms"))
        read.realms.push_back(read_realm(realm, fmt::format("{}.realms[{}]", path, read.realms.size())));
    for (const auto& transport : list_of(node, "transports"))
        read.transports.push_back(
            read_transport(transport, fmt::format("{}.transports[{}]", path, read.transports.size())));
    return read;
}

/// Those with the same endpoint are compared with each other; what is left over has changed its endpoint, as far as
/// there is as much of it on both sides.
void fixed_settings::compare_transports(const worker& before, const worker& after, std::vector<std::string>& found)
{
    std::vector<const section*> former;
    for (const auto& transport : before.transports)
        former.push_back(&transport);
    std::vector<const section*> moved;
    for (const auto& transport : after.transports) {
        const auto at =
            std::find_if(former.begin(), former.end(), [&](const auto* f) { return f->name == transport.name; });
        if (at == former.end()) {
            moved.push_back(&transport);
            continue;
        }
        compare((*at)->content, transport.content, transport.path, found);
        former.erase(at);
    }
    const auto both = std::min(former.size(), moved.size());
    for (std::size_t i = 0; i != both; ++i) {
        compare(former[i]->content, moved[i]->content, moved[i]->path, found);
        if (former[i]->digest != moved[i]->digest)
            found.push_back(joined(moved[i]->path, "auth"));
    }
    for (auto i = both; i != std::max(former.size(), moved.size()); ++i)
        found.push_back(i < former.size() ? former[i]->path : moved[i]->path);
}

std::vector<std::string> fixed_settings::differences(const fixed_settings& later) const
{
    std::vector<std::string> found;
    compare(node_, later.node_, "", found);
    const auto worker_named = [](const std::vector<worker>& all, const std::string& name) {
        return std::find_if(all.begin(), all.end(), [&](const auto& one) { return one.own.name == name; });
    };
    for (const auto& after : later.workers_) {
        const auto before = worker_named(workers_, after.own.name);
        if (before == workers_.end()) {
            found.push_back(after.own.path);
            continue;
        }
        compare(before->own.content, after.own.content, after.own.path, found);
        if (before->own.content == after.own.content && before->own.digest != after.own.digest)
            found.push_back(after.own.path);
        if (before->components.digest != after.components.digest)
            found.push_back(after.components.path.empty() ? after.own.path : after.components.path);
        for (const auto& realm : after.realms) {
            for (const auto& former : before->realms) {
                if (former.name == realm.name)
                    compare(former.content, realm.content, realm.path, found);
            }
        }
        compare_transports(*before, after, found);
    }
    for (const auto& before : workers_) {
        if (worker_named(later.workers_, before.own.name) == later.workers_.end())
            found.push_back(before.own.path);
    }
    return found;
}

void fixed_settings::adopt_realms(const fixed_settings& later)
{
    for (auto& mine : workers_) {
        for (const auto& after : later.workers_) {
            if (after.own.name != mine.own.name)
                continue;
            auto realms = after.realms;
            for (auto& realm : realms) {
                for (auto& former : mine.realms) {
                    if (former.name == realm.name)
                        realm.content = std::move(former.content);
                }
            }
            mine.realms = std::move(realms);
        }
    }
}

} // namespace junctor
