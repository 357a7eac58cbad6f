# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Installs a build tree under a fresh prefix:
#   cmake -D BUILD_DIR=… -D PREFIX=… -P check_install.cmake

file(REMOVE_RECURSE "${PREFIX}")
execute_process(COMMAND "${CMAKE_COMMAND}" --install "${BUILD_DIR}" --prefix "${PREFIX}"
    COMMAND_ECHO STDOUT COMMAND_ERROR_IS_FATAL ANY)
