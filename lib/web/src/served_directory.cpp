// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <junctor/web/served_directory.hpp>

#include <algorithm>
#include <cerrno>
#include <memory>
#include <optional>

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace junctor {

namespace {

// Without O_NONBLOCK, to open a pipe would wait for its writer.
constexpr int reading = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK;
constexpr int entering = O_PATH | O_DIRECTORY | O_CLOEXEC;

boost::system::error_code absent()
{
    return make_error_code(boost::system::errc::no_such_file_or_directory);
}

/// What `errno` says. That a path leads nowhere or outside is the same to whoever asks.
boost::system::error_code last_error()
{
    switch (errno) {
    case ENOTDIR:
    case ELOOP:
    case EXDEV:
    case ENAMETOOLONG:
    case ENXIO: return absent();
    default: return {errno, boost::system::system_category()};
    }
}

bool is_hidden(std::string_view name)
{
    return name.starts_with('.') && name != ".well-known";
}

/// The first name of `path`, which is taken off it.
std::string take_name(std::string_view& path)
{
    const auto end = std::min(path.find('/'), path.size());
    std::string name(path.substr(0, end));
    path.remove_prefix(std::min(end + 1, path.size()));
    return name;
}

/// Whether each name of `path` may be seen. An empty one stands for nothing.
bool is_visible(std::string_view path)
{
    if (path.find('\0') != std::string_view::npos || path.ends_with('/'))
        return false;
    while (!path.empty()) {
        const auto name = take_name(path);
        if (name.empty() || is_hidden(name))
            return false;
    }
    return true;
}

/// Opens by a rule of the kernel. Nothing if the kernel has none, a sandbox keeps it from us, or what is renamed at the
/// same time keeps the kernel from being sure.
std::optional<file_descriptor> open_beneath(const file_descriptor& base, const std::string& relative)
{
    open_how how{};
    how.flags = static_cast<decltype(how.flags)>(reading);
    how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
    const auto number = ::syscall(SYS_openat2, base.get(), relative.c_str(), &how, sizeof how);
    if (number < 0 && (errno == ENOSYS || errno == EPERM || errno == EAGAIN))
        return std::nullopt;
    return file_descriptor(static_cast<int>(number));
}

/// Opens name by name, none of which may be a symbolic link.
file_descriptor open_by_steps(file_descriptor at, std::string_view relative)
{
    while (at && !relative.empty()) {
        const auto name = take_name(relative);
        const int how = relative.empty() ? reading : entering;
        at = file_descriptor(::openat(at.get(), name.c_str(), how | O_NOFOLLOW));
    }
    return at;
}

/// Says what was opened, which may be nothing.
boost::system::result<opened_entry> examine(file_descriptor opened)
{
    struct stat facts {};
    if (!opened || ::fstat(opened.get(), &facts) != 0)
        return last_error();
    if (!S_ISREG(facts.st_mode) && !S_ISDIR(facts.st_mode))
        return absent();
    opened_entry entry;
    entry.what = S_ISDIR(facts.st_mode) ? opened_entry::kind::directory : opened_entry::kind::file;
    entry.descriptor = std::move(opened);
    entry.size = static_cast<std::uint64_t>(facts.st_size);
    entry.modified = facts.st_mtim;
    return entry;
}

struct closing_directory {
    void operator()(DIR* directory) const { ::closedir(directory); }
};

std::optional<opened_entry::kind> kind_of(const dirent& entry, int directory)
{
    auto type = entry.d_type;
    if (type == DT_UNKNOWN) { // Some file systems do not say.
        struct stat facts {};
        if (::fstatat(directory, entry.d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
            return std::nullopt;
        type = static_cast<unsigned char>(IFTODT(facts.st_mode));
    }
    if (type == DT_REG)
        return opened_entry::kind::file;
    return type == DT_DIR ? std::optional(opened_entry::kind::directory) : std::nullopt;
}

} // namespace

boost::system::result<opened_entry> served_directory::open(std::string_view relative) const
{
    if (!is_visible(relative))
        return absent();
    if (relative.empty())
        return examine(file_descriptor(::open(path_.c_str(), reading | O_DIRECTORY)));
    file_descriptor base(::open(path_.c_str(), entering));
    if (!base)
        return last_error();
    if (auto opened = open_beneath(base, std::string(relative)))
        return examine(std::move(*opened));
    return examine(open_by_steps(std::move(base), relative));
}

std::vector<listed_entry> served_directory::list(const opened_entry& directory, std::size_t entries_max)
{
    std::vector<listed_entry> entries;
    file_descriptor opened(::openat(directory.descriptor.get(), ".", reading | O_DIRECTORY));
    const std::unique_ptr<DIR, closing_directory> stream(::fdopendir(opened.get()));
    if (stream)
        static_cast<void>(opened.release()); // It belongs to the stream now.
    while (stream && entries.size() < entries_max) {
        const auto* const entry = ::readdir(stream.get());
        if (entry == nullptr)
            break;
        const auto kind = kind_of(*entry, directory.descriptor.get());
        if (kind && !is_hidden(entry->d_name))
            entries.push_back({entry->d_name, *kind});
    }
    std::sort(entries.begin(), entries.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
    return entries;
}

} // namespace junctor
