// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// Events on disk: the event store "sqlite".

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <junctor/auth/module_registry.hpp>
#include <junctor/session/event_store.hpp>

namespace junctor::store {

struct sqlite_options {
    /// The database, which is made if it is not there, readable for its owner only. SQLite keeps files beside it, whose
    /// names begin in the same way, and so does the lock that says that it is in use.
    std::string path;

    /// What may wait to be written, in bytes. It is for disks that are slow for a while; when it is used up, events are
    /// refused.
    std::size_t pending_bytes_max{std::size_t{16} << 20};
};

/// Keeps the events of a realm in a database of SQLite. One thread writes, and makes one transaction of all that has
/// come since the last one, so that a router which is busy waits for the disk no more often than it can; another one
/// reads. What was reported as kept outlives the end of the process and, if the disk keeps its promises, a loss of
/// power.
///
///     junctor::realm_options options;
///     options.event_history = {{junctor::prefix("com.example.orders."), 1'000'000}};
///     options.store = std::make_shared<junctor::store::sqlite_event_store>(sqlite_options{"orders.sqlite"});
///     router.open_realm("realm1", std::move(options));
class sqlite_event_store final : public event_store {
public:
    /// Touches no file yet.
    explicit sqlite_event_store(sqlite_options options);

    /// Closes it.
    ~sqlite_event_store() override;
    sqlite_event_store(const sqlite_event_store&) = delete;
    sqlite_event_store& operator=(const sqlite_event_store&) = delete;

    /// Throws `std::runtime_error` if the file cannot be opened or made, is in use by another process or another store,
    /// is damaged, belongs to another program, or was made by a version of Junctor with a later format.
    void open(std::string_view realm, std::vector<history_rule> rules, std::function<void()> changed) override;
    [[nodiscard]] keeping add(const history_record& record, std::span<const std::size_t> histories,
                              std::uint64_t number) override;
    [[nodiscard]] std::optional<history_answer> find(std::size_t history, history_query asked,
                                                     std::uint64_t number) override;
    [[nodiscard]] store_report report() override;
    void close() noexcept override;

    /// Waits until there is nothing left to do: all that was added is written or has failed, all that was asked is
    /// answered. On any thread.
    void wait_until_idle();

private:
    struct parts;
    std::unique_ptr<parts> parts_;
};

/// Adds the event store "sqlite", which has the options `path` and `pending_bytes_max`, and the cookie stores "sqlite"
/// and "database", which are the same and have the options `path` and `purge_on_startup`.
void register_sqlite(module_registry& registry);

} // namespace junctor::store
