// SPDX-License-Identifier: BSL-1.0
// Part of Junctor, a coroutine-based framework for WAMP routers.
#include "json_checker.hpp"

#include <cstdint>

#include <boost/json/basic_parser_impl.hpp>

#include <junctor/base/limits.hpp>

namespace junctor {

namespace {

/// Takes all that the parser tells, and remembers nothing of it but how deep it is.
class depth_counter {
public:
    static constexpr std::size_t max_array_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_object_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_string_size = static_cast<std::size_t>(-1);
    static constexpr std::size_t max_key_size = static_cast<std::size_t>(-1);

    using error_code = boost::system::error_code;
    using string_view = boost::json::string_view;

    /// The parser's own limit is fixed when it is made; this one differs from call to call.
    void allow(std::size_t depth) noexcept { left_ = depth; }

    bool on_document_begin(error_code&) const noexcept { return true; }
    bool on_document_end(error_code&) const noexcept { return true; }
    bool on_array_begin(error_code& ec) noexcept { return enter(ec); }
    bool on_array_end(std::size_t, error_code&) noexcept { return leave(); }
    bool on_object_begin(error_code& ec) noexcept { return enter(ec); }
    bool on_object_end(std::size_t, error_code&) noexcept { return leave(); }
    bool on_string_part(string_view, std::size_t, error_code&) const noexcept { return true; }
    bool on_string(string_view, std::size_t, error_code&) const noexcept { return true; }
    bool on_key_part(string_view, std::size_t, error_code&) const noexcept { return true; }
    bool on_key(string_view, std::size_t, error_code&) const noexcept { return true; }
    bool on_number_part(string_view, error_code&) const noexcept { return true; }
    bool on_int64(std::int64_t, string_view, error_code&) const noexcept { return true; }
    bool on_uint64(std::uint64_t, string_view, error_code&) const noexcept { return true; }
    bool on_double(double, string_view, error_code&) const noexcept { return true; }
    bool on_bool(bool, error_code&) const noexcept { return true; }
    bool on_null(error_code&) const noexcept { return true; }
    bool on_comment_part(string_view, error_code&) const noexcept { return true; }
    bool on_comment(string_view, error_code&) const noexcept { return true; }

private:
    bool enter(error_code& ec) noexcept
    {
        if (left_ == 0) {
            ec = boost::json::error::too_deep;
            return false;
        }
        --left_;
        return true;
    }

    bool leave() noexcept
    {
        ++left_;
        return true;
    }

    std::size_t left_{0};
};

boost::json::parse_options options()
{
    boost::json::parse_options strict;
    // One more than anything may nest, so that the counter always decides first.
    strict.max_depth = limits::nesting_depth_max + 1;
    return strict;
}

constexpr bool is_space(char c) noexcept
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

} // namespace

std::size_t check_json(std::string_view input, std::size_t depth_max)
{
    thread_local boost::json::basic_parser<depth_counter> parser(options());
    parser.reset();
    parser.handler().allow(depth_max);
    boost::system::error_code ec;
    auto size = parser.write_some(false, input.data(), input.size(), ec);
    if (ec)
        return 0;
    // The parser takes white space after the value too.
    while (size != 0 && is_space(input[size - 1]))
        --size;
    return size;
}

} // namespace junctor
