# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# junctor_warnings(<target>): the warnings that all of our own code is compiled with.
function(junctor_warnings target)
    target_compile_options(${target} PRIVATE
        -Wall -Wextra -Wpedantic -Wconversion
        $<$<BOOL:${JUNCTOR_WARNINGS_AS_ERRORS}>:-Werror>)
    if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        # GCC also means types and enumerators by -Wshadow, and messages are types named error, result, event, ….
        target_compile_options(${target} PRIVATE -Wshadow=local)
        # What the optimiser guesses about std::string and coroutine frames is wrong too often in GCC 12 to 14.
        target_compile_options(${target} PRIVATE
            -Wno-restrict -Wno-stringop-overflow -Wno-array-bounds -Wno-maybe-uninitialized -Wno-free-nonheap-object
            -Wno-mismatched-new-delete)
        if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
            target_compile_options(${target} PRIVATE -Wno-dangling-reference)
        endif()
    else()
        target_compile_options(${target} PRIVATE -Wshadow)
    endif()
endfunction()
