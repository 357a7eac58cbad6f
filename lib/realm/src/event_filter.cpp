// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/event_filter.hpp>

#include <algorithm>
#include <numeric>
#include <string_view>

#include <junctor/base/limits.hpp>
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
    const auto& who = subscriber.who();
    return lists(eligible_, id) && lists(eligible_authid_, who.authid) && lists(eligible_authrole_, who.authrole) &&
           !lists(exclude_, id) && !lists(exclude_authid_, who.authid) && !lists(exclude_authrole_, who.authrole);
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
