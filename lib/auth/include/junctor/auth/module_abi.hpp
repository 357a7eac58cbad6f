// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#pragma once

/// What a module and the program that loads it must have been compiled with alike.

#include <string> // For the macros of the standard library.

#include <boost/version.hpp>

#include <junctor/version.hpp>

/// The number of the contract of modules: it grows when a change of the contract's headers would break modules that
/// were compiled before, between releases as well.
#define JUNCTOR_MODULE_CONTRACT 5

/// \name Parts of `module_abi`
/// @{
#define JUNCTOR_MODULE_AS_WRITTEN(content) #content
#define JUNCTOR_MODULE_AS_TEXT(macro) JUNCTOR_MODULE_AS_WRITTEN(macro)

#ifdef _GLIBCXX_USE_CXX11_ABI
#define JUNCTOR_MODULE_STANDARD_LIBRARY "libstdc++ with CXX11_ABI=" JUNCTOR_MODULE_AS_TEXT(_GLIBCXX_USE_CXX11_ABI)
#else
#define JUNCTOR_MODULE_STANDARD_LIBRARY "another standard library"
#endif

#ifdef __has_feature
#define JUNCTOR_MODULE_HAS_FEATURE(feature) __has_feature(feature)
#else
#define JUNCTOR_MODULE_HAS_FEATURE(feature) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || JUNCTOR_MODULE_HAS_FEATURE(address_sanitizer)
#define JUNCTOR_MODULE_SANITIZER "AddressSanitizer"
#elif defined(__SANITIZE_THREAD__) || JUNCTOR_MODULE_HAS_FEATURE(thread_sanitizer)
#define JUNCTOR_MODULE_SANITIZER "ThreadSanitizer"
#else
#define JUNCTOR_MODULE_SANITIZER "no sanitizer"
#endif

// clang-format off
#define JUNCTOR_MODULE_COMPILATION \
    "contract " JUNCTOR_MODULE_AS_TEXT(JUNCTOR_MODULE_CONTRACT) \
    ", C++ ABI " JUNCTOR_MODULE_AS_TEXT(__GXX_ABI_VERSION) \
    ", " JUNCTOR_MODULE_STANDARD_LIBRARY \
    ", Boost " JUNCTOR_MODULE_AS_TEXT(BOOST_VERSION) \
    ", " JUNCTOR_MODULE_SANITIZER
// clang-format on
/// @}

namespace junctor {

/// What decides whether a module fits a program: both pass objects of the standard library, of Boost.Asio and of
/// Junctor to each other, so these must be laid out alike. A text for people that is compared as a whole.
inline constexpr char module_abi[] = "Junctor " JUNCTOR_VERSION " (" JUNCTOR_MODULE_COMPILATION ")";

} // namespace junctor
