# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Proves that modules show nothing but the two functions by which they are loaded:
#   cmake -D NM=… -D FOLDER=… -D MODULES=auth-a,auth-b -P check_module_symbols.cmake

string(REPLACE "," ";" MODULES "${MODULES}")
foreach(module IN LISTS MODULES)
    execute_process(COMMAND "${NM}" --dynamic --defined-only --format=posix "${FOLDER}/${module}.so"
        OUTPUT_VARIABLE output COMMAND_ERROR_IS_FATAL ANY)
    string(REGEX MATCHALL "[^\n]+" lines "${output}")
    list(TRANSFORM lines REPLACE " .*" "")
    list(SORT lines)
    if(NOT lines STREQUAL "junctor_module_abi_v1;junctor_module_register_v1")
        message(SEND_ERROR "${module} shows: ${lines}")
    endif()
    message("${module}: ${lines}")
endforeach()
