# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Runs scripts/coroutine-hazards over a source whose lines say what must be reported about them:
#   cmake -D SCRIPT=… -D BUILD_DIR=… -D SOURCE=… -P check_hazards_are_found.cmake

execute_process(
    COMMAND "${SCRIPT}" "${BUILD_DIR}" "${SOURCE}"
    OUTPUT_VARIABLE output
    ERROR_VARIABLE errors
    RESULT_VARIABLE code)
if(code EQUAL 77)
    message("skipped: ${errors}")
    return()
endif()
if(NOT code EQUAL 1)
    message(FATAL_ERROR "expected exit code 1 for a source with hazards, got ${code}:\n${output}${errors}")
endif()

file(STRINGS "${SOURCE}" lines)
set(number 0)
set(expected "")
foreach(line IN LISTS lines)
    math(EXPR number "${number} + 1")
    if(line MATCHES "// hazard: ([a-z-]+)$")
        list(APPEND expected "${number} ${CMAKE_MATCH_1}")
    endif()
endforeach()

string(REGEX MATCHALL ":[0-9]+:[0-9]+: [a-z-]+" places "${output}")
list(TRANSFORM places REPLACE ":([0-9]+):[0-9]+: " "\\1 ")

if(NOT expected)
    message(FATAL_ERROR "${SOURCE} marks no hazard")
endif()
if(NOT places STREQUAL expected)
    message(FATAL_ERROR "reported:\n  ${places}\nexpected:\n  ${expected}")
endif()
list(LENGTH expected count)
message("all ${count} marked lines are reported, and no other")
