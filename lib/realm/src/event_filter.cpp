// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/event_filter.hpp>

#include <algorithm>
#include <numeric>
#include <string_view>

#include <junctor/base/limits.hpp>
#include <junctor/codec/codec.hpp>
#include <junctor/message/details.hpp>

namespace junctor {

namespace {

/// Appends what `source` holds, if it is present, and sorts it.
bool read(const encoded_list& source, std::vector<std::uint64_t>& ids)
{
    if (source.present() && !for_each_id(source, [&](std::uint64_t number) { ids.push_back(number); }))
        return false;
    std::sort(ids.begin(), ids.end());
    return true;
}

bool read(const encoded_list& source, std::vector<std::string>& names)
{
    if (source.present() && !for_each_text(source, [&](std::string_view text) { names.emplace_back(text); }))
        return false;
    std::sort(names.begin(), names.end());
    return true;
}

template <class Elements>
bool read(const encoded_list& source, std::optional<Elements>& whitelist)
{
    return !source.present() || read(source, whitelist.emplace());
}

/// Appends the texts of a list that was sorted when it was written.
bool read(const value& source, std::vector<std::string>& names)
{
    const auto* const elements = source.get_if<list>();
    if (elements == nullptr)
        return false;
    for (const auto& element : *elements) {
        const auto* const name = element.get_if<std::string>();
        if (name == nullptr)
            return false;
        names.push_back(*name);
    }
    return true;
}

template <class Elements, class Element>
bool lists(const Elements& sorted, const Element& wanted)
{
    return std::binary_search(sorted.begin(), sorted.end(), wanted);
}

template <class Elements, class Element>
bool lists(const std::optional<Elements>& whitelist, const Element& wanted)
{
    return !whitelist || lists(*whitelist, wanted);
}

std::size_t bytes_of(const std::vector<std::uint64_t>& ids) noexcept
{
    return ids.capacity() * sizeof(ids.front());
}

std::size_t bytes_of(const std::vector<std::string>& names) noexcept
{
    return std::accumulate(names.begin(), names.end(), names.capacity() * sizeof(names.front()),
                           [](std::size_t sum, const std::string& name) { return sum + name.capacity(); });
}

template <class Elements>
std::size_t bytes_of(const std::optional<Elements>& whitelist) noexcept
{
    return whitelist ? bytes_of(*whitelist) : 0;
}

} // namespace

std::unique_ptr<const event_filter> event_filter::from(const publish_filters& lists)
{
    if (lists.rkey.size() > limits::shard_key_bytes_max)
        return nullptr;
    auto made = std::make_unique<event_filter>();
    if (read(lists.exclude, made->exclude_) && read(lists.exclude_authid, made->exclude_authid_) &&
        read(lists.exclude_authrole, made->exclude_authrole_) && read(lists.eligible, made->eligible_) &&
        read(lists.eligible_authid, made->eligible_authid_) && read(lists.eligible_authrole, made->eligible_authrole_))
        return made;
    return nullptr;
}

bool event_filter::admits(const session& subscriber) const
{
    const auto id = subscriber.id().number();
    return lists(eligible_, id) && !lists(exclude_, id) && admits_names_of(subscriber.who());
}

bool event_filter::admits_names_of(const identity& who) const
{
    return lists(eligible_authid_, who.authid) && lists(eligible_authrole_, who.authrole) &&
           !lists(exclude_authid_, who.authid) && !lists(exclude_authrole_, who.authrole);
}

// The form is a list of four: eligible_authid, eligible_authrole, exclude_authid, exclude_authrole; null for a
// whitelist that is not given. It stands in files, so that a change of it needs a new version of these.

void event_filter::write_names(byte_buffer& out) const
{
    const auto written = [](const names& all) { return value(list(all.begin(), all.end())); };
    const auto whitelist = [&](const std::optional<names>& all) { return all ? written(*all) : value(); };
    write_value(list{whitelist(eligible_authid_), whitelist(eligible_authrole_), written(exclude_authid_),
                     written(exclude_authrole_)},
                serializer::msgpack, out);
}

std::unique_ptr<const event_filter> event_filter::from_names(byte_view written)
{
    const auto tree = read_value({serializer::msgpack, written});
    const auto* const lists = tree ? tree->get_if<list>() : nullptr;
    if (lists == nullptr || lists->size() != 4)
        return nullptr;
    auto made = std::make_unique<event_filter>();
    const bool sound = ((*lists)[0].is_null() || read((*lists)[0], made->eligible_authid_.emplace())) &&
                       ((*lists)[1].is_null() || read((*lists)[1], made->eligible_authrole_.emplace())) &&
                       read((*lists)[2], made->exclude_authid_) && read((*lists)[3], made->exclude_authrole_);
    return sound ? std::move(made) : nullptr;
}

bool event_filter::admits_all() const noexcept
{
    return !eligible_ && !eligible_authid_ && !eligible_authrole_ && exclude_.empty() && exclude_authid_.empty() &&
           exclude_authrole_.empty();
}

std::size_t event_filter::bytes() const noexcept
{
    return sizeof(event_filter) + bytes_of(eligible_) + bytes_of(eligible_authid_) + bytes_of(eligible_authrole_) +
           bytes_of(exclude_) + bytes_of(exclude_authid_) + bytes_of(exclude_authrole_);
}

} // namespace junctor
