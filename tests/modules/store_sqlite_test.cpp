// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <chrono>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

#include <fmt/format.h>

#include <junctor/store/sqlite.hpp>

#include "support/catch.hpp"

#include "cookie_table.hpp"
#include "database.hpp"
#include "event_tables.hpp"

using namespace junctor;
using namespace junctor::store;

namespace {

namespace fs = std::filesystem;

/// A folder for one test.
struct folder {
    folder() { fs::create_directory(path); }
    ~folder() { fs::remove_all(path); }

    [[nodiscard]] std::string file() const { return (path / "events.sqlite").string(); }

    fs::path path{fs::temp_directory_path() / fmt::format("junctor-store-{}", getpid())};
};

/// A store with one history, which counts what is added to it.
struct archive {
    explicit archive(const std::string& file, history_rule rule = {prefix("com."), 1'000}) : store({file})
    {
        store.open("realm1", {std::move(rule)}, [] {});
    }

    /// Keeps an event of that number, published at that second.
    void add(std::uint64_t number, std::int64_t second, const std::string& topic = "com.a")
    {
        constexpr std::size_t first[] = {0};
        const history_record::time when{std::chrono::seconds(second)};
        const history_record record{publication_id(number), when, topic, false, {}, as_bytes("message")};
        REQUIRE(store.add(record, first, ++added) == keeping::pending);
    }

    /// The numbers of the events that are found.
    std::vector<std::uint64_t> find(history_query asked = {})
    {
        asked.admits = [](bool, byte_view) { return true; };
        REQUIRE_FALSE(store.find(0, std::move(asked), ++questions).has_value());
        store.wait_until_idle();
        const auto report = store.report();
        REQUIRE(report.answers.size() == 1);
        REQUIRE(report.answers[0].second.code == errc{});
        std::vector<std::uint64_t> numbers;
        for (const auto& each : report.answers[0].second.events)
            numbers.push_back(each.publication.number());
        return numbers;
    }

    std::uint64_t added{0};
    std::uint64_t questions{0};
    sqlite_event_store store;
};

using numbers = std::vector<std::uint64_t>;

history_record::time at(std::int64_t second)
{
    return history_record::time(std::chrono::seconds(second));
}

/// Why a store cannot be opened.
std::string refusal_of(const std::string& file)
{
    try {
        const archive opened(file);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
    return {};
}

} // namespace

TEST_CASE("store sqlite: nothing that is looked for needs a scan or a sort", "[store]")
{
    const folder here;
    auto tables = open_tables(here.file());
    for (const auto sql : sql::lookups) {
        INFO(sql);
        statement explained(tables, fmt::format("EXPLAIN QUERY PLAN {}", sql));
        auto rows = explained.with();
        bool searches = false;
        while (rows.next()) {
            const std::string step(rows.text(3));
            INFO(step);
            CHECK(step.find("SCAN") == std::string::npos);
            CHECK(step.find("TEMP B-TREE") == std::string::npos);
            searches = searches || step.find("SEARCH") != std::string::npos;
        }
        CHECK(searches);
    }
}

TEST_CASE("store sqlite: events keep their order though the clock is set back", "[store]")
{
    const folder here;
    archive a(here.file());
    for (const auto& [number, second] : {std::pair{1, 100}, {2, 110}, {3, 50}, {4, 60}, {5, 105}})
        a.add(static_cast<std::uint64_t>(number), second);
    CHECK(a.find() == numbers{1, 2, 3, 4, 5});
    history_query asked;
    asked.from_time = at(100);
    CHECK(a.find(asked) == numbers{1, 2, 5});
    asked.reverse = true;
    CHECK(a.find(asked) == numbers{5, 2, 1});
    asked.before_time = at(110);
    CHECK(a.find(asked) == numbers{5, 1});
    asked.limit = 1;
    CHECK(a.find(asked) == numbers{5});
    asked = {};
    asked.until_time = at(60);
    CHECK(a.find(asked) == numbers{3, 4});
}

TEST_CASE("store sqlite: what was kept is there when it is opened again", "[store]")
{
    const folder here;
    {
        archive a(here.file());
        a.add(7, 1, "com.b");
        a.add(5, 2);
    }
    archive again(here.file());
    again.add(6, 3);
    CHECK(again.find() == numbers{7, 5, 6});
    history_query asked;
    asked.after_publication = publication_id(7);
    CHECK(again.find(asked) == numbers{5, 6});
    asked = {};
    asked.topic = "com.b";
    CHECK(again.find(asked) == numbers{7});
}

TEST_CASE("store sqlite: the oldest go when a bound is reached, also one that was lowered", "[store]")
{
    const folder here;
    const auto now =
        std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch());
    {
        archive a(here.file(), {prefix("com."), 5'000});
        for (std::uint64_t i = 1; i <= 5'500; ++i)
            a.add(i, now.count());
        const auto kept = a.find();
        REQUIRE(kept.size() == 5'000);
        CHECK(kept.front() == 501);
    }
    {
        archive lowered(here.file(), {prefix("com."), 3});
        while (lowered.find().size() != 3) { // In steps, which nobody waits for.
        }
        CHECK(lowered.find() == numbers{5498, 5499, 5500});
    }
    {
        archive aging(here.file(), {prefix("com."), 10, 1 << 20, std::chrono::seconds(100'000)});
        aging.add(1, now.count() - 200'000);
        aging.add(2, now.count());
        CHECK(aging.find() == numbers{5498, 5499, 5500, 1, 2}); // It is behind others, which are younger.
    }
}

TEST_CASE("store sqlite: what waits to be written is bounded", "[store]")
{
    const folder here;
    sqlite_event_store store({here.file(), 64 << 10});
    store.open("realm1", {{prefix(""), 1'000'000}}, [] {});
    constexpr std::size_t first[] = {0};
    const std::string large(60 << 10, 'x');
    const history_record record{publication_id(1), at(1), "com.a", false, {}, as_bytes(large)};
    std::uint64_t added = 0;
    std::uint64_t refused = 0;
    while (refused == 0) // Any disk takes longer than this.
        ++(store.add(record, first, added + 1) == keeping::pending ? added : refused);
    store.wait_until_idle();
    CHECK(store.report().outcomes.back().last == added);
    CHECK(store.add(record, first, added + 1) == keeping::pending);
    store.close();
    CHECK(store.add(record, first, added + 2) == keeping::refused);
}

TEST_CASE("store sqlite: logins of cookies are there again until they are erased, expire or are purged", "[store]")
{
    const folder here;
    const auto hour_later = std::chrono::system_clock::now() + std::chrono::hours{1};
    const auto long_ago = std::chrono::system_clock::time_point(std::chrono::hours{1});
    const cookie_login login{"realm1", {"joe", "user", "ticket", "static", {{"team", "blue"}}}};
    {
        cookie_table table(here.file(), cookie_purge::no);
        CHECK(table.open().empty());
        table.put({"a", hour_later, {}});
        table.put({"a", hour_later, login});
        table.put({"b", hour_later, login});
        table.put({"c", long_ago, login});
        table.erase("b");
        CHECK_THROWS_WITH(cookie_table(here.file(), cookie_purge::no).open(),
                          Catch::Matchers::ContainsSubstring("is in use by another process, or by another transport"));
    }
    {
        const auto records = cookie_table(here.file(), cookie_purge::no).open();
        REQUIRE(records.size() == 1);
        CHECK(records[0].digest == "a");
        CHECK(records[0].login.realm == "realm1");
        CHECK(records[0].login.who.authid == "joe");
        CHECK(records[0].login.who.authextra == dict{{"team", "blue"}});
    }
    CHECK(cookie_table(here.file(), cookie_purge::on_startup).open().empty());
    CHECK(cookie_table(here.file(), cookie_purge::no).open().empty());
}

TEST_CASE("store sqlite: files that cannot be used are named", "[store]")
{
    const folder here;
    const auto file = here.file();
    SECTION("in use")
    {
        const archive first(file);
        CHECK(refusal_of(file) == fmt::format("the event store '{}' is in use by another process, or by another realm: "
                                              "give each realm a file of its own",
                                              file));
    }
    SECTION("no database")
    {
        std::ofstream(file) << std::string(5000, 'x');
        CHECK(refusal_of(file).find(fmt::format("the event store '{}' is damaged", file)) == 0);
    }
    SECTION("of a newer version")
    {
        open_tables(file).run("PRAGMA user_version = 2");
        CHECK(refusal_of(file).find("was made by a newer version of Junctor (format 2, this one knows 1)") !=
              std::string::npos);
    }
    SECTION("of another program")
    {
        {
            std::ofstream made(file);
        }
        database(file, access::write).run("CREATE TABLE other (a)");
        CHECK(refusal_of(file).find("is the database of another program") != std::string::npos);
    }
    SECTION("in no folder")
    {
        const auto nowhere = (here.path / "none" / "events.sqlite").string();
        CHECK(refusal_of(nowhere).find("cannot be opened: No such file or directory") != std::string::npos);
    }
    CHECK(fs::exists(here.path));
}
