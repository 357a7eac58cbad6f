// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// A directory whose files may be seen, and nothing outside of it.

#include <cstdint>
#include <ctime>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/system/result.hpp>

#include <junctor/transport/file_descriptor.hpp>

namespace junctor {

/// A file or a directory that was opened for reading.
struct opened_entry {
    enum class kind : std::uint8_t { file, directory };

    kind what{kind::file};
    file_descriptor descriptor;
    std::uint64_t size{}; ///< Of a file, in bytes.
    std::timespec modified{};
};

/// What a directory has in it.
struct listed_entry {
    std::string name;
    opened_entry::kind what{opened_entry::kind::file};
};

/// Opens what lies in a directory. A plain value, which may be used by any thread; looks at the disk, and so takes as
/// long as that takes.
///
/// No path leads out of the directory: neither by "..", nor by symbolic links, which are followed only if they are
/// relative and stay inside. Where the kernel has no openat2(2), which came with Linux 5.6, they are not followed at
/// all. Names that begin with "." are hidden, except for ".well-known" (RFC 8615). Only regular files and directories
/// are opened, no devices and no pipes.
class served_directory {
public:
    /// `path` need not exist yet: whatever is there at the time is served.
    explicit served_directory(std::string path) : path_{std::move(path)} {}

    /// Opens what `relative`, names with "/" between, leads to; the directory itself if it is empty. What is hidden or
    /// leads outside is `no_such_file_or_directory`, as if it were not there.
    [[nodiscard]] boost::system::result<opened_entry> open(std::string_view relative) const;

    /// What `directory` has that may be seen, sorted by name; no more than `entries_max`. Symbolic links are left out.
    [[nodiscard]] static std::vector<listed_entry> list(const opened_entry& directory, std::size_t entries_max);

private:
    std::string path_;
};

} // namespace junctor
