# SPDX-License-Identifier: BSL-1.0
# Part of Junctor, a coroutine-based framework for WAMP routers.

# Proves that layers see only what is below them:
#   cmake -D COMPILER=… -D FOLDER=… -D LAYERS=base,codec,… -P check_layer_order.cmake
# FOLDER has <layer>.cpp, which includes one header of the layer, and <layer>.flags, the include roots that
# sources of the layer are compiled with. LAYERS go from the bottom up.

# Sets `code` and `errors` as the compiler leaves them when it reads the source of `layer` with the include roots of
# `viewer`. The preprocessor is enough to tell which headers are in reach.
function(read layer viewer)
    execute_process(
        COMMAND "${COMPILER}" -std=c++20 -E "@${FOLDER}/${viewer}.flags" "${FOLDER}/${layer}.cpp"
        RESULT_VARIABLE code
        OUTPUT_QUIET
        ERROR_VARIABLE errors)
    set(code "${code}" PARENT_SCOPE)
    set(errors "${errors}" PARENT_SCOPE)
endfunction()

set(ENV{LC_ALL} C) # The compiler's messages are looked into.
string(REPLACE "," ";" LAYERS "${LAYERS}")
set(below "")
set(refused 0)
foreach(layer IN LISTS LAYERS)
    read(${layer} ${layer})
    if(NOT code EQUAL 0)
        message(FATAL_ERROR "${layer} cannot include its own header:\n${errors}")
    endif()
    foreach(lower IN LISTS below)
        read(${layer} ${lower})
        if(code EQUAL 0)
            message(SEND_ERROR "${lower} can include headers of ${layer}, which is above it")
        elseif(NOT errors MATCHES "junctor/${layer}[/.].*(No such file|file not found)")
            message(SEND_ERROR "${lower} failed to include a header of ${layer} for another reason:\n${errors}")
        else()
            math(EXPR refused "${refused} + 1")
        endif()
    endforeach()
    list(APPEND below ${layer})
endforeach()
message("${refused} upward includes refused")
