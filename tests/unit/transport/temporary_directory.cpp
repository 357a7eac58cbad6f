// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "temporary_directory.hpp"

#include <cerrno>
#include <system_error>

#include <cstdlib>

namespace junctor::test {

temporary_directory::temporary_directory()
{
    auto name = (std::filesystem::temp_directory_path() / "junctor-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
        throw std::system_error(errno, std::generic_category(), "mkdtemp");
    path_ = name;
}

temporary_directory::~temporary_directory()
{
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
}

} // namespace junctor::test
