// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/request_table.hpp>

#include <algorithm>
#include <utility>
#include <vector>

namespace junctor {

namespace {

constexpr std::size_t first_slots = 8;

} // namespace

request_table::slot request_table::no_slot{static_cast<std::uint64_t>(-1), nullptr};

pending_call* request_table::find_displaced(request_id request) const noexcept
{
    const auto at = displaced_->find(request.number());
    return at != displaced_->end() ? at->second : nullptr;
}

void request_table::insert_elsewhere(request_id request, pending_call& call, std::uint64_t seed)
{
    // More slots help only as long as calls fill them; whoever makes requests collide shall not get them by that.
    while (slot_count() <= 2 * count_) {
        grow();
        if (auto& place = place_of(request); place.request == 0) {
            place = {request.number(), &call};
            ++count_;
            return;
        }
    }
    if (displaced_ == nullptr)
        displaced_ = std::make_unique<hash_table>(0, number_hash{pair_hash(seed)});
    displaced_->emplace(request.number(), &call);
    ++count_;
}

/// Doubles the slots. Those that had one each have one each then, too.
void request_table::grow()
{
    const auto size = std::max(first_slots, 2 * slot_count());
    auto larger = std::make_unique<slot[]>(size);
    for (std::size_t i = 0; i != slot_count(); ++i) {
        if (const auto& taken = slots_[i]; taken.request != 0)
            larger[taken.request & (size - 1)] = taken;
    }
    own_slots_ = std::move(larger);
    slots_ = own_slots_.get();
    mask_ = size - 1;
}

std::vector<pending_call*> request_table::all() const
{
    std::vector<std::pair<std::uint64_t, pending_call*>> entries;
    entries.reserve(count_);
    for (std::size_t i = 0; i != slot_count(); ++i) {
        if (slots_[i].request != 0)
            entries.emplace_back(slots_[i].request, slots_[i].call);
    }
    if (displaced_ != nullptr)
        entries.insert(entries.end(), displaced_->begin(), displaced_->end());
    std::sort(entries.begin(), entries.end());
    std::vector<pending_call*> calls;
    calls.reserve(entries.size());
    for (const auto& [request, call] : entries)
        calls.push_back(call);
    return calls;
}

void request_table::release() noexcept
{
    slots_ = &no_slot;
    mask_ = 0;
    own_slots_ = nullptr;
    displaced_ = nullptr;
}

} // namespace junctor
