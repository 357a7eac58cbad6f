// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/realm/request_table.hpp>

#include <utility>

namespace junctor {

namespace {

constexpr std::size_t first_slots = 8;

} // namespace

pending_call* request_table::find_displaced(request_id request) const noexcept
{
    const auto at = displaced_->find(request.number());
    return at != displaced_->end() ? at->second : nullptr;
}

void request_table::insert_elsewhere(request_id request, pending_call& call, std::uint64_t seed)
{
    // More slots help only as long as calls fill them; whoever makes requests collide shall not get them by that.
    while (slots_.size() <= 2 * count_) {
        grow();
        auto& place = slots_[request.number() & (slots_.size() - 1)];
        if (place.request == 0) {
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
    std::vector<slot> larger(slots_.empty() ? first_slots : 2 * slots_.size());
    for (const auto& taken : slots_) {
        if (taken.request != 0)
            larger[taken.request & (larger.size() - 1)] = taken;
    }
    slots_ = std::move(larger);
}

void request_table::release() noexcept
{
    slots_ = {};
    displaced_ = nullptr;
}

} // namespace junctor
