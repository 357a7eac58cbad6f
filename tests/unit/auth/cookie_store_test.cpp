// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cookie_file.hpp>

#include "support/catch.hpp"

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <stdexcept>

using namespace junctor;
using namespace std::chrono_literals;

namespace {

const auto now = std::chrono::system_clock::now();

cookie_login login_as(std::string authid)
{
    return {"realm1", {std::move(authid), "user", "ticket", "static", {{"team", "blue"}}}};
}

std::string authid_of(const cookie_store& store, const std::string& digest)
{
    const auto login = store.login_of(digest, now);
    return login ? login->who.authid : std::string();
}

/// A folder that goes with its owner.
class folder {
public:
    folder() : path_{std::filesystem::temp_directory_path() / "junctor-cookies-XXXXXX"}
    {
        auto name = path_.string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path_ = name;
    }
    ~folder() { std::filesystem::remove_all(path_); }

    [[nodiscard]] std::string file() const { return path_ / "cookies"; }

private:
    std::filesystem::path path_;
};

/// The store in `file`, opened.
std::unique_ptr<cookie_store> store_in(const std::string& file, cookie_purge purge = cookie_purge::no)
{
    auto store = std::make_unique<cookie_store>(std::make_unique<cookie_file>(file, purge));
    store->open(now);
    return store;
}

} // namespace

TEST_CASE("cookie_store: a cookie is known until it expires or is logged out", "[auth][cookie]")
{
    cookie_store store;
    CHECK_FALSE(store.knows("a", now));
    store.add("a", now + 10s, now);
    CHECK(store.knows("a", now + 9s));
    CHECK_FALSE(store.knows("a", now + 10s));
    store.log_out("a");
    CHECK_FALSE(store.knows("a", now));
}

TEST_CASE("cookie_store: the latest login counts, on cookies that are known", "[auth][cookie]")
{
    cookie_store store;
    store.log_in("a", login_as("joe"), now);
    CHECK_FALSE(store.login_of("a", now).has_value());
    store.add("a", now + 10s, now);
    CHECK_FALSE(store.login_of("a", now).has_value());
    store.log_in("a", login_as("joe"), now);
    store.log_in("a", login_as("ann"), now);
    CHECK(authid_of(store, "a") == "ann");
    CHECK_FALSE(store.login_of("a", now + 10s).has_value());
}

TEST_CASE("cookie_store: cookies without a login make room first", "[auth][cookie]")
{
    cookie_store store(nullptr, 3);
    store.add("a", now + 1s, now);
    store.log_in("a", login_as("joe"), now);
    store.add("b", now + 3s, now);
    store.add("c", now + 2s, now);
    store.add("d", now + 4s, now);
    CHECK(store.knows("a", now));
    CHECK(store.knows("b", now));
    CHECK_FALSE(store.knows("c", now));
    store.add("e", now + 5s, now + 1s); // By now, the first one has expired.
    CHECK(store.knows("b", now));
    CHECK(store.knows("d", now));
}

TEST_CASE("cookie_store: a digest says nothing of the cookie", "[auth][cookie]")
{
    CHECK(cookie_digest("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    CHECK(tracked_cookie{cookie_digest("abc"), nullptr}.id() == "ba7816bf8f01cfea");
}

TEST_CASE("cookie_file: logins are there again, others are not", "[auth][cookie]")
{
    const folder place;
    {
        const auto store = store_in(place.file());
        for (const auto* const digest : {"joe", "out", "nobody", "old"})
            store->add(digest, now + (std::string_view(digest) == "old" ? 1s : 3600s), now);
        store->log_in("joe", login_as("jim"), now);
        store->log_in("joe", login_as("joe"), now);
        store->log_in("out", login_as("ann"), now);
        store->log_in("old", login_as("ann"), now);
        store->log_out("out");
    }
    const auto store = store_in(place.file());
    const auto login = store->login_of("joe", now);
    REQUIRE(login.has_value());
    CHECK(login->realm == "realm1");
    CHECK(login->who.authid == "joe");
    CHECK(login->who.authrole == "user");
    CHECK(login->who.authprovider == "static");
    CHECK(login->who.authextra == dict{{"team", "blue"}});
    CHECK_FALSE(store->knows("out", now));
    CHECK_FALSE(store->knows("nobody", now));
    CHECK_FALSE(store->knows("old", now + 2s));
    CHECK((std::filesystem::status(place.file()).permissions() & std::filesystem::perms::all) ==
          (std::filesystem::perms::owner_read | std::filesystem::perms::owner_write));
}

TEST_CASE("cookie_file: a line without its end does not harm the others", "[auth][cookie]")
{
    const folder place;
    {
        const auto store = store_in(place.file());
        store->add("a", now + 1h, now);
        store->log_in("a", login_as("joe"), now);
    }
    std::ofstream(place.file(), std::ios::app) << R"({"digest":"b","expires":99999)";
    {
        const auto store = store_in(place.file());
        CHECK(authid_of(*store, "a") == "joe");
        store->add("c", now + 1h, now);
        store->log_in("c", login_as("ann"), now);
    }
    const auto store = store_in(place.file());
    CHECK(authid_of(*store, "a") == "joe");
    CHECK(authid_of(*store, "c") == "ann");
}

TEST_CASE("cookie_file: logins from before may be purged", "[auth][cookie]")
{
    const folder place;
    {
        const auto store = store_in(place.file());
        store->add("a", now + 1h, now);
        store->log_in("a", login_as("joe"), now);
    }
    CHECK_FALSE(store_in(place.file(), cookie_purge::on_startup)->knows("a", now));
    CHECK_FALSE(store_in(place.file())->knows("a", now));
}

TEST_CASE("cookie_file: it is for one store at a time", "[auth][cookie]")
{
    const folder place;
    const auto store = store_in(place.file());
    CHECK_THROWS_AS(store_in(place.file()), std::runtime_error);
    CHECK_THROWS_AS(store_in(place.file() + "/below"), std::runtime_error);
}
