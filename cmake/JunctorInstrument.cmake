# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Sanitizers, coverage and fuzzing hold for a whole build tree: mixing instrumented and plain objects
# gives false reports.

if(JUNCTOR_SANITIZE)
    list(JOIN JUNCTOR_SANITIZE "," sanitizers)
    add_compile_options(-fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${sanitizers})
    if("undefined" IN_LIST JUNCTOR_SANITIZE AND CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        # Asio calls type-erased handlers through pointers of another function type.
        add_compile_options(-fno-sanitize=function)
    endif()
    if("thread" IN_LIST JUNCTOR_SANITIZE)
        # ThreadSanitizer does not model atomic_thread_fence, so Asio must not use it.
        add_compile_definitions(BOOST_ASIO_DISABLE_FENCED_BLOCK)
        if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
            add_compile_options(-Wno-tsan)
        endif()
    endif()
    unset(sanitizers)
endif()

if(JUNCTOR_COVERAGE)
    add_compile_options(--coverage -fprofile-update=atomic)
    add_link_options(--coverage)
endif()

if(JUNCTOR_PROFILE)
    if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
        message(FATAL_ERROR "JUNCTOR_PROFILE needs GCC: the profiles of other compilers are of another kind")
    endif()
    if(JUNCTOR_PROFILE STREQUAL "generate")
        add_compile_options(-fprofile-generate -fprofile-update=prefer-atomic)
        add_link_options(-fprofile-generate)
    else()
        # Only loads that a benchmark runs are in the profile: the rest is optimised as without one.
        add_compile_options(-fprofile-use -fprofile-correction -fprofile-partial-training -Wno-missing-profile)
    endif()
endif()

if(JUNCTOR_FUZZ)
    if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
        message(FATAL_ERROR "JUNCTOR_FUZZ needs clang: libFuzzer is a part of it")
    endif()
    # The libraries are instrumented here; a fuzz target itself links with -fsanitize=fuzzer.
    add_compile_options(-fsanitize=fuzzer-no-link)
    add_link_options(-fsanitize=fuzzer-no-link)
endif()
