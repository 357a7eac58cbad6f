// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/static_files.hpp>

#include "support/catch.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <junctor/web/http_date.hpp>

#include "web_test_support.hpp"

using junctor::find_field;
using junctor::static_file_options;
using junctor::static_files;
using junctor::test::answer_of;
using junctor::test::request_of;

namespace fs = std::filesystem;

namespace {

/// A directory with another one beside it, which nobody should see.
class site {
public:
    site()
    {
        std::string name = (fs::temp_directory_path() / "junctor-site-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        top_ = name;
        write("site/index.html", "<p>home</p>");
        write("site/app.js", "let x = 1;");
        write("site/sub/page.txt", "0123456789");
        write("site/.hidden", "hidden");
        write("site/.git/config", "hidden");
        write("site/.well-known/security.txt", "write to us");
        write("outside/secret.txt", "secret");
    }
    site(const site&) = delete;
    site& operator=(const site&) = delete;
    ~site() { fs::remove_all(top_); }

    void write(const std::string& name, const std::string& content) const
    {
        fs::create_directories((top_ / name).parent_path());
        std::ofstream(top_ / name, std::ios::binary) << content;
    }

    [[nodiscard]] fs::path path(const std::string& name) const { return top_ / name; }

    /// What the directory "site" answers.
    [[nodiscard]] junctor::http_response get(const std::string& target, static_file_options options = {}) const
    {
        return ask(request_of("GET", target), std::move(options));
    }

    [[nodiscard]] junctor::http_response ask(const junctor::http_request& request,
                                             static_file_options options = {}) const
    {
        static_files service(path("site"), std::move(options));
        return answer_of(service, request);
    }

private:
    fs::path top_;
};

/// The content that is sent.
std::string content_of(const junctor::http_response& answer)
{
    if (!answer.file)
        return answer.body;
    std::string content(answer.file->size, '\0');
    const auto got =
        ::pread(answer.file->file.get(), content.data(), content.size(), static_cast<off_t>(answer.file->offset));
    REQUIRE(got == static_cast<ssize_t>(content.size()));
    return content;
}

std::string field_of(const junctor::http_response& answer, std::string_view name)
{
    return std::string(find_field(answer.fields, name).value_or("(none)"));
}

} // namespace

TEST_CASE("static_files: a file is sent with its type and its version", "[web]")
{
    const site here;
    const auto answer = here.get("/app.js");
    CHECK(answer.status == 200);
    CHECK(content_of(answer) == "let x = 1;");
    CHECK(field_of(answer, "Content-Type") == "text/javascript; charset=utf-8");
    CHECK(field_of(answer, "X-Content-Type-Options") == "nosniff");
    CHECK(field_of(answer, "Cache-Control") == "public, max-age=43200");
    CHECK(field_of(answer, "Accept-Ranges") == "bytes");
    CHECK(junctor::read_http_date(field_of(answer, "Last-Modified")).has_value());
    const auto tag = field_of(answer, "ETag");
    CHECK((tag.starts_with('"') && tag.ends_with('"')));
}

TEST_CASE("static_files: whoever has the version of now is told so", "[web]")
{
    const site here;
    auto request = request_of("GET", "/app.js");
    const auto first = here.ask(request);
    request.fields = {{"If-None-Match", field_of(first, "ETag")}};
    const auto again = here.ask(request);
    CHECK(again.status == 304);
    CHECK(content_of(again).empty());
    CHECK(field_of(again, "ETag") == field_of(first, "ETag"));
    CHECK(field_of(again, "Cache-Control") == "public, max-age=43200");

    here.write("site/app.js", "let x = 2;"); // As long as before: the time tells.
    fs::last_write_time(here.path("site/app.js"), fs::file_time_type::clock::now() + std::chrono::nanoseconds(500));
    const auto changed = here.ask(request);
    CHECK(changed.status == 200);
    CHECK(content_of(changed) == "let x = 2;");
}

TEST_CASE("static_files: a part is sent of a range", "[web]")
{
    const site here;
    auto request = request_of("GET", "/sub/page.txt");
    request.fields = {{"Range", "bytes=2-4"}};
    const auto part = here.ask(request);
    CHECK(part.status == 206);
    CHECK(content_of(part) == "234");
    CHECK(field_of(part, "Content-Range") == "bytes 2-4/10");

    request.fields = {{"Range", "bytes=10-"}};
    const auto none = here.ask(request);
    CHECK(none.status == 416);
    CHECK(field_of(none, "Content-Range") == "bytes */10");
}

TEST_CASE("static_files: a directory stands for its default file", "[web]")
{
    const site here;
    CHECK(content_of(here.get("/")) == "<p>home</p>");
    static_file_options options;
    options.default_file = "page.txt";
    const auto other = here.get("/sub/", options);
    CHECK(content_of(other) == "0123456789");
    CHECK(field_of(other, "Content-Type") == "text/plain; charset=utf-8");
}

TEST_CASE("static_files: a directory is asked for with a slash at its end", "[web]")
{
    const site here;
    const auto moved = here.get("/sub?a=b");
    CHECK(moved.status == 301);
    CHECK(field_of(moved, "Location") == "/sub/?a=b");
    CHECK(here.get("/app.js/").status == 404);
}

TEST_CASE("static_files: a directory is listed only where that is wanted", "[web]")
{
    const site here;
    here.write("site/sub/<b>&\" x.txt", "");
    fs::create_directory(here.path("site/sub/deeper"));
    CHECK(here.get("/sub/").status == 404);

    static_file_options options;
    options.directory_listing = true;
    const auto listing = here.get("/sub/", options);
    CHECK(listing.status == 200);
    CHECK(field_of(listing, "Content-Type") == "text/html; charset=utf-8");
    CHECK_THAT(listing.body, Catch::Matchers::ContainsSubstring(
                                 "<a href=\"./%3Cb%3E%26%22%20x.txt\">&lt;b&gt;&amp;&quot; x.txt</a>"));
    CHECK_THAT(listing.body, Catch::Matchers::ContainsSubstring("<a href=\"./deeper/\">deeper/</a>"));
    CHECK_THAT(listing.body, Catch::Matchers::ContainsSubstring("page.txt"));
    CHECK(content_of(here.get("/", options)) == "<p>home</p>");
}

TEST_CASE("static_files: what is hidden or not there is not found", "[web]")
{
    const site here;
    const auto* const target =
        GENERATE("/none", "/.hidden", "/.git/config", "/.git/", "/sub//page.txt", "//sub/page.txt", "/sub/page.txt/x",
                 "/../outside/secret.txt", "/sub/../../outside/secret.txt", "/sub//");
    CAPTURE(target);
    CHECK(here.get(target).status == 404);
}

TEST_CASE("static_files: what is well known is not hidden", "[web]")
{
    const site here;
    CHECK(content_of(here.get("/.well-known/security.txt")) == "write to us");
}

TEST_CASE("static_files: symbolic links do not lead outside", "[web]")
{
    const site here;
    fs::create_symlink("../outside", here.path("site/up"));
    fs::create_symlink("../outside/secret.txt", here.path("site/up.txt"));
    fs::create_symlink(here.path("outside/secret.txt"), here.path("site/absolute.txt"));
    fs::create_symlink("loop", here.path("site/loop"));
    for (const auto* const target : {"/up/secret.txt", "/up/", "/up", "/up.txt", "/absolute.txt", "/loop"}) {
        CAPTURE(target);
        CHECK(here.get(target).status == 404);
    }
}

TEST_CASE("static_files: symbolic links within the directory are followed if the kernel watches over them", "[web]")
{
    const site here;
    fs::create_symlink("app.js", here.path("site/alias.js"));
    fs::create_symlink("../app.js", here.path("site/sub/up.js"));
    open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    const junctor::file_descriptor probe(static_cast<int>(::syscall(SYS_openat2, AT_FDCWD, "/", &how, sizeof how)));
    for (const auto* const target : {"/alias.js", "/sub/up.js"}) {
        CAPTURE(target);
        CHECK(here.get(target).status == (probe ? 200 : 404));
    }
}

TEST_CASE("static_files: only files are sent, and nobody waits for others", "[web]")
{
    const site here;
    REQUIRE(::mkfifo(here.path("site/pipe").c_str(), 0600) == 0);
    CHECK(here.get("/pipe").status == 404);
}

TEST_CASE("static_files: caching is as it is set", "[web]")
{
    const site here;
    static_file_options options;
    options.cache_timeout = std::chrono::seconds(0);
    CHECK(field_of(here.get("/app.js", options), "Cache-Control") == "no-cache");
    options.cache_timeout.reset();
    CHECK(field_of(here.get("/app.js", options), "Cache-Control") == "(none)");
}

TEST_CASE("static_files: files are read, and nothing else", "[web]")
{
    const site here;
    const auto refused = here.ask(request_of("POST", "/app.js"));
    CHECK(refused.status == 405);
    CHECK(field_of(refused, "Allow") == "GET, HEAD");
    CHECK(here.ask(request_of("HEAD", "/app.js")).status == 200);
}

TEST_CASE("static_files: a directory that is not there has no files", "[web]")
{
    static_files service("/nonexistent/junctor", static_file_options());
    CHECK(answer_of(service, request_of("GET", "/")).status == 404);
    CHECK(answer_of(service, request_of("GET", "/a")).status == 404);
}
