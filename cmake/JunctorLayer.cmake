# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# How the parts of Junctor are declared: layers, tests, and the umbrella over them. JunctorModule.cmake has modules.

set(JUNCTOR_TARGETS "" CACHE INTERNAL "Libraries that junctor::junctor is made of")

# Libraries that only our own sources include and that have nothing to link: users of the installed
# package need not have them.
set(JUNCTOR_HEADER_ONLY_LIBRARIES MsgpackCxx::MsgpackCxx CLI11::CLI11)

# One static library with an include root of its own; what layers and modules have in common.
function(junctor_library name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;LIBRARIES;HEADERS;SOURCES")
    set(target junctor_${name})
    list(TRANSFORM arg_DEPENDS PREPEND junctor::)

    add_library(${target} STATIC ${arg_SOURCES})
    add_library(junctor::${name} ALIAS ${target})
    target_sources(${target} PUBLIC
        FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
    set_target_properties(${target} PROPERTIES
        EXPORT_NAME ${name}
        POSITION_INDEPENDENT_CODE ON)
    target_compile_features(${target} PUBLIC cxx_std_20)
    # Nobody replaces a function of ours by one of the same name. Were that possible, as it is by default in code that
    # may become part of a shared library, GCC could inline nothing that others may call.
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fno-semantic-interposition>)
    # Public, since Asio's inline code must be the same in every source of a program. Frames of coroutines are not
    # recycled: the long-lived frame of a connection would get the block of a large one that has just ended. No message
    # costs a frame, so that there is nothing to win by it either.
    target_compile_definitions(${target} PUBLIC BOOST_ASIO_NO_DEPRECATED BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
    target_link_libraries(${target} PUBLIC ${arg_DEPENDS} Boost::headers)
    foreach(library IN LISTS arg_LIBRARIES)
        if(library IN_LIST JUNCTOR_HEADER_ONLY_LIBRARIES)
            target_link_libraries(${target} PRIVATE $<BUILD_INTERFACE:${library}>)
        else()
            target_link_libraries(${target} PRIVATE ${library})
        endif()
    endforeach()
    junctor_warnings(${target})
    if(JUNCTOR_BUILD_TESTS)
        junctor_headers_alone(${target} HEADERS ${arg_HEADERS} SOURCES ${arg_SOURCES})
    endif()
    set(JUNCTOR_TARGETS ${JUNCTOR_TARGETS} ${target} CACHE INTERNAL "")
endfunction()

# Compiles each public header that no source of the library includes first, as the first of a source made for it: thus
# every header is known to need nothing before it. CMake's VERIFY_INTERFACE_HEADER_SETS compiles all of them, which
# takes as long as a fifth of the libraries.
function(junctor_headers_alone target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "HEADERS;SOURCES")
    set(included_first "")
    foreach(source IN LISTS arg_SOURCES)
        file(STRINGS "${source}" include REGEX "^#include " LIMIT_COUNT 1)
        string(REGEX REPLACE "^#include <(.*)>.*" "include/\\1" include "${include}")
        list(APPEND included_first "${include}")
    endforeach()
    list(REMOVE_ITEM arg_HEADERS ${included_first})
    set(sources "")
    foreach(header IN LISTS arg_HEADERS)
        cmake_path(RELATIVE_PATH header BASE_DIRECTORY include OUTPUT_VARIABLE name)
        set(source "${CMAKE_CURRENT_BINARY_DIR}/alone/${name}.cpp")
        file(CONFIGURE OUTPUT "${source}" CONTENT "#include <@name@>\n" @ONLY)
        list(APPEND sources "${source}")
    endforeach()
    if(sources)
        add_library(${target}_headers_alone OBJECT ${sources})
        target_link_libraries(${target}_headers_alone PRIVATE ${target})
        target_compile_options(${target}_headers_alone PRIVATE -g0)
        junctor_warnings(${target}_headers_alone)
    endif()
endfunction()

# junctor_layer(<name> [DEPENDS <layers below>] [LIBRARIES <libraries>] HEADERS <files> SOURCES <files>)
#
# Declares lib/<name> as the static library junctor::<name>. Its headers stand in
# include/junctor/<name>; those of the layers named under DEPENDS, and of what these depend on, are the
# only others that it can include. LIBRARIES are for its sources alone.
function(junctor_layer name)
    junctor_library(${name} ${ARGN})
endfunction()

# junctor_umbrella(): junctor::junctor, which is all layers and modules declared so far.
function(junctor_umbrella)
    add_library(junctor_umbrella INTERFACE)
    add_library(junctor::junctor ALIAS junctor_umbrella)
    set_target_properties(junctor_umbrella PROPERTIES EXPORT_NAME junctor)
    foreach(target IN LISTS JUNCTOR_TARGETS)
        get_target_property(name ${target} EXPORT_NAME)
        target_link_libraries(junctor_umbrella INTERFACE junctor::${name})
    endforeach()
endfunction()

# Compiles the sources of a target several at a time: most of the time goes into what they all include. Those with
# coroutines are compiled alone, as the search for coroutine hazards goes source by source, and so are those that APART
# names, which have names in common with others. To be called where the target is declared.
function(junctor_compile_together target)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "APART")
    set_target_properties(${target} PROPERTIES UNITY_BUILD ON UNITY_BUILD_BATCH_SIZE 8)
    get_target_property(sources ${target} SOURCES)
    foreach(source IN LISTS sources)
        file(STRINGS "${source}" coroutine REGEX "co_await|co_return" LIMIT_COUNT 1)
        if(coroutine OR source IN_LIST arg_APART)
            set_source_files_properties(${source} PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
        endif()
    endforeach()
endfunction()

# junctor_test(<name> DEPENDS <targets> [LIBRARIES <targets>] [TIMEOUT <seconds>] SOURCES <files> [APART <files>])
#
# Declares the Catch2 program junctor_<name>_test and one ctest entry of the same name. Its sources see
# the include roots of DEPENDS and the folder tests/, for "support/catch.hpp". They are compiled together, but for those
# that APART names.
function(junctor_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "DEPENDS;LIBRARIES;SOURCES;APART")
    set(target junctor_${name}_test)

    add_executable(${target} ${arg_SOURCES})
    junctor_compile_together(${target} APART ${arg_APART})
    target_include_directories(${target} PRIVATE "${PROJECT_SOURCE_DIR}/tests")
    target_link_libraries(${target} PRIVATE ${arg_DEPENDS} ${arg_LIBRARIES} junctor_test_main)
    junctor_warnings(${target})
    add_test(NAME ${target} COMMAND ${target})
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 300)
    endif()
    set_tests_properties(${target} PROPERTIES TIMEOUT ${arg_TIMEOUT})
endfunction()
