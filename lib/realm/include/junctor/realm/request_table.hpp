// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// The pending calls of one session by their request.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include <junctor/base/ids.hpp>
#include <junctor/realm/uri_hash.hpp>

namespace junctor {

struct pending_call;

/// Finds calls by the request that one side knows them by.
///
/// Requests count up and are answered in about that order, so nearly every one has the slot to itself that its lowest
/// bits tell, and no hash is computed. One whose slot is taken, by a call that waits for long or because a client
/// numbers its requests otherwise, goes into a seeded hash table. A table without calls holds little or no memory.
class request_table {
public:
    request_table() noexcept = default;
    request_table(const request_table&) = delete;
    request_table& operator=(const request_table&) = delete;

    /// The call of `request`, or null.
    [[nodiscard]] pending_call* find(request_id request) const noexcept
    {
        const auto& place = place_of(request);
        if (place.request == request.number())
            return place.call;
        return displaced_ != nullptr ? find_displaced(request) : nullptr;
    }

    /// Files `call` under `request`, which is valid and not in the table. `seed` is always the same for one table.
    void insert(request_id request, pending_call& call, std::uint64_t seed)
    {
        if (auto& place = place_of(request); place.request == 0) {
            place = {request.number(), &call};
            ++count_;
            return;
        }
        insert_elsewhere(request, call, seed);
    }

    /// Removes `request`, which is in the table.
    void erase(request_id request) noexcept
    {
        if (auto& place = place_of(request); place.request == request.number())
            place.request = 0;
        else
            displaced_->erase(request.number());
        if (--count_ == 0 && mask_ >= kept_slots)
            release();
    }

    [[nodiscard]] std::size_t size() const noexcept { return count_; }

    /// All calls, in the order of their requests.
    [[nodiscard]] std::vector<pending_call*> all() const;

private:
    struct slot {
        std::uint64_t request{0}; ///< 0: free, as no request bears it.
        pending_call* call{nullptr};
    };
    struct number_hash {
        using is_avalanching = void;
        pair_hash hash;
        std::size_t operator()(std::uint64_t request) const noexcept { return hash(request, 0); }
    };
    using hash_table = boost::unordered_flat_map<std::uint64_t, pending_call*, number_hash>;

    /// What a table keeps when it is empty: enough for sessions that do a few calls at a time.
    static constexpr std::size_t kept_slots = 256;

    [[nodiscard]] slot& place_of(request_id request) const noexcept { return slots_[request.number() & mask_]; }
    [[nodiscard]] std::size_t slot_count() const noexcept { return own_slots_ == nullptr ? 0 : mask_ + 1; }
    [[nodiscard]] pending_call* find_displaced(request_id request) const noexcept;
    void insert_elsewhere(request_id request, pending_call& call, std::uint64_t seed);
    void grow();
    void release() noexcept;

    /// What a table without slots has: one that is taken for ever, by no request that there can be.
    static slot no_slot;

    slot* slots_{&no_slot};
    std::uint64_t mask_{0}; ///< The bits of a request that tell its slot.
    std::unique_ptr<slot[]> own_slots_;
    std::unique_ptr<hash_table> displaced_;
    std::size_t count_{0};
};

} // namespace junctor
