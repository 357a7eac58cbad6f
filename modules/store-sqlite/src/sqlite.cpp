// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/store/sqlite.hpp>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "cookie_table.hpp"
#include "database.hpp"
#include "event_reader.hpp"
#include "event_writer.hpp"
#include "file_lock.hpp"

namespace junctor::store {

namespace {

/// As many events are written by one transaction at most: the first of them should not wait much longer than it takes
/// to write it alone.
constexpr std::size_t written_at_once = 4096;

/// How often a store to which nothing is added looks for what has become too old.
constexpr std::chrono::seconds pruning_interval{30};

constexpr std::int64_t pending_bytes_least = std::int64_t{64} << 10;
constexpr std::int64_t pending_bytes_most = std::int64_t{1} << 40;

} // namespace

struct sqlite_event_store::parts {
    struct question {
        std::size_t history;
        history_query asked;
        std::uint64_t number;
        std::uint64_t after; ///< The record that was added last when it was asked.
    };

    explicit parts(sqlite_options chosen) : options{std::move(chosen)} {}

    void write_all();
    void read_all();
    [[nodiscard]] std::vector<waiting_record> take_records();
    [[nodiscard]] std::optional<question> take_question();
    void write(std::span<const waiting_record> records);
    void prune();
    [[nodiscard]] std::string cause_of(const std::exception& failure) const;
    template <class Add>
    void add_to_report(Add add);

    const sqlite_options options;
    std::function<void()> changed;
    std::optional<file_lock> lock;
    std::optional<event_writer> writer; ///< For the thread that writes.
    std::optional<event_reader> reader; ///< For the thread that reads.
    bool has_more_to_prune{true};       ///< For the thread that writes.
    std::thread writing;
    std::thread reading;
    std::mutex closing_mutex; ///< Held by whoever closes it.

    std::mutex mutex; ///< For all below. Held for steps on them only.
    std::condition_variable wakes_writer;
    std::condition_variable wakes_reader;
    std::condition_variable wakes_waiting;
    bool closed{true};
    std::vector<waiting_record> records;
    std::size_t pending_bytes{0}; ///< Of these and of those that are being written.
    std::uint64_t added{0};       ///< The number of the last record.
    std::uint64_t done{0};        ///< That of the last one that is written or has failed.
    std::deque<question> questions;
    bool answering{false};
    bool silent{true}; ///< The report is empty: nobody has been told that it is not.
    store_report reported;
};

sqlite_event_store::sqlite_event_store(sqlite_options options) : parts_{std::make_unique<parts>(std::move(options))} {}

sqlite_event_store::~sqlite_event_store()
{
    close();
}

void sqlite_event_store::open(std::string_view realm, std::vector<history_rule> rules, std::function<void()> changed)
{
    auto& p = *parts_;
    p.lock.emplace(p.options.path);
    try {
        p.writer.emplace(p.options.path, realm, std::move(rules));
        p.reader.emplace(p.options.path, p.writer->ids());
    } catch (const database_error& failure) {
        throw std::runtime_error(p.cause_of(failure));
    }
    p.changed = std::move(changed);
    p.closed = false;
    p.writing = std::thread([&p] { p.write_all(); });
    p.reading = std::thread([&p] { p.read_all(); });
}

keeping sqlite_event_store::add(const history_record& record, std::span<const std::size_t> histories,
                                std::uint64_t number)
{
    waiting_record added(record, histories, number);
    const auto bytes = added.bytes();
    auto& p = *parts_;
    const std::lock_guard locked(p.mutex);
    if (p.closed || (p.pending_bytes != 0 && p.pending_bytes + bytes > p.options.pending_bytes_max))
        return keeping::refused;
    p.records.push_back(std::move(added));
    p.pending_bytes += bytes;
    p.added = number;
    p.wakes_writer.notify_one();
    return keeping::pending;
}

std::optional<history_answer> sqlite_event_store::find(std::size_t history, history_query asked, std::uint64_t number)
{
    auto& p = *parts_;
    const std::lock_guard locked(p.mutex);
    if (p.closed)
        return history_answer{errc::unavailable, {}};
    p.questions.push_back({history, std::move(asked), number, p.added});
    p.wakes_reader.notify_one();
    return std::nullopt;
}

store_report sqlite_event_store::report()
{
    const std::lock_guard locked(parts_->mutex);
    parts_->silent = true;
    return std::exchange(parts_->reported, {});
}

void sqlite_event_store::close() noexcept
{
    auto& p = *parts_;
    const std::lock_guard alone(p.closing_mutex);
    {
        const std::lock_guard locked(p.mutex);
        p.closed = true;
        p.wakes_writer.notify_all();
        p.wakes_reader.notify_all();
    }
    if (p.reading.joinable())
        p.reading.join();
    if (p.writing.joinable())
        p.writing.join();
    p.reader.reset();
    p.writer.reset();
    p.lock.reset();
}

void sqlite_event_store::wait_until_idle()
{
    auto& p = *parts_;
    std::unique_lock locked(p.mutex);
    p.wakes_waiting.wait(locked, [&] { return p.done == p.added && p.questions.empty() && !p.answering; });
}

// What the threads do

/// Lets `add` add something to the report, and says that there is something unless somebody has been told already.
template <class Add>
void sqlite_event_store::parts::add_to_report(Add add)
{
    bool was_silent = false;
    {
        const std::lock_guard locked(mutex);
        add(reported);
        was_silent = std::exchange(silent, false);
        wakes_waiting.notify_all();
    }
    if (was_silent && changed)
        changed();
}

std::string sqlite_event_store::parts::cause_of(const std::exception& failure) const
{
    return fmt::format("event store '{}': {}", options.path, failure.what());
}

void sqlite_event_store::parts::write_all()
{
    for (;;) {
        const auto taken = take_records();
        for (std::size_t at = 0; at < taken.size(); at += written_at_once)
            write(std::span(taken).subspan(at, std::min(written_at_once, taken.size() - at)));
        const std::unique_lock locked(mutex);
        if (closed && records.empty())
            return;
    }
}

/// Waits for records and takes them; drops what is beyond the bounds while there are none. None if the store is closed.
std::vector<waiting_record> sqlite_event_store::parts::take_records()
{
    const auto is_wanted = [this] { return closed || !records.empty(); };
    std::unique_lock locked(mutex);
    while (!is_wanted()) {
        if (!has_more_to_prune && wakes_writer.wait_for(locked, pruning_interval, is_wanted))
            break;
        locked.unlock();
        prune();
        locked.lock();
    }
    return std::exchange(records, {});
}

void sqlite_event_store::parts::write(std::span<const waiting_record> some)
{
    store_report::outcome outcome{some.back().number, errc{}, {}};
    try {
        writer->write(some, std::chrono::system_clock::now());
        has_more_to_prune = true;
    } catch (const std::exception& failure) {
        outcome.code = errc::unavailable;
        outcome.cause = cause_of(failure);
    }
    add_to_report([&](store_report& to) {
        for (const auto& each : some)
            pending_bytes -= each.bytes();
        done = some.back().number;
        to.outcomes.push_back(std::move(outcome));
        wakes_reader.notify_one();
    });
}

/// What cannot be dropped now is dropped later.
void sqlite_event_store::parts::prune()
{
    has_more_to_prune = false;
    try {
        has_more_to_prune = writer->prune(std::chrono::system_clock::now());
    } catch (const std::exception& failure) {
        add_to_report([&](store_report& to) { to.failures.push_back(cause_of(failure)); });
    }
}

void sqlite_event_store::parts::read_all()
{
    while (const auto next = take_question()) {
        history_answer answer;
        std::string cause;
        try {
            answer = reader->find(next->history, next->asked);
        } catch (const std::exception& failure) {
            answer.code = errc::unavailable;
            cause = cause_of(failure);
        }
        add_to_report([&](store_report& to) {
            to.answers.emplace_back(next->number, std::move(answer));
            if (!cause.empty())
                to.failures.push_back(std::move(cause));
            answering = false;
        });
    }
}

/// Waits for a question and takes it, once all is written that was added before it. Nothing if the store is closed.
std::optional<sqlite_event_store::parts::question> sqlite_event_store::parts::take_question()
{
    std::unique_lock locked(mutex);
    wakes_reader.wait(locked, [this] { return closed || (!questions.empty() && questions.front().after <= done); });
    if (closed)
        return std::nullopt;
    auto next = std::optional(std::move(questions.front()));
    questions.pop_front();
    answering = true;
    return next;
}

namespace {

/// The value of `path` as the configuration means it; an absolute one stays what it is.
std::string read_path(module_options& given)
{
    const auto path = given.text("path");
    if (path.empty())
        given.error("path", "must not be empty");
    return (given.context().base_directory / path).string();
}

std::unique_ptr<cookie_journal> make_cookie_table(module_options& given)
{
    const auto purge = given.boolean("purge_on_startup", false) ? cookie_purge::on_startup : cookie_purge::no;
    return std::make_unique<cookie_table>(read_path(given), purge);
}

} // namespace

void register_sqlite(module_registry& registry)
{
    registry.add_cookie_journal("sqlite", make_cookie_table);
    registry.add_cookie_journal("database", make_cookie_table);
    registry.add_event_store("sqlite", [](module_options& given) -> std::unique_ptr<event_store> {
        sqlite_options options;
        options.path = read_path(given);
        options.pending_bytes_max =
            static_cast<std::size_t>(given.integer("pending_bytes_max", pending_bytes_least, pending_bytes_most,
                                                   static_cast<std::int64_t>(options.pending_bytes_max)));
        return std::make_unique<sqlite_event_store>(std::move(options));
    });
}

} // namespace junctor::store
