# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Configures, builds and runs a project that knows nothing but the prefix that Junctor is installed under:
#   cmake -D PREFIX=… -D GENERATOR=… -D COMPILER=… -D BUILD_TYPE=… -D SOURCE_DIR=… -D WORK_DIR=… -D RUN=… -P …
# RUN is "tests" for the project's own tests, whereupon the project is installed under the prefix as well, or the name of
# a program.

function(run)
    execute_process(COMMAND ${ARGN} COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(REMOVE_RECURSE "${WORK_DIR}")
run("${CMAKE_COMMAND}" -S "${SOURCE_DIR}" -B "${WORK_DIR}" -G "${GENERATOR}"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_BUILD_TYPE=${BUILD_TYPE}" "-DCMAKE_PREFIX_PATH=${PREFIX}")
run("${CMAKE_COMMAND}" --build "${WORK_DIR}")
if(RUN STREQUAL "tests")
    run("${CMAKE_CTEST_COMMAND}" --test-dir "${WORK_DIR}" --output-on-failure --no-tests=error)
    run("${CMAKE_COMMAND}" --install "${WORK_DIR}" --prefix "${PREFIX}")
else()
    run("${WORK_DIR}/${RUN}")
endif()
