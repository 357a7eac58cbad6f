# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# How modules are declared, in Junctor's own tree and by whoever uses the installed package.

# junctor_module(<name> [DEPENDS <layers>] [LIBRARIES <libraries>] [HEADERS <files>] SOURCES <files>
#                [REGISTER <function>] [TESTS <files>] [NO_INSTALL])
#
# Declares the module <name>, such as auth-pin: the target <name> is the shared object <name>.so, in the folder modules/
# of the build tree, which installation puts where the installed program looks for modules. It shows nothing but the two
# functions of the macro JUNCTOR_MODULE.
#
# Without HEADERS, one of the SOURCES uses this macro. With HEADERS the sources do not use it, and become a static
# library besides, junctor::<name> with dashes written as underscores, for programs that have the module built in. The
# headers stand below include/. The first of them declares the function that REGISTER names, which is by default
# junctor::auth::register_<name without "auth-", dashes as underscores>.
#
# DEPENDS are base and auth, the contract of modules, and client for components; auth by default. LIBRARIES are for the sources alone. TESTS are
# sources for Catch2: if BUILD_TESTING is on, they become the program and the test <name>-test. They can use the static
# library, if there is one, and the path of the shared object, which is JUNCTOR_MODULE_FILE.
function(junctor_module name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "NO_INSTALL" "REGISTER" "DEPENDS;LIBRARIES;HEADERS;SOURCES;TESTS")
    if(arg_UNPARSED_ARGUMENTS OR NOT arg_SOURCES)
        message(FATAL_ERROR "module ${name} needs SOURCES, and has no use for: ${arg_UNPARSED_ARGUMENTS}")
    endif()
    if(arg_REGISTER AND NOT arg_HEADERS)
        message(FATAL_ERROR "module ${name}: a source says JUNCTOR_MODULE(${arg_REGISTER}), or HEADERS declare it")
    endif()
    if(NOT arg_DEPENDS)
        set(arg_DEPENDS auth)
    endif()
    foreach(layer IN LISTS arg_DEPENDS)
        if(NOT layer MATCHES "^(base|auth|client)$")
            message(FATAL_ERROR "module ${name} may use base, auth and client, not ${layer}")
        endif()
    endforeach()
    list(TRANSFORM arg_DEPENDS PREPEND junctor:: OUTPUT_VARIABLE layers)

    if(arg_HEADERS)
        string(REPLACE "-" "_" library "${name}")
        junctor_library(${library} DEPENDS ${arg_DEPENDS} LIBRARIES ${arg_LIBRARIES}
            HEADERS ${arg_HEADERS} SOURCES ${arg_SOURCES})
        _junctor_registering_source(${name} junctor_${library} "${arg_REGISTER}" ${arg_HEADERS})
        _junctor_shared_object(${name} SOURCES "${registering_source}" LIBRARIES junctor::${library} ${layers})
    else()
        _junctor_shared_object(${name} SOURCES ${arg_SOURCES} LIBRARIES ${layers} ${arg_LIBRARIES})
    endif()

    if(NOT arg_NO_INSTALL AND (JUNCTOR_INSTALL OR NOT DEFINED JUNCTOR_INSTALL))
        install(TARGETS ${name} LIBRARY DESTINATION "${JUNCTOR_MODULES_INSTALL_DIR}")
    endif()
    if(arg_TESTS AND BUILD_TESTING)
        _junctor_module_test(${name} SOURCES ${arg_TESTS} LIBRARIES ${layers})
        if(arg_HEADERS)
            target_link_libraries(${name}-test PRIVATE junctor::${library})
        endif()
    endif()
endfunction()

# Writes the one source that makes a shared object of the static library of a module, and sets `registering_source` to
# its path. The library's properties JUNCTOR_MODULE_HEADER and JUNCTOR_MODULE_REGISTER say the same to others.
function(_junctor_registering_source name target function header)
    if(NOT function)
        string(REGEX REPLACE "^auth-" "" method "${name}")
        string(REPLACE "-" "_" method "${method}")
        set(function junctor::auth::register_${method})
    endif()
    string(REGEX REPLACE "^include/" "" header "${header}")
    set_target_properties(${target} PROPERTIES
        JUNCTOR_MODULE_HEADER "${header}"
        JUNCTOR_MODULE_REGISTER "${function}")
    set(registering_source "${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp")
    file(CONFIGURE OUTPUT "${registering_source}" @ONLY
        CONTENT "#include <@header@>\n#include <junctor/module.hpp>\n\nJUNCTOR_MODULE(@function@)\n")
    set(registering_source "${registering_source}" PARENT_SCOPE)
endfunction()

function(_junctor_shared_object name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    set(exports "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/junctor-module.map")
    add_library(${name} MODULE ${arg_SOURCES})
    set_target_properties(${name} PROPERTIES
        PREFIX ""
        LIBRARY_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/modules"
        CXX_VISIBILITY_PRESET hidden
        VISIBILITY_INLINES_HIDDEN ON
        LINK_DEPENDS "${exports}")
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES})
    # Only the libraries that the module itself uses, of all that the layers do.
    target_link_options(${name} PRIVATE "LINKER:--version-script=${exports}" "LINKER:--as-needed")
    # Whoever has a umask of 002 makes files that load_module refuses, as it does all that others can write.
    add_custom_command(TARGET ${name} POST_BUILD COMMAND chmod go-w "$<TARGET_FILE:${name}>" VERBATIM)
    if(COMMAND junctor_warnings)
        junctor_warnings(${name})
    endif()
endfunction()

function(_junctor_module_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    find_package(Catch2 CONFIG REQUIRED)
    add_executable(${name}-test ${arg_SOURCES})
    target_link_libraries(${name}-test PRIVATE ${arg_LIBRARIES})
    if(TARGET Catch2::Catch2WithMain)
        target_link_libraries(${name}-test PRIVATE Catch2::Catch2WithMain)
    else()
        set(main_source "${CMAKE_CURRENT_BINARY_DIR}/${name}-test-main.cpp")
        file(CONFIGURE OUTPUT "${main_source}" CONTENT "#define CATCH_CONFIG_MAIN\n#include <catch2/catch.hpp>\n")
        target_sources(${name}-test PRIVATE "${main_source}")
        target_link_libraries(${name}-test PRIVATE Catch2::Catch2)
    endif()
    target_compile_definitions(${name}-test PRIVATE JUNCTOR_MODULE_FILE="$<TARGET_FILE:${name}>")
    add_dependencies(${name}-test ${name})
    add_test(NAME ${name}-test COMMAND ${name}-test)
endfunction()

# Junctor's own tree has another one, in JunctorLayer.cmake.
if(NOT COMMAND junctor_library)
    function(junctor_library name)
        cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "DEPENDS;LIBRARIES;HEADERS;SOURCES")
        list(TRANSFORM arg_DEPENDS PREPEND junctor::)
        add_library(junctor_${name} STATIC ${arg_SOURCES})
        add_library(junctor::${name} ALIAS junctor_${name})
        target_sources(junctor_${name} PUBLIC FILE_SET HEADERS BASE_DIRS include FILES ${arg_HEADERS})
        set_target_properties(junctor_${name} PROPERTIES POSITION_INDEPENDENT_CODE ON)
        target_link_libraries(junctor_${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_LIBRARIES})
    endfunction()
endif()
