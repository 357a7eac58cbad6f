// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

/// What the event store sqlite costs: bench-history [events [folder]].
///
/// Fills a file with events, of a hundred topics, and says how SQLite carries out each kind of lookup, how long lookups
/// take, how much memory the process has, and how many events are made safe in a second if so many publishers wait for
/// that at the same time.

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <mutex>
#include <string>
#include <utility>

#include <unistd.h>

#include <fmt/format.h>

#include <junctor/store/sqlite.hpp>

#include "database.hpp"
#include "event_tables.hpp"

namespace {

using namespace junctor;
using namespace junctor::store;
using clock_type = std::chrono::steady_clock;

constexpr std::uint64_t topics = 100;

double seconds_since(clock_type::time_point begin)
{
    return std::chrono::duration<double>(clock_type::now() - begin).count();
}

double resident_mib()
{
    std::ifstream statm("/proc/self/statm");
    double pages = 0;
    statm >> pages >> pages;
    return pages * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1 << 20);
}

/// Publication identifiers are drawn at random; these are spread as well.
publication_id publication(std::uint64_t number)
{
    return publication_id((number * 0x9E3779B97F4A7C15u) >> 11 | 1);
}

history_record::time time_of(std::uint64_t number)
{
    return history_record::time(std::chrono::seconds(1'700'000'000) + std::chrono::milliseconds(number));
}

/// A store in a file of its own.
class archive {
public:
    archive(const std::string& file, std::size_t events_max) : store_({file})
    {
        store_.open("bench", {{prefix("com.example."), events_max, std::size_t{1} << 40}}, [this] {
            const std::lock_guard locked(mutex_);
            reported_ = true;
            wakes_.notify_one();
        });
    }

    /// Adds an event, and waits as long as more than `window` are not safe yet.
    void add(std::uint64_t window)
    {
        static const std::string message(100, 'm');
        constexpr std::size_t first[] = {0};
        const auto topic = fmt::format("com.example.topic{}", added_ % topics);
        const history_record record{publication(added_ + 1), time_of(added_ + 1), topic, false, {}, as_bytes(message)};
        while (store_.add(record, first, added_ + 1) == keeping::refused)
            take_report();
        ++added_;
        while (added_ - safe_ >= window)
            take_report();
    }

    void complete()
    {
        while (safe_ != added_)
            take_report();
    }

    history_answer find(history_query asked)
    {
        asked.admits = [](bool, byte_view) { return true; };
        static_cast<void>(store_.find(0, std::move(asked), ++questions_));
        store_.wait_until_idle();
        return std::move(store_.report().answers.at(0).second);
    }

private:
    void take_report()
    {
        {
            std::unique_lock locked(mutex_);
            wakes_.wait(locked, [this] { return std::exchange(reported_, false); });
        }
        for (const auto& outcome : store_.report().outcomes) {
            if (outcome.code != errc{}) {
                fmt::print(stderr, "{}\n", outcome.cause);
                std::exit(1);
            }
            safe_ = outcome.last;
        }
    }

    std::mutex mutex_;
    std::condition_variable wakes_;
    bool reported_{false};
    std::uint64_t added_{0};
    std::uint64_t safe_{0};
    std::uint64_t questions_{0};
    sqlite_event_store store_; ///< Last, as it uses the others until it has gone.
};

void print_plans(const std::string& file)
{
    database tables(file, access::read);
    for (const auto sql : sql::lookups) {
        fmt::print("{}\n", sql);
        statement explained(tables, fmt::format("EXPLAIN QUERY PLAN {}", sql));
        for (auto rows = explained.with(); rows.next();)
            fmt::print("    {}\n", rows.text(3));
    }
}

void print_lookups(archive& full, std::uint64_t events)
{
    const auto middle = events / 2;
    const auto measure = [&](std::string_view what, const std::function<void(history_query&)>& choose) {
        history_query asked;
        asked.limit = 100;
        choose(asked);
        const auto begin = clock_type::now();
        const auto found = full.find(std::move(asked)).events.size();
        fmt::print("{:<48} {:>5} events {:>8.3f} ms\n", what, found, seconds_since(begin) * 1000);
    };
    const std::string topic = "com.example.topic7";
    for (const bool reverse : {false, true}) {
        const auto named = [&](std::string_view what) { return fmt::format("{}{}", what, reverse ? ", reverse" : ""); };
        measure(named("no condition"), [&](auto& q) { q.reverse = reverse; });
        measure(named("topic"), [&](auto& q) { q.reverse = reverse, q.topic = topic; });
        measure(named("topic that is not there"), [&](auto& q) { q.reverse = reverse, q.topic = "com.example.none"; });
        measure(named("from_time in the middle"), [&](auto& q) { q.reverse = reverse, q.from_time = time_of(middle); });
        measure(named("until_time in the middle"),
                [&](auto& q) { q.reverse = reverse, q.until_time = time_of(middle); });
        measure(named("after_time, before_time, topic"), [&](auto& q) {
            q.reverse = reverse, q.after_time = time_of(middle), q.before_time = time_of(middle + middle / 2);
            q.topic = topic;
        });
        measure(named("after_publication in the middle"),
                [&](auto& q) { q.reverse = reverse, q.after_publication = publication(middle); });
        measure(named("after_publication, until_publication, topic"), [&](auto& q) {
            q.reverse = reverse, q.after_publication = publication(middle);
            q.until_publication = publication(middle + middle / 2), q.topic = topic;
        });
    }
}

void print_rates(const std::string& folder)
{
    for (const std::uint64_t window : {1U, 16U, 256U, 4096U}) {
        archive fresh(fmt::format("{}/rate{}.sqlite", folder, window), 100'000);
        const auto begin = clock_type::now();
        std::uint64_t added = 0;
        for (; seconds_since(begin) < 2; ++added)
            fresh.add(window);
        fresh.complete();
        fmt::print("{:>5} waiting for PUBLISHED: {:>8.0f} events/s\n", window,
                   static_cast<double>(added) / seconds_since(begin));
    }
}

} // namespace

int main(int argc, char** argv)
{
    const std::uint64_t events = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1'000'000;
    const auto folder = std::filesystem::path(argc > 2 ? argv[2] : ".") / fmt::format("bench-history-{}", getpid());
    std::filesystem::create_directories(folder);
    const auto file = (folder / "events.sqlite").string();
    fmt::print("resident before: {:.1f} MiB\n", resident_mib());
    {
        archive full(file, events);
        const auto begin = clock_type::now();
        for (std::uint64_t i = 0; i != events; ++i)
            full.add(100'000);
        full.complete();
        const auto took = seconds_since(begin);
        fmt::print("{} events in {:.1f} s, {:.0f} events/s\n", events, took, static_cast<double>(events) / took);
        fmt::print("resident with them: {:.1f} MiB\n", resident_mib());
        print_plans(file);
        print_lookups(full, events);
        fmt::print("resident after lookups: {:.1f} MiB\n", resident_mib());
    }
    fmt::print("file: {:.0f} MiB\n", static_cast<double>(std::filesystem::file_size(file)) / (1 << 20));
    print_rates(folder.string());
    std::filesystem::remove_all(folder);
}
