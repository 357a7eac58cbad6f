# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# The libraries that Junctor is built on. Targets to link:
#   Boost::headers Boost::json Boost::url  OpenSSL::SSL OpenSSL::Crypto  ZLIB::ZLIB  fmt::fmt  spdlog::spdlog
#   CLI11::CLI11  MsgpackCxx::MsgpackCxx  Argon2::Argon2  Threads::Threads
#   SQLite::SQLite3, with the option JUNCTOR_WITH_SQLITE

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)
find_package(Boost 1.81 CONFIG REQUIRED COMPONENTS headers json url)
find_package(OpenSSL 3 REQUIRED)
find_package(ZLIB 1.2.11 REQUIRED)
find_package(fmt 9 CONFIG REQUIRED)
find_package(spdlog 1.10 CONFIG REQUIRED)
find_package(CLI11 2 CONFIG REQUIRED)
find_package(MsgpackCxx 4 REQUIRED)
find_package(Argon2 REQUIRED)
if(JUNCTOR_WITH_SQLITE)
    find_package(SQLite3 3.35)
    if(NOT SQLite3_FOUND)
        message(FATAL_ERROR "SQLite 3.35 or later is needed to keep events on disk: install it (Debian: libsqlite3-dev), "
            "or do without by -DJUNCTOR_WITH_SQLITE=OFF")
    endif()
endif()

if(JUNCTOR_BUILD_TESTS)
    # Version 2.13 on Debian 12, 3 elsewhere: tests include tests/support/catch.hpp, which knows both.
    find_package(Catch2 CONFIG REQUIRED)
    if(Catch2_VERSION VERSION_LESS 2.13)
        message(FATAL_ERROR "Catch2 2.13 or later is needed, found ${Catch2_VERSION}")
    endif()
endif()
