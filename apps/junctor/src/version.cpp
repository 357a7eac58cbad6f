// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include <boost/version.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>
#include <spdlog/version.h>

#include <junctor/version.hpp>

#include "commands.hpp"

namespace junctor {
namespace {

#if defined(__clang__)
constexpr auto compiler = "clang " __clang_version__;
#else
constexpr auto compiler = "gcc " __VERSION__;
#endif

} // namespace

exit_code print_version()
{
    fmt::print("junctor  {}\n", JUNCTOR_VERSION);
    fmt::print("compiler {}\n", compiler);
    fmt::print("Boost    {}.{}.{}\n", BOOST_VERSION / 100'000, BOOST_VERSION / 100 % 1'000, BOOST_VERSION % 100);
    fmt::print("OpenSSL  {}\n", OpenSSL_version(OPENSSL_VERSION_STRING));
    fmt::print("fmt      {}.{}.{}\n", FMT_VERSION / 10'000, FMT_VERSION / 100 % 100, FMT_VERSION % 100);
    fmt::print("spdlog   {}.{}.{}\n", SPDLOG_VER_MAJOR, SPDLOG_VER_MINOR, SPDLOG_VER_PATCH);
    return exit_ok;
}

} // namespace junctor
