// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/auth/cookie_file.hpp>

#include <cerrno>
#include <cstdio>
#include <fstream>
#include <stdexcept>
#include <system_error>
#include <unordered_map>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>

#include <junctor/codec/codec.hpp>

namespace junctor {

namespace {

constexpr std::string_view digest_key = "digest";

/// Opens `path` for its owner alone, and keeps everybody else from doing so. Throws `std::runtime_error`.
int open_alone(const std::string& path, int flags)
{
    const int opened = ::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | flags, S_IRUSR | S_IWUSR);
    if (opened >= 0 && ::flock(opened, LOCK_EX | LOCK_NB) == 0)
        return opened;
    const int cause = errno;
    if (opened >= 0)
        ::close(opened);
    throw std::runtime_error(
        cause == EWOULDBLOCK
            ? fmt::format("the cookie store '{}' is in use: give each transport its own", path)
            : fmt::format("the cookie store '{}' cannot be opened: {}", path, std::generic_category().message(cause)));
}

void write_all(int to, std::string_view text)
{
    const auto written = ::write(to, text.data(), text.size());
    if (written != static_cast<ssize_t>(text.size()))
        throw std::system_error(written < 0 ? errno : ENOSPC, std::generic_category(), "cannot write cookies");
}

std::string text_of(const value& content)
{
    byte_buffer text;
    write_value(content, serializer::json, text);
    return std::string(as_text(text.view()));
}

std::string text_in(const dict& entries, std::string_view key)
{
    const auto* const found = entries.find(key);
    const auto* const text = found != nullptr ? found->get_if<std::string>() : nullptr;
    return text != nullptr ? *text : std::string();
}

/// The seconds of the clock at which a cookie expires; 0 if they are missing.
std::int64_t seconds_in(const dict& entries)
{
    const auto* const found = entries.find("expires");
    const auto* const natural = found != nullptr ? found->get_if<std::uint64_t>() : nullptr;
    const auto* const number = found != nullptr ? found->get_if<std::int64_t>() : nullptr;
    return natural != nullptr ? static_cast<std::int64_t>(*natural) : number != nullptr ? *number : 0;
}

std::optional<dict> read_dict(std::string_view text)
{
    auto content = read_value({serializer::json, as_bytes(text)});
    auto* const entries = content ? content->get_if<dict>() : nullptr;
    return entries != nullptr ? std::optional(std::move(*entries)) : std::nullopt;
}

/// The latest login of each cookie in the lines of `path`.
std::vector<cookie_record> read_lines(const std::string& path)
{
    std::unordered_map<std::string, cookie_record> latest;
    std::ifstream input(path);
    for (std::string line; std::getline(input, line);) {
        if (auto record = read_cookie_record(line))
            latest.insert_or_assign(record->digest, std::move(*record));
        else if (const auto erased = read_dict(line))
            latest.erase(text_in(*erased, digest_key));
    }
    std::vector<cookie_record> records;
    for (auto& [digest, record] : latest)
        records.push_back(std::move(record));
    return records;
}

} // namespace

std::string write_cookie_record(const cookie_record& record)
{
    const auto& [realm, who] = record.login;
    dict entries;
    entries.set(std::string(digest_key), record.digest);
    entries.set("expires", std::chrono::system_clock::to_time_t(record.expires));
    entries.set("realm", realm);
    entries.set("authid", who.authid);
    entries.set("authrole", who.authrole);
    entries.set("authprovider", who.authprovider);
    entries.set("authextra", who.authextra);
    return text_of(value(std::move(entries)));
}

std::optional<cookie_record> read_cookie_record(std::string_view text)
{
    const auto entries = read_dict(text);
    if (!entries || !entries->contains("authrole"))
        return std::nullopt;
    cookie_record record;
    record.digest = text_in(*entries, digest_key);
    record.expires = std::chrono::system_clock::from_time_t(seconds_in(*entries));
    record.login.realm = text_in(*entries, "realm");
    record.login.who.authid = text_in(*entries, "authid");
    record.login.who.authrole = text_in(*entries, "authrole");
    record.login.who.authprovider = text_in(*entries, "authprovider");
    const auto* const extra = entries->find("authextra");
    if (extra != nullptr && extra->get_if<dict>() != nullptr)
        record.login.who.authextra = *extra->get_if<dict>();
    return record;
}

cookie_file::~cookie_file()
{
    if (descriptor_ >= 0)
        ::close(descriptor_);
}

std::vector<cookie_record> cookie_file::open()
{
    descriptor_ = open_alone(path_, 0);
    auto records = purge_ == cookie_purge::on_startup ? std::vector<cookie_record>() : read_lines(path_);
    const auto now = std::chrono::system_clock::now();
    std::erase_if(records, [&](const cookie_record& record) { return record.expires <= now; });
    replace(records);
    return records;
}

/// Puts a file of `records` in the place of the one that is open.
void cookie_file::replace(const std::vector<cookie_record>& records)
{
    const auto fresh = path_ + ".new";
    const int opened = open_alone(fresh, O_TRUNC);
    std::string lines;
    for (const auto& record : records)
        lines += write_cookie_record(record) + '\n';
    try {
        write_all(opened, lines);
        if (::fsync(opened) != 0 || std::rename(fresh.c_str(), path_.c_str()) != 0)
            throw std::system_error(errno, std::generic_category());
    } catch (const std::exception& failure) {
        ::close(opened);
        throw std::runtime_error(fmt::format("the cookie store '{}' cannot be written: {}", path_, failure.what()));
    }
    ::close(std::exchange(descriptor_, opened));
}

void cookie_file::put(const cookie_record& record)
{
    append(write_cookie_record(record) + '\n');
}

void cookie_file::erase(const std::string& digest)
{
    dict entries;
    entries.set(std::string(digest_key), digest);
    append(text_of(value(std::move(entries))) + '\n');
}

/// Writes `line` at once, so that it is there whenever the program ends.
void cookie_file::append(std::string line)
{
    if (torn_)
        line.insert(line.begin(), '\n');
    torn_ = true;
    write_all(descriptor_, line);
    torn_ = false;
}

} // namespace junctor
