# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Finds the C++ MessagePack library by its header: its own CMake package has had three names
# (msgpack, msgpackc-cxx, msgpack-cxx). Defines MsgpackCxx::MsgpackCxx, always without the library's
# use of Boost, which would tie it to one version of Boost.

find_path(MsgpackCxx_INCLUDE_DIR msgpack.hpp)
mark_as_advanced(MsgpackCxx_INCLUDE_DIR)

unset(MsgpackCxx_VERSION)
set(msgpack_version_header "${MsgpackCxx_INCLUDE_DIR}/msgpack/version_master.hpp")
if(MsgpackCxx_INCLUDE_DIR AND EXISTS "${msgpack_version_header}")
    file(READ "${msgpack_version_header}" msgpack_version_text)
    foreach(part IN ITEMS MAJOR MINOR REVISION)
        if(msgpack_version_text MATCHES "#define[ \t]+MSGPACK_VERSION_${part}[ \t]+([0-9]+)")
            list(APPEND MsgpackCxx_VERSION "${CMAKE_MATCH_1}")
        endif()
    endforeach()
    list(JOIN MsgpackCxx_VERSION "." MsgpackCxx_VERSION)
    unset(msgpack_version_text)
endif()
unset(msgpack_version_header)

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(MsgpackCxx
    REQUIRED_VARS MsgpackCxx_INCLUDE_DIR
    VERSION_VAR MsgpackCxx_VERSION)

if(MsgpackCxx_FOUND AND NOT TARGET MsgpackCxx::MsgpackCxx)
    add_library(MsgpackCxx::MsgpackCxx INTERFACE IMPORTED)
    set_target_properties(MsgpackCxx::MsgpackCxx PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${MsgpackCxx_INCLUDE_DIR}"
        INTERFACE_COMPILE_DEFINITIONS MSGPACK_NO_BOOST)
endif()
