// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.

#pragma once

/// Catch2, version 2.13 or 3, under the names of version 3.

#if __has_include(<catch2/catch_test_macros.hpp>)

#include <catch2/catch_approx.hpp>
#include <catch2/catch_message.hpp>
#include <catch2/catch_template_test_macros.hpp>
#include <catch2/catch_test_macros.hpp>
#include <catch2/catch_tostring.hpp>
#include <catch2/generators/catch_generators.hpp>
#include <catch2/generators/catch_generators_adapters.hpp>
#include <catch2/generators/catch_generators_range.hpp>
#include <catch2/matchers/catch_matchers.hpp>
#include <catch2/matchers/catch_matchers_exception.hpp>
#include <catch2/matchers/catch_matchers_string.hpp>
#include <catch2/matchers/catch_matchers_vector.hpp>

#else

#include <string>

#include <catch2/catch.hpp>

namespace Catch::Matchers {

/// Matches a string that has `text` in it.
inline auto ContainsSubstring(const std::string& text)
{
    return Contains(text);
}

} // namespace Catch::Matchers

#endif

#include <string>
#include <type_traits>

#include <boost/system/result.hpp>

/// Shows what a result holds. Boost's own operator, which Catch2 would take, exists for every result but compiles only
/// for those whose value and error can be streamed.
template <class Value, class Error>
struct Catch::StringMaker<boost::system::result<Value, Error>> {
    static std::string convert(const boost::system::result<Value, Error>& outcome)
    {
        if (outcome.has_error())
            return "error: " + Catch::Detail::stringify(outcome.error());
        if constexpr (std::is_void_v<Value>)
            return "success";
        else
            return "value: " + Catch::Detail::stringify(*outcome);
    }
};
