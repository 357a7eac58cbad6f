// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/static_files.hpp>

#include <boost/system/system_error.hpp>
#include <fmt/format.h>

#include <junctor/web/conditional_request.hpp>
#include <junctor/web/fixed_answer.hpp>
#include <junctor/web/html.hpp>
#include <junctor/web/http_date.hpp>

namespace junctor {

namespace {

/// More than anybody reads, and so many that listing them takes no time to speak of.
constexpr std::size_t listed_max = 2000;

http_response not_found()
{
    return text_response(404, "There is nothing here.");
}

/// What is answered if a file cannot be opened. Throws if that is nobody's fault but the machine's.
http_response refused(boost::system::error_code why)
{
    if (why == boost::system::errc::no_such_file_or_directory)
        return not_found();
    if (why == boost::system::errc::permission_denied)
        return text_response(403, "This may not be read.");
    throw boost::system::system_error(why, "a file cannot be opened");
}

/// The name at the end of a path.
std::string_view last_name(std::string_view path)
{
    return path.substr(path.rfind('/') + 1);
}

file_version version_of(const opened_entry& file)
{
    return {fmt::format("\"{:x}-{:x}.{:x}\"", file.size, file.modified.tv_sec, file.modified.tv_nsec),
            file.modified.tv_sec};
}

/// Leads to `request` with "/" behind its path, so that the links of the page that is there are found.
http_response to_directory(const http_request& request)
{
    auto path = request.target.substr(0, request.target.find('?')) + "/";
    if (!request.query.empty())
        path += "?" + request.query;
    auto moved = text_response(301, "This is a directory.");
    moved.fields.push_back({"Location", std::move(path)});
    return moved;
}

http_response listing_of(const http_request& request, const opened_entry& directory)
{
    const auto entries = served_directory::list(directory, listed_max);
    std::string rows;
    for (const auto& entry : entries) {
        const auto* const slash = entry.what == opened_entry::kind::directory ? "/" : "";
        rows += fmt::format("<li><a href=\"./{}{}\">{}{}</a></li>\n", percent_encoded(entry.name), slash,
                            html_escaped(entry.name), slash);
    }
    if (entries.size() == listed_max)
        rows += "<li>and more</li>\n";
    return html_page(html_escaped(request.path), "<ul>\n" + rows + "</ul>\n");
}

void send_part(http_response& answer, byte_range part, std::uint64_t size)
{
    answer.status = 206;
    answer.fields.push_back(
        {"Content-Range", fmt::format("bytes {}-{}/{}", part.offset, part.offset + part.size - 1, size)});
    answer.file->offset = part.offset;
    answer.file->size = part.size;
}

http_response range_refused(std::uint64_t size)
{
    auto refused = text_response(416, "The file ends before that.");
    refused.fields.push_back({"Content-Range", fmt::format("bytes */{}", size)});
    return refused;
}

/// The fields that tell a version from others.
std::vector<http_field> version_fields(const file_version& now, const std::optional<std::chrono::seconds>& cached)
{
    std::vector<http_field> fields{{"ETag", now.tag}, {"Last-Modified", http_date(now.modified)}};
    if (cached && cached->count() == 0)
        fields.push_back({"Cache-Control", "no-cache"});
    else if (cached)
        fields.push_back({"Cache-Control", fmt::format("public, max-age={}", cached->count())});
    return fields;
}

} // namespace

awaitable<http_response> static_files::answer(const http_request& request, shard_services&)
{
    if (request.method != "GET" && request.method != "HEAD")
        co_return method_refused("GET, HEAD");
    co_return find(request);
}

http_response static_files::find(const http_request& request) const
{
    std::string_view relative(request.below);
    if (relative.starts_with('/'))
        relative.remove_prefix(1);
    const bool is_directory = request.path.ends_with('/');
    if (relative.ends_with('/'))
        relative.remove_suffix(1);
    auto opened = directory_.open(relative);
    if (!opened)
        return refused(opened.error());
    if (opened->what == opened_entry::kind::file)
        return is_directory ? not_found() : serve(request, last_name(relative), std::move(*opened));
    return is_directory ? enter(request, relative, *opened) : to_directory(request);
}

/// Answers for the directory `relative`.
http_response static_files::enter(const http_request& request, std::string_view relative,
                                  const opened_entry& directory) const
{
    const auto name = std::string(relative) + (relative.empty() ? "" : "/") + options_.default_file;
    auto file = directory_.open(name);
    if (file && file->what == opened_entry::kind::file)
        return serve(request, options_.default_file, std::move(*file));
    if (!file && file.error() != boost::system::errc::no_such_file_or_directory)
        return refused(file.error());
    return options_.directory_listing ? listing_of(request, directory) : not_found();
}

http_response static_files::serve(const http_request& request, std::string_view name, opened_entry file) const
{
    const auto now = version_of(file);
    http_response answer{status_by_conditions(request, now), version_fields(now, options_.cache_timeout), {}, {}};
    if (answer.status == 412)
        return text_response(412, "The file is another one.");
    if (answer.status == 304)
        return answer;
    const auto asked = read_range(request, now, file.size);
    if (asked.what == asked_range::kind::none)
        return range_refused(file.size);
    answer.fields.push_back({"Content-Type", options_.types.of(name)});
    answer.fields.push_back({"X-Content-Type-Options", "nosniff"});
    answer.fields.push_back({"Accept-Ranges", "bytes"});
    answer.file = http_file{std::move(file.descriptor), 0, file.size};
    if (asked.what == asked_range::kind::part)
        send_part(answer, asked.part, file.size);
    return answer;
}

} // namespace junctor
